"""Client reports: honest numbers of one month, commented, approved, and sent with a link that ends."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency, AuditEntry, Mail, User
from chatbots.closing import closing as erasing
from chatbots.models import Chatbot, MetricsDay, Report, ReportRule
from chatbots.reports import reports, scheduling, showing
from chatbots.reports.views.client import PAPERS
from tests.racing import at_once
from workspaces import closing
from workspaces.models import Workspace

SignIn = Callable[[User], Client]
NOW = datetime(2026, 11, 4, 9, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)
HTML = "<b>Well done</b> <script>alert(1)</script>"


@pytest.fixture
def northwind(northwind: Agency) -> Agency:
    Agency.objects.filter(pk=northwind.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    return Agency.objects.get(pk=northwind.pk)


def count(bot: Chatbot, day: date, **counted: int) -> None:
    """As the rollup writes it: of the chatbot, and of its workspace."""
    for chatbot_id in (bot.pk, 0):
        place = {"agency": bot.workspace.agency, "workspace": bot.workspace, "chatbot_id": chatbot_id}
        MetricsDay.objects.create(**place, day=day, **counted)


@pytest.fixture
def report(northwind: Agency, baker: Chatbot, bookworm: Chatbot, ada: User) -> Report:
    """October of Bakery, of which nothing of the bookshop's may be read."""
    Workspace.objects.filter(pk=baker.workspace_id).update(created_at=datetime(2026, 9, 1, tzinfo=UTC))
    count(baker, date(2026, 10, 31), conversations=4, visitor_messages=20, answered=9, unanswered=3, handed_over=1)
    count(baker, date(2026, 11, 1), visitor_messages=7000)
    count(baker, date(2026, 9, 30), conversations=2, visitor_messages=10, answered=4, unanswered=4)
    count(bookworm, date(2026, 10, 31), visitor_messages=9000)
    return reports.draw_up(Workspace.objects.get(pk=baker.workspace_id), month=OCTOBER, by=ada, now=NOW)


def link_of(report: Report) -> str:
    text = Mail.objects.latest("pk").text
    found = re.search(r"/reports/[\w-]+/", text)
    assert found
    return found[0]


def test_it_counts_its_month_and_its_client_beside_the_month_before(report: Report) -> None:
    shown = showing.of(report)
    rows = {row.name: (row.now, row.before, row.change) for row in shown.rows}
    assert rows["Messages of visitors"] == (20, 10, "+100 %")
    assert rows["Without an answer"] == (3, 4, "−25 %")
    assert rows["Conversations handed to a person"] == (1, 0, "")
    assert (shown.share, shown.share_before, shown.opened) == (75, 50, None)
    assert [(row["name"], row["visitor_messages"]) for row in shown.chatbots] == [("Baker", 20)]
    assert sum(count for _, count in shown.days) == 20
    assert len(shown.days) == 31


def test_with_a_part_of_a_month_nothing_is_compared(report: Report) -> None:
    Workspace.objects.filter(pk=report.workspace_id).update(created_at=datetime(2026, 9, 2, tzinfo=UTC))
    shown = showing.of(Report.objects.get())
    assert shown.opened == date(2026, 9, 2)
    assert {row.change for row in shown.rows} == {""}


def test_what_was_sent_stays_and_is_read_without_a_login_until_the_link_ends(
    report: Report, baker: Chatbot, ada: User, client: Client, sign_in: SignIn, now: datetime
) -> None:
    reports.comment(report, text=HTML, by=ada, now=now)
    answer = sign_in(ada).post(
        f"/agencies/{report.workspace.agency_id}/reports/{report.pk}/send/", {"recipients": "bo@bakery.example"}
    )
    assert answer.status_code == 302
    assert Mail.objects.latest("pk").recipient == "bo@bakery.example"
    count(baker, date(2026, 10, 30), visitor_messages=500)
    there = link_of(report)
    page = client.get(there)
    words = page.content.decode()
    assert (page.status_code, page["Referrer-Policy"], page["X-Robots-Tag"]) == (200, "no-referrer", "noindex")
    assert "Bakery" in words
    assert ">20<" in words
    assert "9,000" not in words
    assert "<script>alert" not in words
    assert client.get(f"{there}report.pdf").content.startswith(b"%PDF")
    assert str(Report.objects.get().token_hash) not in words
    Report.objects.update(link_ends_at=now - timedelta(seconds=1))
    for path in (there, f"{there}report.pdf"):
        ended = client.get(path)
        assert ended.status_code == 410
        assert "Northwind" in ended.content.decode()
        assert "Bakery" not in ended.content.decode()


def test_a_link_dies_when_it_is_ended_sent_anew_or_its_client_is_closed(
    report: Report, ada: User, client: Client, now: datetime
) -> None:
    to = ["bo@bakery.example"]
    reports.send(report, to=to, by=ada, now=now)
    first = link_of(report)
    with pytest.raises(reports.JustSent):
        reports.send(report, to=to, by=ada, now=now)
    reports.send(report, to=to, by=ada, now=now + timedelta(minutes=2))
    second = link_of(report)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    reports.close(report, by=ada, now=now)
    assert client.get(second).status_code == 404
    reports.send(report, to=to, by=ada, now=now + timedelta(minutes=4))
    closing.archive(report.workspace, by=ada, now=now)
    assert client.get(link_of(report)).status_code == 410
    with pytest.raises(reports.NotOpen):
        reports.send(report, to=to, by=ada, now=now + timedelta(hours=1))


