"""The sentences around a conversation, in the visitor's language. English is the key; a missing sentence stays English.

What a chatbot itself says is the agency's to write, and is not translated.
"""

from dataclasses import dataclass

from django.utils.translation.trans_real import parse_accept_lang_header

from chatbots.models import Chatbot
from chatbots.public.speech import ar, de, es, fr, tr

PHRASES: dict[str, dict[str, str]] = {
    "ar": ar.PHRASES,
    "de": de.PHRASES,
    "es": es.PHRASES,
    "fr": fr.PHRASES,
    "tr": tr.PHRASES,
}
FROM_RIGHT_TO_LEFT = {"ar"}


@dataclass(frozen=True)
class Speech:
    """A language of the page, and its direction."""

    code: str = "en"

    @property
    def direction(self) -> str:
        return "rtl" if self.code in FROM_RIGHT_TO_LEFT else "ltr"

    def say(self, phrase: str, **values: object) -> str:
        """The phrase in this language, with `%(name)s` filled in."""
        said = PHRASES.get(self.code, {}).get(phrase, phrase)
        return said % values if values else said


def of(chatbot: Chatbot | None, *, asked: str) -> Speech:
    """The language that was set for the chatbot; else the first of an Accept-Language header that we speak."""
    if chatbot and chatbot.speech:
        return Speech(chatbot.speech)
    for code, _ in parse_accept_lang_header(asked):
        language = code.split("-")[0]
        if language == "en" or language in PHRASES:
            return Speech(language)
    return Speech()
