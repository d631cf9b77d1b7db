"""What a site loads, what it may learn of a chatbot, and a conversation that goes on when the page is loaded anew."""

import gzip
import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from agencies.models import User
from chatbots.models import Chatbot, Conversation, DataSource, Lead, Message
from tests.chatbots.people import on_duty, talk_of
from tests.conftest import TOKEN, Visitor, teach

OPENING = "When does the bakery open in the morning?"
TWELVE = 12 * 1024  # bytes
PUBLIC = {"name", "teaser", "theme", "launcher", "position", "size", "radius", "speech", "words"}
PUBLIC |= {"accent", "onAccent", "accentDark", "onAccentDark"}


def shown(answer: Any) -> str:
    return str(answer.content.decode())


# --- widget.js and its configuration ----------------------------------------------------------------------------------


def test_the_script_is_small_and_the_same_for_everybody(visitor: Visitor, baker: Chatbot, bookworm: Chatbot) -> None:
    packed = visitor.get("/widget.js", headers={"Accept-Encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < TWELVE
    plain = visitor.get("/widget.js")
    assert gzip.decompress(packed.content) == plain.content
    assert plain["Content-Type"].startswith("text/javascript")
    assert plain["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "public" in plain["Cache-Control"]
    assert visitor.get("/widget.js", headers={"If-None-Match": plain["ETag"]}).status_code == 304


def test_the_script_needs_no_cookie_and_nothing_that_a_strict_policy_forbids(visitor: Visitor) -> None:
    script = shown(visitor.get("/widget.js"))
    forbidden = ["document.cookie", "innerHTML", "insertAdjacent", "eval(", "Function(", "import("]
    assert [word for word in forbidden if word in script] == []


def test_the_public_configuration_has_these_fields_and_no_other(visitor: Visitor, baker: Chatbot) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(teaser="Hello!", instructions="Be secretly grumpy.")
    answer = visitor.get(f"/c/{baker.public_id}/widget.json", headers={"Accept-Language": "de"})
    told = json.loads(answer.content)
    assert {*told} == PUBLIC
    assert {*told["words"]} == {"open", "close", "dismiss", "unread"}
    assert (told["name"], told["teaser"], told["words"]["open"]) == ("Baker", "Hello!", "Unterhaltung öffnen")
    assert answer["Vary"] == "Accept-Language"


def test_only_the_configuration_is_open_to_scripts_of_other_sites(visitor: Visitor, baker: Chatbot) -> None:
    site = {"Origin": "https://shop.example"}
    allowed = visitor.get(f"/c/{baker.public_id}/widget.json", headers=site)
    assert allowed["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in allowed
    others = [visitor.get(f"/c/{baker.public_id}/{path}", headers=site) for path in ("", "look.css", "try/")]
    others += [visitor.post(f"/c/{baker.public_id}/lines/", {"token": TOKEN}, headers=site)]
    others += [visitor.ask(baker, OPENING, headers=site), visitor.get("/widget.js", headers=site)]
    assert [answer for answer in others if "Access-Control-Allow-Origin" in answer] == []
    assert visitor.post(f"/c/{baker.public_id}/widget.json", headers=site).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["f" * 24, "x", "__proto__"])
def test_a_wrong_id_finds_nothing_and_the_widget_may_hear_of_it(visitor: Visitor, wrong: str) -> None:
    answer = visitor.get(f"/c/{wrong}/widget.json")
    assert (answer.status_code, answer.content) == (404, b"{}")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert visitor.get(f"/c/{wrong}/look.css").status_code == 404


def test_of_a_paused_workspace_the_launcher_works_and_the_page_says_it(visitor: Visitor, baker: Chatbot) -> None:
    baker.workspace.paused_at = baker.created_at
    baker.workspace.save(update_fields=["paused_at"])
    assert visitor.get(f"/c/{baker.public_id}/widget.json").status_code == 200
    assert "I am resting" in shown(visitor.get(f"/c/{baker.public_id}/"))


def test_what_is_no_colour_never_reaches_the_stylesheet() -> None:
    from chatbots.bots import appearance

    hostile = {"accent": "red;} body{display:none", "radius": "9px;x", "font": "</style>"}
    sheet = appearance.stylesheet(hostile)
    assert not [word for word in ("display", "9px;x", "</style>") if word in sheet]
    assert sheet.count("}") == sheet.count("{")


# --- a conversation that goes on --------------------------------------------------------------------------------------


def lines_of(visitor: Visitor, bot: Chatbot, token: str = TOKEN) -> Any:
    return visitor.post(f"/c/{bot.public_id}/lines/", {"token": token})


def test_a_conversation_is_found_by_its_token_and_by_no_other(
    visitor: Visitor, baker: Chatbot, bookworm: Chatbot
) -> None:
    visitor.ask(baker, OPENING)
    page = shown(lines_of(visitor, baker))
    assert OPENING in page
    assert "opens at seven" in page
    assert 'data-state="bot"' in page
    assert "opens at seven" not in shown(lines_of(visitor, baker, "w" * 43))
    assert "opens at seven" not in shown(lines_of(visitor, bookworm))
    assert visitor.get(f"/c/{baker.public_id}/lines/?token={TOKEN}").status_code == 302


@pytest.mark.parametrize("token", ["", "x" * 44, "v" * 42 + "'", "v" * 60_000])
def test_what_is_no_token_opens_no_conversation(visitor: Visitor, baker: Chatbot, token: str) -> None:
    assert lines_of(visitor, baker, token).status_code == 422


def test_nobody_reads_endlessly(visitor: Visitor, baker: Chatbot) -> None:
    statuses = [lines_of(visitor, baker).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


def test_fifty_messages_in_a_second_take_no_more_units_than_the_limit_lets_in(visitor: Visitor, baker: Chatbot) -> None:
    statuses = [visitor.ask(baker, f"Hello {number}").status_code for number in range(50)]
    assert 0 < statuses.count(200) < 50
    assert {*statuses} == {200, 429}
    assert Message.objects.filter(author="visitor").count() == statuses.count(200)


# --- where it began ---------------------------------------------------------------------------------------------------


def test_the_page_and_the_time_zone_of_the_first_message_stay(visitor: Visitor, baker: Chatbot) -> None:
    told = {"page_url": "https://shop.example/bread?size=2#top", "page_title": "Bread", "time_zone": "Europe/Vienna"}
    post(visitor, baker, **told)
    post(visitor, baker, page_url="https://shop.example/other", page_title="Other", time_zone="UTC")
    talk = Conversation.objects.get()
    assert (talk.page_url, talk.page_title) == ("https://shop.example/bread?size=2", "Bread")
    assert talk.time_zone == "Europe/Vienna"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//shop.example/", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://shop.example/\nSet-Cookie", ""),
        ("https://vera:secret@shop.example/a", "https://shop.example/a"),
        ("https://shop.example/" + "x" * 9000, ("https://shop.example/" + "x" * 9000)[:500]),
    ],
)
def test_a_page_address_is_one_that_a_browser_opens(visitor: Visitor, baker: Chatbot, sent: str, stored: str) -> None:
    told = {"page_title": " a\x00\n b" + "c" * 900, "time_zone": "Mars/X"}
    assert post(visitor, baker, page_url=sent, **told).status_code == 200
    talk = Conversation.objects.get()
    assert (talk.page_url, talk.page_title, talk.time_zone) == (stored, ("a b" + "c" * 900)[:200], "")


def post(visitor: Visitor, bot: Chatbot, text: str = OPENING, **more: str) -> Any:
    from uuid import uuid4

    sent = {"token": TOKEN, "message_id": str(uuid4()), "text": text, **more}
    return visitor.post(f"/c/{bot.public_id}/messages/", sent, headers={"X-Fragment": "1"})


# --- what comes after an answer ---------------------------------------------------------------------------------------


def test_after_an_answer_other_questions_are_offered_that_were_not_asked_yet(visitor: Visitor, baker: Chatbot) -> None:
    suggested = ["Do you deliver?", OPENING]
    Chatbot.objects.filter(pk=baker.pk).update(suggested=suggested)
    teach(baker, "When does the bakery open on Sunday?", "At nine.", DataSource.Kind.QA)
    teach(baker, "Do you repair bicycles?", "No.", DataSource.Kind.QA)
    home = shown(visitor.get(f"/c/{baker.public_id}/"))
    assert [f'value="{question}"' in home for question in suggested] == [True, True]
    turn = shown(post(visitor, baker))
    offered = [question for question in [*suggested, "Do you repair bicycles?"] if f'value="{question}"' in turn]
    assert offered == ["Do you deliver?"]
    assert 'value="When does the bakery open on Sunday?"' in turn


@pytest.mark.parametrize(("choice", "offered"), [("say_so", False), ("lead", True), ("person", False)])
def test_without_an_answer_a_message_can_be_left_where_the_chatbot_says_so(
    visitor: Visitor, baker: Chatbot, choice: str, offered: bool
) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(without_answer=choice)
    assert 'class="leave' not in shown(post(visitor, baker))
    turn = post(visitor, baker, "Do you repair bicycles?")
    assert ('class="leave' in shown(turn)) is offered
    if offered:
        form = turn.context["leaving"]
        sent = {**form.initial, "email": "vera@mail.example"}
        assert visitor.post(f"/c/{baker.public_id}/leave/", sent).status_code == 200
        assert (Lead.objects.get().text, Lead.objects.get().kind) == ("Do you repair bicycles?", "message")


# --- the Embed tab ----------------------------------------------------------------------------------------------------


def test_the_embed_tab_shows_three_lines_and_the_secret_to_who_manages_settings(
    sign_in: Any, baker: Chatbot, bo: User, vi: User, now: datetime
) -> None:
    page = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/embed/"
    manager, viewer = sign_in(bo), sign_in(vi)
    manager.post(f"{page}secret/")
    for browser in (manager, viewer):
        told = shown(browser.get(page))
        script = f'&lt;script src="{settings.PUBLIC_URL}/widget.js" data-chatbot="{baker.public_id}"'
        assert told.count(script) == 2
        assert f"{settings.PUBLIC_URL}/c/{baker.public_id}/" in told
    assert 'id="secret"' in shown(manager.get(page))
    assert 'id="secret"' not in shown(viewer.get(page))
    assert viewer.post(f"{page}secret/").status_code == 403


# --- where it was seen ------------------------------------------------------------------------------------------------


def loaded_by(visitor: Visitor, bot: Chatbot, *origins: str) -> None:
    for origin in origins:
        assert visitor.get(f"/c/{bot.public_id}/widget.json", headers={"Origin": origin}).status_code == 200


def seen(bot: Chatbot) -> list[str]:
    return [each.host for each in bot.embeddings.all()]


def test_a_site_that_loads_the_chatbot_stands_in_the_embed_tab(
    sign_in: Any, visitor: Visitor, baker: Chatbot, bookworm: Chatbot, vi: User
) -> None:
    page = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/embed/"
    assert "On no site yet" in shown(sign_in(vi).get(page))
    loaded_by(visitor, baker, "https://bakery.example", "https://bakery.example", "http://test.example:8080")
    sent = {"token": TOKEN, "message_id": str(uuid4()), "text": OPENING, "page_url": "https://inline.example/contact"}
    visitor.post(f"/c/{baker.public_id}/messages/", sent)
    assert sorted(seen(baker)) == ["bakery.example", "inline.example", "test.example:8080"]
    assert seen(bookworm) == []
    assert "<bdi>bakery.example</bdi>" in shown(sign_in(vi).get(page))


@pytest.mark.parametrize(
    "origin", ["", "null", "https://", "javascript:alert(1)", "http://[", "https://x:99999", f"https://{'a' * 300}.de"]
)
def test_what_is_no_site_and_our_own_pages_are_seen_nowhere(visitor: Visitor, baker: Chatbot, origin: str) -> None:
    loaded_by(visitor, baker, origin, settings.CONSOLE_URL, settings.PUBLIC_URL)
    assert seen(baker) == []


def test_invented_sites_push_out_the_oldest_and_are_soon_enough(visitor: Visitor, baker: Chatbot) -> None:
    loaded_by(visitor, baker, *(f"https://{number}.example" for number in range(40)))
    assert seen(baker) == [f"{number}.example" for number in range(29, 9, -1)]


def test_who_only_leaves_a_message_or_calls_a_person_is_known_too(
    visitor: Visitor, baker: Chatbot, bo: User, now: datetime
) -> None:
    on_duty(baker, bo, now=now)
    at = {"page_url": "https://bakery.example/contact", "page_title": "Contact", "time_zone": "Asia/Tokyo"}
    visitor.post(f"/c/{baker.public_id}/person/", {"token": TOKEN, **at})
    talk = talk_of(baker)
    assert (talk.page_url, talk.page_title, talk.time_zone) == tuple(at.values())
    assert seen(baker) == ["bakery.example"]
