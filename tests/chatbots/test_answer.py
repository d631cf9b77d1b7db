"""A visitor's question at the public door: what is answered, what it costs, and what it never does."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync

from agencies.models import Agency, User
from billing import pools, subscriptions
from billing.models import Hold, LedgerEntry, PoolPeriod, Resource
from chatbots.answers import exchange, storing
from chatbots.knowledge import sources
from chatbots.models import Chatbot, Conversation, DataSource, Message
from tests.conftest import TOKEN, Visitor, teach
from tests.racing import at_once
from workspaces.models import Workspace

OPENING = "When does the bakery open in the morning?"
UNKNOWN = "I could not find an answer to that in what I have learned."


def shown(answer: Any) -> str:
    return answer.content.decode()


def offered(answer: Any) -> str:
    """The message id under which the page will send the next message."""
    return str(answer.context["form"]["message_id"].value())


def nothing_happened() -> bool:
    """No unit is taken or held, and no word of the visitor is stored."""
    counters = PoolPeriod.objects.values_list("used", "held")
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()
    assert not LedgerEntry.objects.exists()
    return all(counter == (0, 0) for counter in counters)


# --- what is answered ------------------------------------------------------------------------------------------------


def test_an_answer_comes_from_a_source_and_names_it(visitor: Visitor, baker: Chatbot) -> None:
    answer = visitor.ask(baker, OPENING)
    assert answer.status_code == 200
    assert "opens at seven in the morning" in shown(answer)
    assert "Opening hours" in shown(answer)


def test_without_an_answer_in_the_sources_it_says_so(visitor: Visitor, baker: Chatbot) -> None:
    answer = visitor.ask(baker, "Do you repair bicycles?")
    assert UNKNOWN in shown(answer)
    assert "Opening hours" not in shown(answer)
    assert Message.objects.get(author="ai").found is False


def test_a_question_with_its_answer_is_given_word_for_word(visitor: Visitor, baker: Chatbot) -> None:
    teach(baker, "Do you bake without gluten?", "On Mondays only;  ask for Bo.", DataSource.Kind.QA)
    visitor.ask(baker, "do you bake without gluten")
    reply = Message.objects.get(author="ai")
    assert (reply.text, reply.cited) == ("On Mondays only;  ask for Bo.", ["Do you bake without gluten?"])


def test_it_says_in_its_own_language_that_it_does_not_know(visitor: Visitor, baker: Chatbot) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(language="german")
    assert "keine Antwort gefunden" in shown(visitor.ask(baker, "Repariert ihr Fahrräder?"))


@pytest.mark.usefixtures("bookworm", "crier")
@pytest.mark.parametrize("question", ["Which newspapers does the kiosk sell?", "May books be returned unread?"])
def test_what_other_chatbots_know_is_never_used(visitor: Visitor, baker: Chatbot, question: str) -> None:
    assert UNKNOWN in shown(visitor.ask(baker, question))


def test_a_chatbot_of_the_same_workspace_knows_only_its_own(
    visitor: Visitor, baker: Chatbot, bakery: Workspace, bo: User
) -> None:
    other = Chatbot.objects.create(workspace=bakery, name="Other")
    assert UNKNOWN in shown(visitor.ask(other, OPENING))


def test_a_deleted_source_stops_answering_at_once(visitor: Visitor, baker: Chatbot, ada: User, now: datetime) -> None:
    assert UNKNOWN not in shown(visitor.ask(baker, OPENING))
    sources.delete(baker.sources.get(), by=ada, now=now)
    assert UNKNOWN in shown(visitor.ask(baker, OPENING))


def test_the_fragment_and_the_whole_page_say_the_same(visitor: Visitor, baker: Chatbot) -> None:
    fragment = visitor.ask(baker, OPENING, headers={"X-Fragment": "1"})
    assert "<html" not in shown(fragment)
    assert "opens at seven" in shown(fragment)
    assert "<html" in shown(visitor.ask(baker, OPENING))


def test_a_page_without_script_shows_the_conversation_so_far(visitor: Visitor, baker: Chatbot) -> None:
    visitor.ask(baker, OPENING)
    page = visitor.ask(baker, "Do you repair bicycles?")
    told = [shown(page).index(words) for words in (baker.first_message, OPENING, "opens at seven", "bicycles", UNKNOWN)]
    assert told == sorted(told)
    assert not page.cookies


@pytest.mark.parametrize("wrong", ["", "x" * 2001], ids=["empty", "too long"])
def test_a_refused_message_leaves_the_conversation_on_the_page(visitor: Visitor, baker: Chatbot, wrong: str) -> None:
    visitor.ask(baker, OPENING)
    page = visitor.ask(baker, wrong)
    assert page.status_code == 422
    assert "opens at seven" in shown(page)


def test_a_page_shows_no_other_visitors_conversation(visitor: Visitor, baker: Chatbot, bookworm: Chatbot) -> None:
    visitor.ask(baker, OPENING)
    assert "opens at seven" not in shown(visitor.ask(baker, "Hello?", token="w" * 43))
    assert "opens at seven" not in shown(visitor.ask(bookworm, "Hello?"))
    assert "opens at seven" not in shown(visitor.get(f"/c/{baker.public_id}/"))


def test_a_page_shows_the_last_fifty_lines(visitor: Visitor, baker: Chatbot) -> None:
    for number in range(26):
        said = {"token": TOKEN, "message_id": str(uuid4()), "text": f"Question {number}."}
        async_to_sync(exchange.ask)(baker, **said)
    page = shown(visitor.ask(baker, "Question 26."))
    assert "Question 1." not in page
    assert page.count("Question ") == 25


def test_visitors_of_one_chatbot_have_conversations_of_their_own(visitor: Visitor, baker: Chatbot) -> None:
    visitor.ask(baker, OPENING)
    visitor.ask(baker, "And in the evening, when does the bakery close?")
    visitor.ask(baker, OPENING, token="w" * 43)
    assert sorted(talk.messages.count() for talk in baker.conversations.all()) == [2, 4]


def test_a_visitors_token_is_not_stored(visitor: Visitor, baker: Chatbot) -> None:
    visitor.ask(baker, OPENING)
    rows = [*Conversation.objects.values(), *Message.objects.values(), *Hold.objects.values()]
    assert TOKEN not in str(rows)


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_an_exchange_costs_a_visitors_message_and_a_reply(visitor: Visitor, baker: Chatbot) -> None:
    visitor.ask(baker, OPENING)
    lines = Message.objects.in_bulk()
    rows = LedgerEntry.objects.order_by("pk")
    assert [(row.kind, row.units, row.chatbot_id) for row in rows] == [("visitor", 1, baker.pk), ("ai", 1, baker.pk)]
    assert [lines[row.message_id].author for row in rows] == ["visitor", "ai"]
    assert (PoolPeriod.objects.get().used, PoolPeriod.objects.get().held) == (2, 0)


def test_a_reply_above_two_hundred_words_costs_two(visitor: Visitor, baker: Chatbot) -> None:
    teach(baker, "How do you bake bread?", "flour " * 201, DataSource.Kind.QA)
    visitor.ask(baker, "How do you bake bread?")
    assert PoolPeriod.objects.get().used == 3


@pytest.mark.parametrize("left", [0, 1, 2])
def test_an_exhausted_pool_gives_a_kind_sentence_and_costs_nothing(
    visitor: Visitor, baker: Chatbot, northwind: Agency, left: int
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(message_limit=left)
    answer = visitor.ask(baker, OPENING)
    assert answer.status_code == 429
    assert "I have to take a break for now" in shown(answer)
    assert nothing_happened()


def test_a_reached_cap_gives_the_same_sentence_and_spares_the_sibling(
    visitor: Visitor, baker: Chatbot, bookworm: Chatbot
) -> None:
    Workspace.objects.filter(pk=baker.workspace_id).update(message_cap=2)
    answer = visitor.ask(baker, OPENING)
    assert answer.status_code == 429
    assert "I have to take a break for now" in shown(answer)
    assert nothing_happened()
    assert visitor.ask(bookworm, "May books be returned?").status_code == 200


def test_a_refusal_says_nothing_of_pools_and_agencies(visitor: Visitor, baker: Chatbot, northwind: Agency) -> None:
    Agency.objects.filter(pk=northwind.pk).update(message_limit=0)
    page = shown(visitor.ask(baker, OPENING))
    assert not [word for word in ("Northwind", "Bakery", "pool", "quota", "plan", "units") if word in page]


def test_the_same_message_twice_costs_once_and_answers_the_same(visitor: Visitor, baker: Chatbot) -> None:
    message_id = str(uuid4())
    first, second = (visitor.ask(baker, OPENING, message_id=message_id) for _ in range(2))
    assert second.status_code == 200
    assert second.context["reply"] == first.context["reply"]
    assert (PoolPeriod.objects.get().used, Message.objects.count()) == (2, 2)


def test_the_same_message_id_with_other_words_is_refused(visitor: Visitor, baker: Chatbot) -> None:
    message_id = str(uuid4())
    visitor.ask(baker, OPENING, message_id=message_id)
    answer = visitor.ask(baker, "When does the bakery close?", message_id=message_id)
    assert answer.status_code == 409
    assert PoolPeriod.objects.get().used == 2


def test_after_that_refusal_sending_again_works(visitor: Visitor, baker: Chatbot) -> None:
    message_id = str(uuid4())
    visitor.ask(baker, OPENING, message_id=message_id)
    refused = visitor.ask(baker, "When does the bakery close?", message_id=message_id)
    assert visitor.ask(baker, "When does the bakery close?", message_id=offered(refused)).status_code == 200


def test_two_visitors_may_use_the_same_message_id(visitor: Visitor, baker: Chatbot) -> None:
    message_id = str(uuid4())
    visitor.ask(baker, OPENING, message_id=message_id)
    assert visitor.ask(baker, "And when?", message_id=message_id, token="w" * 43).status_code == 200


def test_a_message_that_is_being_answered_is_not_answered_twice(visitor: Visitor, baker: Chatbot, now: Any) -> None:
    message_id = str(uuid4())
    exchange.begin(baker, token=TOKEN, message_id=message_id, text=OPENING, now=now)
    answer = visitor.ask(baker, OPENING, message_id=message_id)
    assert answer.status_code == 409
    assert "still answering" in shown(answer)
    assert offered(answer) == message_id
    assert PoolPeriod.objects.get().held == 3


def test_after_an_empty_pool_was_filled_the_same_message_is_answered(
    visitor: Visitor, baker: Chatbot, northwind: Agency, now: datetime
) -> None:
    message_id = str(uuid4())
    Agency.objects.filter(pk=northwind.pk).update(message_limit=0)
    assert visitor.ask(baker, OPENING, message_id=message_id).status_code == 429
    subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=3, added_at=now)
    assert visitor.ask(baker, OPENING, message_id=message_id).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_one_message_sent_twenty_times_at_once_is_charged_once(baker: Chatbot) -> None:
    message_id = str(uuid4())

    def send(_: int) -> Message:
        return async_to_sync(exchange.ask)(baker, token=TOKEN, message_id=message_id, text=OPENING)

    results = at_once(send)
    answered = {result.pk for result in results if isinstance(result, Message)}
    assert all(isinstance(result, Message | storing.StillRunning) for result in results)
    assert len(answered) == 1
    assert (Message.objects.count(), PoolPeriod.objects.get().used, PoolPeriod.objects.get().held) == (2, 2, 0)


@pytest.mark.django_db(transaction=True)
def test_many_visitors_at_once_never_pass_the_limit(baker: Chatbot, northwind: Agency) -> None:
    Agency.objects.filter(pk=northwind.pk).update(message_limit=11)

    def send(number: int) -> Message:
        token = f"{number:043}"
        return async_to_sync(exchange.ask)(baker, token=token, message_id=str(uuid4()), text=OPENING)

    results = at_once(send, people=10, times=2)
    pool = PoolPeriod.objects.get()
    assert all(isinstance(result, Message | pools.PoolExhausted) for result in results)
    assert pool.used == 2 * Message.objects.filter(author="ai").count() <= 11
    assert pool.held == 0


# --- what a visitor may send -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "   "},
        {"text": "x" * 2001},
        {"text": "a\x00b"},
        {"message_id": "not-an-id"},
        {"token": "short"},
        {"token": "v" * 42 + "!"},
        {"token": "v" * 43 + "\n"},
    ],
    ids=str,
)
def test_bad_input_is_refused_and_costs_nothing(visitor: Visitor, baker: Chatbot, wrong: dict[str, str]) -> None:
    sent = {"token": TOKEN, "message_id": str(uuid4()), "text": OPENING, **wrong}
    answer = visitor.post(f"/c/{baker.public_id}/messages/", sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert nothing_happened()


@pytest.mark.parametrize("text", ["x" * 2000, "؟متى تفتحون", "🥐?", "' OR 1=1 --", "\\", "a & b | !c :* <->", "'''"])
def test_any_other_text_gets_an_answer(visitor: Visitor, baker: Chatbot, text: str) -> None:
    assert visitor.ask(baker, text).status_code == 200


@pytest.mark.parametrize("path", ["/c/unknown/", "/c/%00/", "/c/%F0%9F%A5%90/", "/c/" + "x" * 500 + "/"])
def test_a_chatbot_that_is_not_there_is_not_there(visitor: Visitor, db: None, path: str) -> None:
    assert visitor.get(path).status_code == 404
    assert visitor.post(path + "messages/", {"text": "hello"}).status_code == 404


def test_looking_asks_nothing(visitor: Visitor, baker: Chatbot) -> None:
    assert visitor.get(f"/c/{baker.public_id}/").status_code == 200
    sent = {"token": TOKEN, "message_id": str(uuid4()), "text": OPENING}
    assert visitor.get(f"/c/{baker.public_id}/messages/", sent).url == f"/c/{baker.public_id}/"
    assert nothing_happened()
    assert visitor.put(f"/c/{baker.public_id}/messages/", sent).status_code == 405


FOREIGN = [
    "hex",
    "unicode_escape",
    "base64",
    "undefined",
    "idna",
    "utf-16",
    "punycode",
    '"hex"',
    "utf-8; charset*=''hex",
]


@pytest.mark.parametrize("charset", FOREIGN)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"])
def test_a_foreign_charset_is_refused_in_words(visitor: Visitor, baker: Chatbot, kind: str, charset: str) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\\ud800 \\x4 \xff\r\n--b--\r\n'
    answer = visitor.generic("POST", f"/c/{baker.public_id}/messages/", body, f"{kind}; charset={charset}")
    assert answer.status_code == 400
    assert "Please send text as UTF-8" in shown(answer)
    assert nothing_happened()


# --- the page --------------------------------------------------------------------------------------------------------


def test_words_from_outside_are_shown_as_text(visitor: Visitor, baker: Chatbot) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    teach(baker, f"Gluten {evil}", f"Never. {evil}", DataSource.Kind.QA)
    Chatbot.objects.filter(pk=baker.pk).update(name=f"Baker {evil}"[:80], first_message=evil)
    for page in (visitor.ask(baker, f"gluten {evil}"), visitor.get(f"/c/{baker.public_id}/")):
        assert "<script>alert" not in shown(page)
        assert "<img src=x" not in shown(page)
        assert "&lt;script&gt;" in shown(page)


def test_the_public_door_knows_no_cookie(visitor: Visitor, baker: Chatbot) -> None:
    for answer in (visitor.get(f"/c/{baker.public_id}/"), visitor.ask(baker, OPENING)):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert answer["Cache-Control"] == "no-store"


def ancestors(answer: Any) -> list[str]:
    """Who may show the page in a frame."""
    assert "X-Frame-Options" not in answer
    rules = dict(rule.strip().split(" ", 1) for rule in answer["Content-Security-Policy"].split(";"))
    return rules["frame-ancestors"].split()


def test_every_site_may_show_a_chatbot_without_allowed_domains(visitor: Visitor, baker: Chatbot) -> None:
    assert ancestors(visitor.get(f"/c/{baker.public_id}/")) == ["*"]
    assert ancestors(visitor.ask(baker, OPENING)) == ["*"]


def test_only_the_allowed_domains_the_console_and_the_try_out_page_show_a_chatbot(
    visitor: Visitor, baker: Chatbot, settings: Any
) -> None:
    hosts = [
        "bakery.example",
        "*.bakery.example",
        "localhost:8080",
        "xn--bckerei-5wa.example",
        "*",
        "x; script-src *",
        "a b",
    ]
    Chatbot.objects.filter(pk=baker.pk).update(allowed_domains=hosts)
    allowed = ["'self'", settings.CONSOLE_URL, *hosts[:4]]
    assert ancestors(visitor.get(f"/c/{baker.public_id}/")) == allowed
    assert ancestors(visitor.ask(baker, OPENING)) == allowed


def test_no_site_shows_any_other_page_of_the_public_door(visitor: Visitor, baker: Chatbot) -> None:
    for path in ("/nothing/", f"/c/{baker.public_id}/look.css", f"/c/{baker.public_id}/try/"):
        assert ancestors(visitor.get(path)) == ["'none'"]


def test_a_page_runs_no_script_but_its_own(visitor: Visitor, baker: Chatbot) -> None:
    policy = visitor.get(f"/c/{baker.public_id}/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_public_door_opens_no_console(visitor: Visitor, ada: User, northwind: Agency) -> None:
    visitor.force_login(ada)
    for path in ("/", "/admin/", "/accounts/login/", f"/agencies/{northwind.pk}/"):
        assert visitor.get(path).status_code == 404


def test_what_goes_out_holds_nothing_but_this_chatbots_words(visitor: Visitor, baker: Chatbot) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(instructions="Be secretly grumpy.")
    for page in (visitor.get(f"/c/{baker.public_id}/"), visitor.ask(baker, OPENING)):
        hidden = ("grumpy", "Northwind", "Bakery", "ada@example.com")
        assert not [word for word in hidden if word in shown(page)]