@pytest.mark.parametrize("month", ["2999-01", "2026-13", "", "x", "0000-00"])
def test_a_month_that_is_not_over_is_refused_with_a_sentence(
    northwind: Agency, bakery: Workspace, ada: User, sign_in: SignIn, month: str
) -> None:
    browser, there = sign_in(ada), f"/agencies/{northwind.pk}/reports/"
    assert "Please choose a month that is over" in browser.get(there, {"month": month}).content.decode()
    answer = browser.post(f"{there}clients/{bakery.pk}/draw-up/", {"month": month}, follow=True)
    assert "Please choose a month that is over" in answer.content.decode()
    assert not Report.objects.exists()
    with pytest.raises(reports.NotOver):
        reports.draw_up(bakery, month=date(2999, 1, 1), by=ada, now=NOW)


@pytest.mark.parametrize("to", ["", "nobody", "a@b.example, nobody", ", ".join(f"a{n}@b.example" for n in range(11))])
def test_wrong_addresses_are_named_and_nothing_is_sent(report: Report, ada: User, sign_in: SignIn, to: str) -> None:
    there = f"/agencies/{report.workspace.agency_id}/reports/{report.pk}/send/"
    assert sign_in(ada).post(there, {"recipients": to}).status_code == 422
    assert Report.objects.get().sent_at is None


def test_a_comment_takes_an_approval_back(report: Report, ada: User, admin: User, now: datetime) -> None:
    reports.comment(report, text="One", by=ada, now=now)
    with pytest.raises(reports.OtherwiseMeanwhile):
        reports.approve(report, read="", by=admin, now=now)
    reports.approve(report, read="One", by=admin, now=now)
    assert Report.objects.get().approved_by == admin
    reports.comment(report, text="Two", by=ada, now=now)
    assert Report.objects.get().approved_at is None
    said = list(AuditEntry.objects.filter(action__startswith="report.").values_list("action", flat=True))
    assert said == ["report.commented", "report.approved", "report.commented", "report.drawn_up"]


def test_an_approval_of_words_that_nobody_wrote_is_refused(
    report: Report, ada: User, sign_in: SignIn, now: datetime
) -> None:
    reports.comment(report, text="One", by=ada, now=now)
    there = f"/agencies/{report.workspace.agency_id}/reports/{report.pk}/approve/"
    answer = sign_in(ada).post(there, {"read": "\x00"}, follow=True)
    assert "commented meanwhile" in answer.content.decode()
    assert Report.objects.get().approved_at is None


def rule(bakery: Workspace, ada: User, *, unread: bool, since: datetime = NOW - timedelta(days=30)) -> None:
    people = ["bo@bakery.example"]
    scheduling.schedule(bakery, day=4, recipients=people, unread=unread, by=ada, now=since)


def test_on_its_day_it_is_sent_once_and_unread_ones_wait(northwind: Agency, bakery: Workspace, ada: User) -> None:
    rule(bakery, ada, unread=False)
    early, late = NOW.replace(hour=7), NOW.replace(hour=8)
    assert (scheduling.due(early), scheduling.due(late)) == ([], [bakery.pk])
    assert not scheduling.send_due(bakery, now=late)
    [waiting] = scheduling.unread(northwind, now=late)
    reports.approve(waiting, read="", by=ada, now=late)
    assert scheduling.send_due(bakery, now=late)
    assert not scheduling.send_due(bakery, now=late)
    assert Mail.objects.filter(recipient="bo@bakery.example").count() == 1
    assert scheduling.due(late) == []
    assert Report.objects.get().month == OCTOBER


@pytest.mark.parametrize("begun", [timedelta(0), timedelta(days=1)])
def test_a_rule_made_after_its_day_begins_with_the_next_month(bakery: Workspace, ada: User, begun: timedelta) -> None:
    rule(bakery, ada, unread=True, since=NOW + begun)
    assert scheduling.due(NOW + timedelta(days=2)) == ([] if begun else [bakery.pk])


