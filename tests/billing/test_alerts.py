"""Alerts: each threshold once in a period, for the pool and for each cap, and told to those whom it concerns."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import Action, Agency, AuditEntry, Mail, User
from agencies.permissions import Can, MemberRole
from billing import alerts, periods, pools, rollups, tasks, units, uses
from billing.models import Alert, AlertRule, PoolPeriod, Resource, WorkspacePeriod
from billing.uses import Use
from chatbots import tasks as chatbot_tasks
from chatbots.knowledge import sources
from chatbots.models import Chatbot
from chatbots.use import uses as everything
from tests.conftest import chatbot, member, teach
from tests.queries import sent_by
from tests.racing import at_once
from workspaces import asking
from workspaces.models import CapRequest, Workspace


def used(workspace: Workspace, amount: int, now: datetime, *, held: int = 0) -> None:
    """The counters of the running period say that this workspace has used so much, and nobody else."""
    agency = workspace.agency
    period = periods.current(agency, now)
    defaults = {"used": amount, "held": held}
    WorkspacePeriod.objects.update_or_create(agency=agency, workspace=workspace, start=period.start, defaults=defaults)
    limit = {"end": period.end, "quota": agency.message_limit}
    PoolPeriod.objects.update_or_create(agency=agency, start=period.start, defaults=defaults | limit)


def cap(workspace: Workspace, **caps: int | None) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(**caps)
    workspace.refresh_from_db()


def thresholds(**where: Any) -> list[int]:
    return sorted(Alert.objects.filter(**where).values_list("threshold", flat=True))


def mails() -> dict[str, list[str]]:
    """{address: subjects}, of everything in the outbox."""
    found: dict[str, list[str]] = {}
    for mail in Mail.objects.order_by("pk"):
        found.setdefault(mail.recipient, []).append(mail.subject)
    return found


@pytest.fixture
def capped(bakery: Workspace) -> Workspace:
    """Bakery with a cap of 1,000 messages."""
    cap(bakery, message_cap=1000)
    return bakery


# --- the boundary ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "passed"), [(499, []), (500, [50]), (899, [50, 75]), (900, [50, 75, 90])])
def test_at_the_threshold_it_is_raised_and_below_it_is_not(
    capped: Workspace, now: datetime, amount: int, passed: list[int]
) -> None:
    used(capped, amount, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert thresholds(workspace=capped) == passed


def test_what_is_held_counts_not(capped: Workspace, now: datetime) -> None:
    used(capped, 499, now, held=400)
    alerts.raise_due([capped.agency_id], now=now)
    assert thresholds() == []


@pytest.mark.parametrize("seats", [3, 7, 199])
@pytest.mark.parametrize("share", [1, 33, 50, 99, 100])
def test_a_limit_that_is_no_hundred_is_rounded_for_nobody(
    northwind: Agency, now: datetime, seats: int, share: int
) -> None:
    period = periods.current(northwind, now)
    first = next(n for n in range(seats + 1) if Use(northwind, None, "seats", period, n, seats).reaches(share))
    assert first / seats >= share / 100 > (first - 1) / seats


def test_the_pool_is_alerted_too_and_without_a_limit_nothing_is(bakery: Workspace, now: datetime) -> None:
    used(bakery, 7500, now)
    PoolPeriod.objects.update(quota=None)
    alerts.raise_due([bakery.agency_id], now=now)
    assert thresholds() == []
    PoolPeriod.objects.update(quota=10_000)
    alerts.raise_due([bakery.agency_id], now=now)
    assert thresholds(workspace=None, resource=Resource.MESSAGES) == [50, 75]


def test_a_cap_of_nothing_is_used_up_at_once(bakery: Workspace, now: datetime) -> None:
    cap(bakery, message_cap=0)
    alerts.raise_all(now=now)
    assert thresholds(workspace=bakery) == [50, 75, 90, 100]
    assert mails()["ada@example.com"] == ["Bakery has a cap of 0 messages, and can use none"]


def test_a_plan_without_seats_has_none_to_use_up(newcomer: Agency, now: datetime) -> None:
    assert newcomer.seat_limit == 0
    alerts.raise_all(now=now)
    assert thresholds() == []


@pytest.mark.parametrize("state", [{"paused_at": True}, {"archived_at": True}])
def test_nobody_is_told_of_a_workspace_that_is_paused_or_archived(
    capped: Workspace, now: datetime, state: dict[str, bool]
) -> None:
    used(capped, 1000, now)
    Workspace.objects.filter(pk=capped.pk).update(**dict.fromkeys(state, now))
    alerts.raise_all(now=now)
    assert thresholds(workspace=capped) == []


# --- once ------------------------------------------------------------------------------------------------------------


def test_raised_twice_it_is_one_alert_and_one_mail(capped: Workspace, ada: User, now: datetime) -> None:
    used(capped, 500, now)
    for _ in range(3):
        alerts.raise_due([capped.agency_id], now=now)
    assert thresholds(workspace=capped) == [50]
    assert mails() == {ada.email: ["Bakery has used 50 % of its cap of 1,000 messages"]}


def test_of_several_at_once_only_the_highest_is_mailed(capped: Workspace, ada: User, now: datetime) -> None:
    used(capped, 930, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert thresholds(workspace=capped) == [50, 75, 90]
    assert mails() == {ada.email: ["Bakery has used 93 % of its cap of 1,000 messages"]}


def test_the_next_threshold_is_mailed_again_and_the_next_period_begins_anew(
    capped: Workspace, ada: User, now: datetime
) -> None:
    for amount, at in ((500, now), (760, now), (500, now + timedelta(days=31))):
        used(capped, amount, at)
        alerts.raise_due([capped.agency_id], now=at)
    assert thresholds(workspace=capped) == [50, 50, 75]
    assert len(mails()[ada.email]) == 3


def test_a_lower_threshold_that_is_set_later_is_marked_and_not_mailed(
    capped: Workspace, ada: User, now: datetime
) -> None:
    used(capped, 800, now)
    alerts.raise_due([capped.agency_id], now=now)
    alerts.set_thresholds(capped.agency, [60, 75], by=ada, now=now)
    alerts.raise_due([capped.agency_id], now=now)
    assert thresholds(workspace=capped) == [50, 60, 75]
    assert len(mails()[ada.email]) == 1


def test_a_limit_that_is_widened_raises_the_same_threshold_no_second_time(
    capped: Workspace, ada: User, now: datetime
) -> None:
    used(capped, 900, now)
    alerts.raise_due([capped.agency_id], now=now)
    cap(capped, message_cap=2000)
    used(capped, 1850, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert thresholds(workspace=capped) == [50, 75, 90]
    assert len(mails()[ada.email]) == 1


def test_the_database_keeps_a_second_one_out(capped: Workspace, now: datetime) -> None:
    row = {"agency": capped.agency, "resource": "seats", "threshold": 50, "used": 1, "limit": 2, "raised_at": now}
    for place in (capped, None):
        Alert.objects.create(workspace=place, period_start=now, **row)
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(workspace=place, period_start=now, **row)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_raise_one_and_mail_one(capped: Workspace, ada: User, now: datetime) -> None:
    used(capped, 1000, now)
    results = at_once(lambda _: alerts.raise_due([capped.agency_id], now=now), people=8)
    assert results == [None] * 8
    assert thresholds(workspace=capped) == [50, 75, 90, 100]
    assert len(mails()[ada.email]) == 1


def test_an_agency_whose_alerts_cannot_be_raised_stops_no_other(
    capped: Workspace, kiosk: Workspace, now: datetime
) -> None:
    cap(kiosk, message_cap=10)
    for workspace in (capped, kiosk):
        used(workspace, 1000, now)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE billing_alert ADD CHECK (agency_id <> {capped.agency_id})")
    alerts.raise_due([capped.agency_id, kiosk.agency_id], now=now)
    assert set(Alert.objects.values_list("workspace", flat=True)) == {kiosk.pk}


# --- what is counted -------------------------------------------------------------------------------------------------


def test_the_rollup_raises_what_its_rows_pass(bakery: Workspace, ada: User, now: datetime) -> None:
    cap(bakery, message_cap=4)
    held = pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)
    pools.settle(held, {1: units.visitor("?"), 2: units.ai("!")}, now=now)
    tasks.roll_up.delay()
    assert thresholds(workspace=bakery) == [50]
    tasks.roll_up.delay()
    assert rollups.roll_up() == []
    assert len(mails()[ada.email]) == 1


def test_a_grant_that_runs_counts_to_the_cap(capped: Workspace, now: datetime) -> None:
    CapRequest.objects.create(
        workspace=capped, resource="messages", granted=1000, decided_at=now, ends_at=now + timedelta(days=1)
    )
    used(capped, 1000, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert thresholds(workspace=capped) == [50]
    alerts.raise_due([capped.agency_id], now=now + timedelta(days=1))
    assert thresholds(workspace=capped) == [50, 75, 90, 100]


def test_seats_are_counted_as_elsewhere(bakery: Workspace, bookshop: Workspace, now: datetime) -> None:
    """A person in two workspaces holds one of the pool, and one under each cap."""
    Agency.objects.filter(pk=bakery.agency_id).update(seat_limit=2)
    cap(bakery, seat_cap=1)
    both = member("Both", bakery, MemberRole.VIEWER)
    bookshop.memberships.create(user=both, role=MemberRole.VIEWER)
    tasks.raise_alerts.delay()
    assert thresholds(workspace=None, resource="seats") == [50]
    assert thresholds(workspace=bakery, resource="seats") == [50, 75, 90, 100]


def test_a_data_source_that_is_added_is_counted_at_once(baker: Chatbot, bakery: Workspace, now: datetime) -> None:
    cap(bakery, source_cap=4)
    assert thresholds() == []
    teach(Chatbot.objects.get(pk=baker.pk), "Prices", "A loaf is four euros.")
    assert thresholds(workspace=bakery, resource="sources") == [50]


def test_a_cap_that_is_lowered_is_noticed_without_a_new_source(
    baker: Chatbot, bakery: Workspace, now: datetime
) -> None:
    cap(bakery, source_cap=1)
    chatbot_tasks.raise_source_alerts.delay()
    assert thresholds(workspace=bakery, resource="sources") == [50, 75, 90, 100]


def test_the_number_of_queries_is_the_same_for_more_agencies(
    capped: Workspace, kiosk: Workspace, newcomer: Agency, now: datetime
) -> None:
    used(capped, 400, now)
    one = sent_by(lambda: alerts.raise_due([capped.agency_id], now=now))
    all_of_them = sent_by(lambda: alerts.raise_due([capped.agency_id, kiosk.agency_id, newcomer.pk], now=now))
    assert len(all_of_them) == len(one) <= 8
    cap(capped, seat_cap=60)
    before = len(sent_by(lambda: alerts.raise_all(now=now)))
    for number in range(3):
        cap(chatbot(capped, f"Bot {number}").workspace, seat_cap=50)
        member(f"Person {number}", capped, MemberRole.VIEWER)
    assert len(sent_by(lambda: alerts.raise_all(now=now))) == before


# --- who is told -----------------------------------------------------------------------------------------------------


def test_a_cap_is_told_to_owner_admins_and_the_workspaces_managers(
    capped: Workspace, ada: User, admin: User, analyst: User, bo: User, vi: User, sue: User, now: datetime
) -> None:
    used(capped, 900, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert set(mails()) == {ada.email, admin.email, bo.email}


def test_the_pool_is_told_to_the_agency_alone(
    bakery: Workspace, ada: User, admin: User, bo: User, now: datetime
) -> None:
    used(bakery, 9000, now)
    alerts.raise_due([bakery.agency_id], now=now)
    assert set(mails()) == {ada.email, admin.email}


def test_a_managers_mail_speaks_of_the_own_cap_only(
    capped: Workspace, bookshop: Workspace, bo: User, sue: User, now: datetime
) -> None:
    cap(bookshop, message_cap=100)
    used(bookshop, 90, now)
    used(capped, 9000, now)
    alerts.raise_due([capped.agency_id], now=now)
    text = " ".join(Mail.objects.filter(recipient=bo.email).values_list("text", flat=True))
    assert "Bakery has used 900 % of its cap of 1,000 messages" in text
    assert "Northwind" not in text
    assert "Bookshop" not in text
    assert "10,000" not in text
    assert mails()[sue.email] == ["Bookshop has used 90 % of its cap of 100 messages"]


def test_where_the_agency_withholds_the_numbers_no_manager_is_told(capped: Workspace, bo: User, now: datetime) -> None:
    Workspace.objects.filter(pk=capped.pk).update(withheld=[Can.SEE_ANALYTICS.value])
    used(capped, 900, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert bo.email not in mails()


def test_who_is_locked_out_or_left_is_told_nothing(
    capped: Workspace, admin: User, bo: User, ed: User, now: datetime
) -> None:
    User.objects.filter(pk__in=[admin.pk, bo.pk]).update(is_active=False)
    used(capped, 900, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert {admin.email, bo.email, ed.email}.isdisjoint(mails())


def test_several_limits_at_once_are_one_mail(capped: Workspace, bookshop: Workspace, ada: User, now: datetime) -> None:
    cap(bookshop, message_cap=0)
    used(capped, 900, now)
    alerts.raise_all(now=now)
    assert mails()[ada.email] == ["Northwind: 2 limits are near"]
    text = Mail.objects.get().text
    assert "- Bakery has used 90 % of its cap of 1,000 messages.\n" in text
    assert "- Bookshop has a cap of 0 messages, and can use none.\n" in text
    assert f"/agencies/{capped.agency_id}/alerts/" in text


# --- the thresholds --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("90, 50", [50, 90]), ("", []), ("100", [100]), ("1; 2 3,4 % 5 6", [1, 2, 3, 4, 5, 6]), ("50 50", [50])],
)
def test_thresholds_are_sorted_and_distinct(
    northwind: Agency, ada: User, sign_in: Callable[[User], Any], sent: str, kept: list[int]
) -> None:
    answer = sign_in(ada).post(f"/agencies/{northwind.pk}/alerts/change/", {"thresholds": sent})
    assert answer.status_code == 302
    assert AlertRule.objects.get().thresholds == kept


@pytest.mark.parametrize("sent", ["0", "101", "-5", "1 2 3 4 5 6 7", "half", "12.5", "9" * 40, "٥٠ x", "\x00"])
def test_what_is_no_threshold_is_refused_at_its_field(
    northwind: Agency, ada: User, sign_in: Callable[[User], Any], sent: str
) -> None:
    answer = sign_in(ada).post(f"/agencies/{northwind.pk}/alerts/change/", {"thresholds": sent})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["thresholds"]
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize("wrong", [[0], [101], [1, 2, 3, 4, 5, 6, 7]])
def test_the_database_holds_what_a_threshold_is(northwind: Agency, wrong: list[int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertRule.objects.create(agency=northwind, thresholds=wrong)


def test_without_thresholds_there_are_no_alerts(capped: Workspace, ada: User, now: datetime) -> None:
    alerts.set_thresholds(capped.agency, [], by=ada, now=now)
    used(capped, 1000, now)
    alerts.raise_due([capped.agency_id], now=now)
    assert thresholds() == []


def test_a_change_of_the_thresholds_is_written_down(northwind: Agency, ada: User, now: datetime) -> None:
    alerts.set_thresholds(northwind, [80], by=ada, now=now)
    alerts.set_thresholds(northwind, [80], by=ada, now=now)
    entry = AuditEntry.objects.get(action=Action.ALERTS_CHANGED)
    assert (entry.before, entry.after) == ({"alerts at": "50 %, 75 %, 90 %, 100 %"}, {"alerts at": "80 %"})


def test_an_analyst_reads_them_and_changes_nothing(
    northwind: Agency, analyst: User, sign_in: Callable[[User], Any]
) -> None:
    browser = sign_in(analyst)
    assert b"50 %, 75 %, 90 %, 100 %" in browser.get(f"/agencies/{northwind.pk}/alerts/").content
    assert browser.post(f"/agencies/{northwind.pk}/alerts/change/", {"thresholds": "1"}).status_code == 403


# --- the pages -------------------------------------------------------------------------------------------------------


def test_a_page_shows_the_highest_of_each_while_it_is_true(
    capped: Workspace, ada: User, sign_in: Callable[[User], Any], now: datetime
) -> None:
    used(capped, 930, now)
    alerts.raise_due([capped.agency_id], now=now)
    browser, page = sign_in(ada), f"/agencies/{capped.agency_id}/near/"
    shown = browser.get(page).content.decode()
    assert shown.count("has used") == 1
    assert "Bakery has used 93 % of its cap of 1,000 messages" in shown
    cap(capped, message_cap=1500)
    assert "Bakery has used 62 % of its cap of 1,500 messages" in browser.get(page).content.decode()
    cap(capped, message_cap=5000)
    assert "Nothing is near a limit" in browser.get(page).content.decode()


def test_a_deleted_source_ends_the_alert(baker: Chatbot, bakery: Workspace, ada: User, now: datetime) -> None:
    cap(bakery, source_cap=2)
    source = teach(Chatbot.objects.get(pk=baker.pk), "Prices", "A loaf is four euros.")
    standing = alerts.standing(everything.of_workspace(bakery, now=now))
    assert [(each.threshold, each.use.used) for each in standing] == [(100, 2)]
    sources.delete(source, by=ada, now=now)
    standing = alerts.standing(everything.of_workspace(bakery, now=now))
    assert [(each.threshold, each.use.used) for each in standing] == [(50, 1)]


def test_an_alert_ends_with_its_period(capped: Workspace, now: datetime) -> None:
    used(capped, 900, now)
    alerts.raise_due([capped.agency_id], now=now)
    later = periods.current(capped.agency, now).end
    places = uses.capped([capped.agency], now=now)
    assert alerts.standing(uses.of_messages([], places, now=later - timedelta(seconds=1)))
    assert alerts.standing(uses.of_messages([], places, now=later)) == []


def test_a_client_reads_of_its_own_cap_and_nothing_of_the_pool(
    capped: Workspace, bo: User, vi: User, sign_in: Callable[[User], Any], now: datetime
) -> None:
    used(capped, 9000, now)
    alerts.raise_due([capped.agency_id], now=now)
    page = f"/workspaces/{capped.pk}/near/"
    theirs = sign_in(bo).get(page, headers={"HX-Request": "true"}).content.decode()
    assert "its cap of 1,000 messages" in theirs
    assert f"/workspaces/{capped.pk}/ask/messages/" in theirs
    assert "10,000" not in theirs
    assert "/ask/" not in sign_in(vi).get(page).content.decode()
    asking.ask(capped, resource="messages", used=9000, note="", by=bo, now=now)
    assert "/ask/" not in sign_in(bo).get(page).content.decode()


def test_the_history_shows_what_was_raised(
    capped: Workspace, ada: User, sign_in: Callable[[User], Any], now: datetime
) -> None:
    used(capped, 800, now)
    alerts.raise_due([capped.agency_id], now=now)
    page = sign_in(ada).get(f"/agencies/{capped.agency_id}/alerts/").content.decode()
    assert page.count("800 of 1,000") == 2


def test_a_fragment_with_nothing_to_say_is_empty(northwind: Agency, ada: User, sign_in: Callable[[User], Any]) -> None:
    for page in ("near", "asked"):
        answer = sign_in(ada).get(f"/agencies/{northwind.pk}/{page}/", headers={"HX-Request": "true"})
        assert answer.content.strip() == b""
