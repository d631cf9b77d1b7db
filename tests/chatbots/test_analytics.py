"""Pages of numbers: of a chatbot, a workspace, an agency; and all clients side by side."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency, User
from agencies.permissions import MemberRole
from billing import rollups as ledger_rollups
from chatbots.bots import moving
from chatbots.insights import rollups
from chatbots.models import Chatbot, Conversation
from tests.chatbots.test_metrics import HOURS, UNKNOWN, say
from tests.conftest import chatbot, client_workspace, content_of
from tests.queries import sent_by
from workspaces.access import set_role
from workspaces.models import Workspace


def roll_up() -> None:
    rollups.roll_up()
    ledger_rollups.roll_up()


def at(place: Agency | Workspace, page: str = "analytics/") -> str:
    return f"/{'agencies' if isinstance(place, Agency) else 'workspaces'}/{place.pk}/{page}"


def of(bot: Chatbot, page: str = "analytics/") -> str:
    return at(bot.workspace, f"chatbots/{bot.pk}/{page}")


def sheet(browser: Client, url: str) -> list[str]:
    return content_of(browser.get(url)).decode("utf-8-sig").splitlines()


@pytest.fixture
def busy(baker: Chatbot, bookworm: Chatbot, now: datetime) -> Chatbot:
    """Two questions to Baker today and one 40 days ago, one to Bookworm; all rolled up."""
    say(baker, now, text="When do you open?")
    say(baker, now, text="=1+1 of your cakes, please?", answer=UNKNOWN)
    say(baker, now - timedelta(days=40), token="w" * 43, answer=HOURS)
    say(bookworm, now)
    roll_up()
    return baker


def shown(answer: Any) -> dict[str, tuple[Any, Any]]:
    return {figure.label: (figure.value, figure.before) for figure, _ in answer.context["figures"]}


@pytest.mark.usefixtures("busy")
def test_each_page_shows_its_own_numbers_beside_those_of_the_days_before(
    ada: User, baker: Chatbot, northwind: Agency, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(ada)
    of_chatbot, of_agency = (browser.get(url) for url in (of(baker), at(northwind)))
    assert shown(of_chatbot)["Visitor messages"] == (2, 1)
    assert shown(of_chatbot)["Answered from sources"] == (0.5, 1)
    assert shown(of_agency)["Visitor messages"] == (3, 1)
    assert shown(browser.get(at(baker.workspace)))["Units"] == (4, 2)
    content = of_chatbot.content.decode()
    for behind in ("conversations/?start=", "unanswered=on", "ledger/?start="):
        assert behind in content


@pytest.mark.parametrize("period", ["today", "7", "30", "90", "current", "previous", "own"])
@pytest.mark.usefixtures("busy")
def test_every_choice_of_days_has_a_page_and_a_sheet(
    ada: User, baker: Chatbot, sign_in: Callable[[User], Client], period: str
) -> None:
    browser, query = sign_in(ada), f"?period={period}&start=2026-01-01&end=2026-12-31&show=leads"
    answer = browser.get(of(baker) + query)
    assert answer.status_code == 200
    days = answer.context["chosen"].span.length
    assert len(sheet(browser, of(baker, "analytics/export/") + query)) == days + 1


NONSENSE = [
    ("start=2999-01-01&end=2999-02-01", "between 2000 and 2100"),
    ("start=2026-02-02&end=2026-02-01", "before the first one"),
    ("start=2020-01-01&end=2026-02-01", "400 days at most"),
    ("period=own", "first and the last day"),
    ("period=own&start=yesterday&end=", "between 2000 and 2100"),
    ("period=century", "no such days"),
    ("show=everything", "cannot show that"),
]


@pytest.mark.parametrize(("query", "words"), NONSENSE)
@pytest.mark.usefixtures("busy")
def test_days_that_make_no_sense_are_answered_in_the_form(
    ada: User, baker: Chatbot, sign_in: Callable[[User], Client], query: str, words: str
) -> None:
    browser = sign_in(ada)
    answer = browser.get(f"{of(baker)}?{query}")
    assert words in answer.content.decode()
    assert "figures" not in answer.context
    assert len(sheet(browser, f"{of(baker, 'analytics/export/')}?{query}")) == 1
    assert browser.get(f"{of(baker, 'analytics/questions/')}?{query}").status_code == 200


@pytest.mark.usefixtures("busy")
def test_questions_are_grouped_and_run_as_no_formula(
    bo: User, baker: Chatbot, sign_in: Callable[[User], Client], now: datetime
) -> None:
    say(baker, now, text="when do you OPEN")
    browser = sign_in(bo)
    asked = browser.get(of(baker, "analytics/questions/")).context["asked"]
    assert [(each.times, each.unanswered) for each in asked.top] == [(2, 0), (1, 1)]
    assert [each.text for each in asked.unanswered] == ["=1+1 of your cakes, please?"]
    rows = sheet(browser, of(baker, "analytics/export/?of=questions"))
    assert any(row.startswith("\"'=1+1 of your cakes") for row in rows)
    assert browser.get(of(baker, "analytics/export/?of=secrets")).status_code == 404


def test_who_may_not_read_conversations_is_led_to_none(
    busy: Chatbot, bakery: Workspace, vi: User, sign_in: Callable[[User], Client]
) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(withheld=["handle_conversations"])
    set_role(bakery, user=vi, role=MemberRole.VIEWER)
    browser = sign_in(vi)
    content = browser.get(of(busy)).content.decode()
    assert "conversations/" not in content
    assert "analytics/questions/" not in content
    assert browser.get(of(busy, "analytics/export/?of=questions")).status_code == 403


def test_a_client_does_not_learn_where_a_chatbot_went(
    busy: Chatbot, bookshop: Workspace, ada: User, bo: User, sue: User, sign_in: Callable[[User], Client], now: datetime
) -> None:
    was = busy.workspace
    moving.move(busy, to=bookshop, by=ada, now=now)
    rows = sign_in(bo).get(at(was)).context["bots"]
    assert [(row.name, row.is_here, row.numbers.visitor_messages) for row in rows] == [
        (f"Former chatbot {busy.pk}", False, 2)
    ]
    there = sign_in(sue).get(of(Chatbot.objects.get(pk=busy.pk)))
    assert shown(there)["Visitor messages"] == (0, 0)


def test_the_overview_orders_searches_and_exports_all_clients(
    busy: Chatbot, northwind: Agency, ada: User, sign_in: Callable[[User], Client], now: datetime
) -> None:
    Conversation.objects.filter(workspace=busy.workspace).update(wanted_at=now, waits_since=now)
    browser = sign_in(ada)

    def order(query: str) -> list[str]:
        return [row.workspace.name for row in browser.get(at(northwind, f"overview/?{query}")).context["rows"]]

    assert order("") == ["Bakery", "Bookshop", "Northwind"]
    assert order("sort=used") == ["Northwind", "Bookshop", "Bakery"]
    assert order("sort=name&q=BOOK") == ["Bookshop"]
    assert order("sort=answered")[0] == "Bakery"
    row = browser.get(at(northwind, "overview/?sort=-waiting&page=99")).context["rows"][0]
    assert (row.workspace.name, row.waiting, row.used, row.numbers.answered_share) == ("Bakery", 2, 4, 0.5)
    assert sheet(browser, at(northwind, "overview/export/"))[1].startswith("Bakery,4,")


def test_more_clients_and_messages_cost_no_more_queries(
    busy: Chatbot, northwind: Agency, ada: User, sign_in: Callable[[User], Client], now: datetime
) -> None:
    browser = sign_in(ada)
    pages = [at(northwind, "overview/"), at(northwind), at(busy.workspace), of(busy)]

    def number(url: str) -> int:
        browser.get(url)  # the first visit is written down
        return len(sent_by(lambda: browser.get(url)))

    before = [number(url) for url in pages]
    for n in range(3):
        bot = chatbot(client_workspace(northwind, f"Client {n}"), f"Bot {n}")
        for _ in range(3):
            say(bot, now, token=str(n).rjust(43, "v"))
    roll_up()
    assert [number(url) for url in pages] == before
