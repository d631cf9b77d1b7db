"""The page around a conversation, in the visitor's language."""

import re

import pytest
from django.forms import Form

from chatbots.models import Chatbot
from chatbots.public import speech
from chatbots.public.forms import LeadForm, MessageForm
from chatbots.public.views.turns import NOTICES
from chatbots.public.views.widget import WORDS
from tests.conftest import Visitor
from tests.test_architecture import HOUSE

SPELT_OUT = re.compile(r"""{% say (?:"([^"]+)"|'([^']+)')""")


def spoken() -> set[str]:
    """Every sentence that the page, its refusals, its forms and the launcher can say."""
    pages = "".join(page.read_text() for page in (HOUSE / "templates/public").glob("*.html"))
    said = {one or other for one, other in SPELT_OUT.findall(pages)}
    forms: list[Form] = [MessageForm(), LeadForm()]
    fields = [field for form in forms for field in form.visible_fields()]
    shown = {str(words) for field in fields for words in field.field.error_messages.values() if field.name != "name"}
    labels = {str(field.label) for field in fields if field.name != "text" or field.form is forms[1]}
    named = {"Please keep it to 80 characters."}
    return said | {notice for _, notice in NOTICES.values()} | {*WORDS.values()} | shown | labels | named


@pytest.mark.parametrize("language", speech.PHRASES)
def test_every_sentence_is_said_in_every_language(language: str) -> None:
    phrases = speech.PHRASES[language]
    assert len(spoken()) > 50
    assert spoken() - {*phrases} == set()
    assert {phrase for phrase, said in phrases.items() if phrase.count("%(name)s") != said.count("%(name)s")} == set()


def test_every_language_that_can_be_chosen_is_spoken() -> None:
    assert {*Chatbot.Speech.values} == {"", "en", *speech.PHRASES}


@pytest.mark.parametrize(
    ("chosen", "asked", "language", "direction", "button"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.5", "de", "ltr", "Senden"),
        ("", "ja,fr;q=0.4", "fr", "ltr", "Envoyer"),
        ("", "ja", "en", "ltr", "Send"),
        ("", "en-GB,de;q=0.9", "en", "ltr", "Send"),
        ("", "<script>,;q=x", "en", "ltr", "Send"),
        ("tr", "de", "tr", "ltr", "Gönder"),
        ("ar", "en", "ar", "rtl", "إرسال"),
    ],
)
def test_the_page_speaks_as_was_chosen_or_as_the_visitor(
    visitor: Visitor, baker: Chatbot, chosen: str, asked: str, language: str, direction: str, button: str
) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(speech=chosen)
    page = visitor.get(f"/c/{baker.public_id}/", headers={"Accept-Language": asked}).content.decode()
    assert f'lang="{language}" dir="{direction}"' in page
    assert f'aria-label="{button}"' in page


def test_refusals_and_streams_speak_the_visitors_language(visitor: Visitor, baker: Chatbot) -> None:
    spanish = {"Accept-Language": "es", "X-Fragment": "1"}
    assert "Escriba primero un mensaje" in visitor.ask(baker, "", headers=spanish).content.decode()
    baker.workspace.paused_at = baker.created_at
    baker.workspace.save(update_fields=["paused_at"])
    assert "estoy en pausa" in visitor.ask(baker, "Hola", headers=spanish).content.decode()
