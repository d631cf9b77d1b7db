"""Ask for more: a client near its cap asks once, the agency grants an amount for a while or declines."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from agencies.models import Action, Agency, AuditEntry, Mail, User
from agencies.permissions import Can, MemberRole
from billing import periods, pools
from chatbots.knowledge import sources
from chatbots.models import Chatbot
from chatbots.use import uses
from chatbots.use.forms import GrantForm
from tests.conftest import member
from tests.queries import sent_by
from tests.racing import at_once
from workspaces import access, asking, caps, lifecycle
from workspaces.models import CapRequest, Resource, Workspace

SignIn = Callable[[User], Client]
FAR = 10**12


@pytest.fixture
def capped(bakery: Workspace) -> Workspace:
    """Bakery may use 10 messages and 1 data source, and have 5 seats."""
    bakery.message_cap, bakery.source_cap, bakery.seat_cap = 10, 1, 5
    bakery.save()
    return bakery


@pytest.fixture
def wish(capped: Workspace, bo: User, now: datetime) -> CapRequest:
    """Bo asked for more messages."""
    return ask(capped, bo, now)


def ask(workspace: Workspace, by: User, now: datetime, *, resource: str = "messages", used: int = 8) -> CapRequest:
    return asking.ask(workspace, resource=resource, used=used, note="The fair", by=by, now=now)


def hold(workspace: Workspace, amount: int, now: datetime) -> None:
    pools.hold(workspace, chatbot_id=1, key=f"{amount} at {now}", fingerprint="", units=amount, now=now)


def recipients(subject: str) -> set[str]:
    return set(Mail.objects.filter(subject__contains=subject).values_list("recipient", flat=True))


def written(action: Action) -> list[tuple[str, int | None, str, Any]]:
    rows = AuditEntry.objects.filter(action=action).order_by("pk")
    return [(row.actor_name, row.workspace_id, row.reason, row.after) for row in rows]


# --- asking ----------------------------------------------------------------------------------------------------------


def test_at_eighty_per_cent_one_may_ask_and_owner_and_admins_get_a_mail(
    capped: Workspace, bo: User, ada: User, admin: User, analyst: User, now: datetime
) -> None:
    wish = ask(capped, bo, now, used=8)
    assert (wish.resource, wish.asked_by, wish.asked_at, wish.decided_at) == ("messages", bo, now, None)
    assert recipients("Bakery asks for more messages") == {ada.email, admin.email}
    assert "The fair" in Mail.objects.get(recipient=ada.email).text
    assert written(Action.MORE_ASKED) == [(bo.email, capped.pk, "The fair", {"resource": "Messages"})]


@pytest.mark.parametrize("used", [0, 7])
def test_below_that_it_is_refused_with_words(capped: Workspace, bo: User, now: datetime, used: int) -> None:
    with pytest.raises(asking.NotYet, match=f"{used} of 10 messages are used. You can ask for more once 80 %"):
        ask(capped, bo, now, used=used)
    assert not CapRequest.objects.exists()


def test_without_a_cap_there_is_nothing_to_add_to(bakery: Workspace, bo: User, now: datetime) -> None:
    with pytest.raises(asking.NoCap, match="has no cap on messages"):
        ask(bakery, bo, now, used=1000)


def test_a_cap_of_nothing_is_reason_enough(bakery: Workspace, bo: User, now: datetime) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=0)
    assert ask(bakery, bo, now, used=0).pk


def test_a_second_press_is_told_so_and_another_resource_is_another_wish(
    capped: Workspace, wish: CapRequest, bo: User, now: datetime
) -> None:
    with pytest.raises(asking.AskedAlready):
        ask(capped, bo, now)
    ask(capped, bo, now, resource="seats", used=4)
    assert CapRequest.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_ask_once(capped: Workspace, bo: User, ada: User, now: datetime) -> None:
    results = at_once(lambda _: ask(capped, bo, now), people=6)
    assert sum(isinstance(result, CapRequest) for result in results) == 1
    assert sum(isinstance(result, asking.AskedAlready) for result in results) == 5
    assert Mail.objects.filter(recipient=ada.email).count() == 1


def test_what_was_granted_already_counts_to_the_cap(capped: Workspace, ada: User, bo: User, now: datetime) -> None:
    asking.grant(ask(capped, bo, now), amount=10, ends_at=None, by=ada, now=now)
    with pytest.raises(asking.NotYet, match="8 of 20 messages"):
        ask(capped, bo, now, used=8)
    assert ask(capped, bo, now, used=16).decided_at is None


def test_an_archived_workspace_asks_for_nothing(capped: Workspace, bo: User, now: datetime) -> None:
    Workspace.objects.filter(pk=capped.pk).update(archived_at=now)
    with pytest.raises(lifecycle.Archived):
        ask(capped, bo, now)


# --- granting --------------------------------------------------------------------------------------------------------


def test_a_grant_counts_at_once_and_stops_at_its_end_without_a_job(
    capped: Workspace, wish: CapRequest, ada: User, now: datetime
) -> None:
    hold(capped, 10, now)
    with pytest.raises(pools.CapReached):
        hold(capped, 1, now)
    end = now + timedelta(days=1)
    asking.grant(wish, amount=5, ends_at=end, by=ada, now=now)
    hold(capped, 3, now)
    hold(capped, 1, end - timedelta(microseconds=1))
    with pytest.raises(pools.CapReached):
        hold(capped, 1, end)


def test_a_grant_of_data_sources_counts_at_once_and_stops_at_its_end(
    capped: Workspace, baker: Chatbot, ada: User, bo: User, now: datetime
) -> None:
    def add(at: datetime) -> None:
        bot = Chatbot.objects.get(pk=baker.pk)
        sources.add(bot, kind="text", title="Prices", text="A loaf is four euros.", by=bo, now=at)

    with pytest.raises(sources.SourcesExhausted):
        add(now)
    wish, end = ask(capped, bo, now, resource="sources", used=1), now + timedelta(days=1)
    asking.grant(wish, amount=2, ends_at=end, by=ada, now=now)
    add(now)
    with pytest.raises(sources.SourcesExhausted):
        add(end)


def test_a_grant_without_an_end_stays(capped: Workspace, wish: CapRequest, ada: User, now: datetime) -> None:
    asking.grant(wish, amount=5, ends_at=None, by=ada, now=now)
    hold(capped, 15, now + timedelta(days=400))
    assert caps.at_most(capped, "messages", now=now + timedelta(days=400)) == 15


def test_the_one_who_asked_and_the_managers_get_a_mail(
    capped: Workspace, ada: User, bo: User, vi: User, sue: User, now: datetime
) -> None:
    editor = member("Eve", capped, MemberRole.EDITOR)
    wish = ask(capped, editor, now)
    asking.grant(wish, amount=1000, ends_at=None, by=ada, now=now)
    assert recipients("Bakery may use more messages") == {bo.email, editor.email}
    text = Mail.objects.get(recipient=bo.email).text
    assert "1,000 more messages, without an end" in text
    assert written(Action.MORE_GRANTED) == [
        (ada.email, capped.pk, "", {"resource": "Messages", "amount": 1000, "until": "no end"})
    ]


def test_who_asked_and_was_removed_since_gets_no_mail(
    capped: Workspace, wish: CapRequest, ada: User, bo: User, now: datetime
) -> None:
    access.remove(bo.memberships.get(), by=ada, now=now)
    asking.grant(wish, amount=5, ends_at=None, by=ada, now=now)
    assert recipients("may use more") == set()


def test_a_login_that_is_gone_leaves_its_wish_to_be_decided(
    capped: Workspace, wish: CapRequest, ada: User, now: datetime
) -> None:
    CapRequest.objects.filter(pk=wish.pk).update(asked_by=None)
    asking.decline(CapRequest.objects.get(pk=wish.pk), reason="Not now", by=ada, now=now)
    assert CapRequest.objects.get().reason == "Not now"


@pytest.mark.parametrize("amount", [-1, 0, FAR])
def test_an_amount_that_cannot_be_is_refused(wish: CapRequest, ada: User, now: datetime, amount: int) -> None:
    with pytest.raises(asking.WrongAmount):
        asking.grant(wish, amount=amount, ends_at=None, by=ada, now=now)
    assert CapRequest.objects.get().decided_at is None


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(seconds=1), timedelta(days=9)])
def test_an_end_that_is_not_ahead_is_refused(wish: CapRequest, ada: User, now: datetime, ago: timedelta) -> None:
    with pytest.raises(asking.Over):
        asking.grant(wish, amount=5, ends_at=now - ago, by=ada, now=now)


def test_once_the_cap_is_lifted_a_grant_means_nothing(
    capped: Workspace, wish: CapRequest, ada: User, now: datetime
) -> None:
    Workspace.objects.filter(pk=capped.pk).update(message_cap=None)
    with pytest.raises(asking.NoCap, match="Bakery has no cap on messages"):
        asking.grant(wish, amount=5, ends_at=None, by=ada, now=now)
    asking.decline(wish, reason="The cap is lifted", by=ada, now=now)


def test_of_a_workspace_that_was_archived_nothing_is_decided(
    capped: Workspace, wish: CapRequest, ada: User, now: datetime
) -> None:
    Workspace.objects.filter(pk=capped.pk).update(archived_at=now)
    for step in (
        partial(asking.grant, amount=5, ends_at=None),
        partial(asking.decline, reason="No"),
    ):
        with pytest.raises(lifecycle.Archived):
            step(wish, by=ada, now=now)
    assert list(asking.of_agency(capped.agency)) == []


def test_declining_needs_a_reason_and_mails_it(wish: CapRequest, ada: User, bo: User, now: datetime) -> None:
    with pytest.raises(asking.NoReason):
        asking.decline(wish, reason=" ", by=ada, now=now)
    asking.decline(wish, reason="Wait for June", by=ada, now=now)
    assert recipients("No more messages for Bakery") == {bo.email}
    assert "Wait for June" in Mail.objects.get(recipient=bo.email).text
    assert written(Action.MORE_DECLINED)[0][2:] == ("Wait for June", {"resource": "Messages"})


def test_who_decides_second_is_told_how_it_was_decided(
    wish: CapRequest, ada: User, admin: User, bo: User, now: datetime
) -> None:
    asking.grant(wish, amount=5, ends_at=None, by=ada, now=now)
    stale = CapRequest.objects.get()
    with pytest.raises(asking.Decided, match="granted, with 5 messages by Ada"):
        asking.decline(stale, reason="No", by=admin, now=now)
    with pytest.raises(asking.Decided):
        asking.grant(stale, amount=500, ends_at=None, by=admin, now=now)
    assert CapRequest.objects.get().granted == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once(
    capped: Workspace, wish: CapRequest, ada: User, bo: User, now: datetime
) -> None:
    def decide(number: int) -> None:
        if number % 2:
            return asking.decline(wish, reason="No", by=ada, now=now)
        return asking.grant(wish, amount=5, ends_at=None, by=ada, now=now)

    results = at_once(decide, people=6)
    assert results.count(None) == 1
    assert sum(isinstance(result, asking.Decided) for result in results) == 5
    assert Mail.objects.filter(recipient=bo.email).count() == 1


def test_afterwards_one_may_ask_again(capped: Workspace, wish: CapRequest, ada: User, bo: User, now: datetime) -> None:
    asking.decline(wish, reason="No", by=ada, now=now)
    assert ask(capped, bo, now).pk != wish.pk


# --- the pages -------------------------------------------------------------------------------------------------------


def test_the_page_asks_and_shows_what_became_of_it(
    capped: Workspace, baker: Chatbot, bo: User, ada: User, sign_in: SignIn
) -> None:
    browser, page = sign_in(bo), f"/workspaces/{capped.pk}/"
    assert f"{page}ask/sources/" in browser.get(f"{page}asked/").content.decode()
    assert browser.post(f"{page}ask/sources/", {"note": "<b>Menu</b>"}).status_code == 302
    shown = browser.get(f"{page}asked/").content.decode()
    assert "&lt;b&gt;Menu&lt;/b&gt;" in shown
    assert "/ask/sources/" not in shown
    wish = CapRequest.objects.get()
    data = {"amount": "1,000", "until": "open"}
    assert sign_in(ada).post(f"/agencies/{capped.agency_id}/asked/{wish.pk}/grant/", data).status_code == 302
    assert "1,000 more data sources" in browser.get(f"{page}asked/").content.decode()


def test_below_eighty_per_cent_the_page_offers_and_takes_nothing(capped: Workspace, bo: User, sign_in: SignIn) -> None:
    browser, page = sign_in(bo), f"/workspaces/{capped.pk}/"
    assert "/ask/" not in browser.get(f"{page}asked/").content.decode()
    answer = browser.post(f"{page}ask/messages/", {"note": ""})
    assert answer.status_code == 422
    assert "0 of 10 messages are used" in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("vi", 403), ("sue", 404), ("mallory", 404), ("analyst", 403)])
def test_only_managers_ask(
    capped: Workspace, baker: Chatbot, who: str, status: int, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    answer = sign_in(request.getfixturevalue(who)).post(f"/workspaces/{capped.pk}/ask/sources/", {"note": ""})
    assert answer.status_code == status
    assert not CapRequest.objects.exists()


def test_where_the_numbers_are_withheld_a_manager_asks_for_nothing(
    capped: Workspace, bo: User, ada: User, now: datetime, sign_in: SignIn
) -> None:
    access.narrow(capped, withheld=[Can.SEE_ANALYTICS.value], by=ada, now=now)
    for page in ("ask/messages/", "asked/", "near/"):
        assert sign_in(bo).get(f"/workspaces/{capped.pk}/{page}").status_code == 403


@pytest.mark.parametrize("resource", ["chatbots", "Messages", "0"])
def test_nobody_asks_for_what_has_no_cap_at_all(capped: Workspace, bo: User, sign_in: SignIn, resource: str) -> None:
    assert sign_in(bo).get(f"/workspaces/{capped.pk}/ask/{resource}/").status_code == 404


def test_a_note_is_three_hundred_characters_at_most(
    capped: Workspace, baker: Chatbot, bo: User, sign_in: SignIn
) -> None:
    page = f"/workspaces/{capped.pk}/ask/sources/"
    assert sign_in(bo).post(page, {"note": "x" * 301}).status_code == 422
    assert sign_in(bo).post(page, {"note": "x" * 300}).status_code == 302


@pytest.mark.parametrize("amount", ["-1", "0", str(FAR), "many", "", "1.5"])
def test_an_amount_that_is_no_number_is_refused_at_its_field(
    wish: CapRequest, ada: User, sign_in: SignIn, amount: str
) -> None:
    page = f"/agencies/{wish.workspace.agency_id}/asked/{wish.pk}/grant/"
    answer = sign_in(ada).post(page, {"amount": amount, "until": "open"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["amount"]
    assert "leave it empty" not in answer.content.decode().lower()


@pytest.mark.parametrize("day", ["", "2020-01-01", "yesterday"])
def test_a_day_that_will_not_do_is_refused_at_its_field(wish: CapRequest, ada: User, sign_in: SignIn, day: str) -> None:
    page = f"/agencies/{wish.workspace.agency_id}/asked/{wish.pk}/grant/"
    answer = sign_in(ada).post(page, {"amount": "5", "until": "day", "day": day})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["day"]


def test_a_day_counts_to_its_end_on_the_agencys_calendar(northwind: Agency, now: datetime) -> None:
    sent = {"amount": "5", "until": "day", "day": "2031-05-03"}
    form = GrantForm(sent, period=periods.current(northwind, now), time_zone="America/New_York")
    assert form.is_valid()
    assert form.ends_at == datetime(2031, 5, 4, 4, tzinfo=UTC)
    northwind.time_zone = "America/New_York"
    wish = CapRequest(workspace=Workspace(agency=northwind), granted=5, ends_at=form.ends_at)
    assert asking.last_day(wish) == date(2031, 5, 3)


def test_the_end_of_the_period_is_the_first_moment_of_the_next(wish: CapRequest, ada: User, sign_in: SignIn) -> None:
    page = f"/agencies/{wish.workspace.agency_id}/asked/{wish.pk}/grant/"
    sign_in(ada).post(page, {"amount": "5", "until": "period"})
    granted = CapRequest.objects.get()
    assert granted.decided_at
    assert granted.ends_at == periods.current(wish.workspace.agency, granted.decided_at).end


@pytest.mark.parametrize(("who", "status"), [("analyst", 403), ("bo", 404), ("mallory", 404)])
def test_only_owner_and_admins_decide(
    wish: CapRequest, who: str, status: int, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    for step in ("grant", "decline"):
        page = f"/agencies/{wish.workspace.agency_id}/asked/{wish.pk}/{step}/"
        assert browser.post(page, {"amount": "5", "until": "open", "reason": "No"}).status_code == status
    assert CapRequest.objects.get().decided_at is None


def test_another_agencys_wish_is_not_found(wish: CapRequest, rival: Agency, mallory: User, sign_in: SignIn) -> None:
    page = f"/agencies/{rival.pk}/asked/{wish.pk}/grant/"
    assert sign_in(mallory).post(page, {"amount": "5", "until": "open"}).status_code == 404


def test_the_dashboards_panel_shows_what_is_waiting_with_its_use(
    wish: CapRequest, ada: User, analyst: User, sign_in: SignIn
) -> None:
    page, fragment = f"/agencies/{wish.workspace.agency_id}/asked/", {"HX-Request": "true"}
    shown = sign_in(ada).get(page, headers=fragment).content.decode()
    assert "The fair" in shown
    assert "0 of 10" in shown
    assert f"{page}{wish.pk}/grant/" in shown
    assert f"{page}{wish.pk}/grant/" not in sign_in(analyst).get(page).content.decode()


def test_a_refusal_on_the_page_says_why(wish: CapRequest, ada: User, sign_in: SignIn) -> None:
    Workspace.objects.update(message_cap=None)
    page = f"/agencies/{wish.workspace.agency_id}/asked/{wish.pk}/grant/"
    answer = sign_in(ada).post(page, {"amount": "5", "until": "open"})
    assert answer.status_code == 422
    assert "Bakery has no cap on messages, so there is nothing to add to." in answer.content.decode()


def test_every_resource_is_known_with_its_cap(capped: Workspace, baker: Chatbot, bo: User, now: datetime) -> None:
    found = {use.resource: (use.used, use.limit) for use in uses.of_workspace(capped, now=now)}
    assert found == {Resource.MESSAGES: (0, 10), Resource.SOURCES: (1, 1), Resource.SEATS: (1, 5)}


def test_more_clients_and_wishes_take_no_more_queries(
    northwind: Agency, capped: Workspace, bookshop: Workspace, wish: CapRequest, ada: User, sign_in: SignIn
) -> None:
    browser, pages = sign_in(ada), [f"/agencies/{northwind.pk}/{page}/" for page in ("asked", "near")]
    browser.get(pages[0])
    before = [len(sent_by(partial(browser.get, page))) for page in pages]
    Workspace.objects.filter(pk=bookshop.pk).update(message_cap=10, source_cap=10, seat_cap=10)
    for resource in Resource:
        bookshop.cap_requests.create(resource=resource, asked_by=ada)
        bookshop.cap_requests.create(resource=resource, granted=5, decided_at=wish.asked_at, decided_by=ada)
    assert [len(sent_by(partial(browser.get, page))) for page in pages] == before