def test_a_suspended_account_sends_nothing(northwind: Agency, bakery: Workspace, ada: User, support: User) -> None:
    rule(bakery, ada, unread=True)
    Agency.objects.update(suspended_at=NOW, suspended_by=support, suspended_reason="Unpaid")
    assert scheduling.due(NOW) == []
    assert not scheduling.send_due(bakery, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail(northwind: Agency, bakery: Workspace, ada: User) -> None:
    rule(bakery, ada, unread=True)
    sent = at_once(lambda _: scheduling.send_due(bakery, now=NOW), people=2)
    assert sorted(sent) == [False, True]
    assert Mail.objects.filter(recipient="bo@bakery.example").count() == 1


def test_the_paper_is_the_same_each_time(report: Report, ada: User, now: datetime) -> None:
    Workspace.objects.filter(pk=report.workspace_id).update(name="Łódź Ελλάδα 北京 العربية")
    reports.send(Report.objects.get(), to=["a@b.example"], by=ada, now=now)
    kept: Any = Report.objects.select_related("workspace__agency").get()
    assert showing.paper(kept) == showing.paper(kept)


def test_rules_are_refused_where_they_make_no_sense(
    northwind: Agency, bakery: Workspace, ada: User, sign_in: SignIn
) -> None:
    browser, there = sign_in(ada), f"/agencies/{northwind.pk}/reports/clients/{bakery.pk}/schedule/"
    for wrong in ({"day": 29, "recipients": "a@b.example"}, {"day": 0, "recipients": "a@b.example"}, {"day": 3}):
        assert browser.post(there, wrong).status_code == 422
    assert browser.post(there, {"day": 3, "recipients": "A@b.example"}).status_code == 302
    assert ReportRule.objects.get().recipients == ["a@b.example"]
    assert browser.post(there, {"day": "", "recipients": ""}).status_code == 302
    assert not ReportRule.objects.exists()


def test_of_an_erased_client_no_report_is_left(report: Report, ada: User, now: datetime) -> None:
    rule(report.workspace, ada, unread=True)
    closing.archive(report.workspace, by=ada, now=now)
    closing.delete(report.workspace, typed="Bakery", by=ada, now=now)
    erasing.erase(report.workspace, now=now + timedelta(days=40))
    assert not Report.objects.exists()
    assert not ReportRule.objects.exists()


def test_a_comment_of_several_lines_is_approved_as_browsers_send_it(report: Report, ada: User, sign_in: SignIn) -> None:
    browser, there = sign_in(ada), f"/agencies/{report.workspace.agency_id}/reports/{report.pk}/"
    browser.post(f"{there}comment/", {"comment": "One\r\ntwo"})
    browser.post(f"{there}approve/", {"read": "One\r\ntwo"})
    kept = Report.objects.get()
    assert (kept.comment, kept.approved_by) == ("One\ntwo", ada)


def test_an_address_that_no_mail_can_go_to_is_refused_before_it_is_kept(
    report: Report, ada: User, sign_in: SignIn
) -> None:
    browser, there = sign_in(ada), f"/agencies/{report.workspace.agency_id}/reports/"
    to = {"recipients": '"bo"@bakery.example', "day": 3}
    for path in (f"{report.pk}/send/", f"clients/{report.workspace_id}/schedule/"):
        answer = browser.post(there + path, to)
        assert (answer.status_code, "is not an e-mail address" in answer.content.decode()) == (422, True)
    assert not ReportRule.objects.exists()


def test_of_an_archived_client_a_report_is_only_read_and_of_a_deleted_one_not_even_that(
    report: Report, ada: User, sign_in: SignIn, now: datetime
) -> None:
    browser, there = sign_in(ada), f"/agencies/{report.workspace.agency_id}/reports/{report.pk}/"
    closing.archive(report.workspace, by=ada, now=now)
    for step, sent in (("comment", {"comment": "More"}), ("approve", {"read": ""})):
        assert "This workspace is closed" in browser.post(f"{there}{step}/", sent, follow=True).content.decode()
    kept = Report.objects.get()
    assert (kept.comment, kept.approved_at) == ("", None)
    closing.delete(report.workspace, typed="Bakery", by=ada, now=now)
    for path in ("", "report.pdf"):
        assert browser.get(there + path).status_code == 404


def test_a_month_that_a_change_of_the_time_zone_began_anew_is_not_sent(report: Report, ada: User) -> None:
    Agency.objects.update(time_zone="Pacific/Honolulu")  # where it is still the 31st
    with pytest.raises(reports.NotOver):
        reports.send(report, to=["a@b.example"], by=ada, now=datetime(2026, 11, 1, 8, tzinfo=UTC))


def test_what_was_struck_out_of_a_comment_is_not_read_by_the_client(
    report: Report, ada: User, bo: User, sign_in: SignIn, now: datetime
) -> None:
    for text in ("A difficult client", "A good month"):
        reports.comment(report, text=text, by=ada, now=now)
    of_client = sign_in(bo).get(f"/workspaces/{report.workspace_id}/audit/")
    of_agency = sign_in(ada).get(f"/agencies/{report.workspace.agency_id}/audit/")
    told = ["difficult" in page.content.decode() for page in (of_client, of_agency)]
    assert (of_client.status_code, told) == (200, [False, True])


def test_whoever_has_a_link_cannot_have_papers_drawn_without_end(
    report: Report, ada: User, client: Client, now: datetime
) -> None:
    reports.send(report, to=["bo@bakery.example"], by=ada, now=now)
    there = link_of(report)
    asked = [client.get(f"{there}report.pdf").status_code for _ in range(2 * PAPERS + 1)]  # of two minutes at most
    assert (asked[0], asked[-1]) == (200, 429)
    assert client.get(there).status_code == 200
