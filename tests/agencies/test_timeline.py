"""The applicant's timeline: each step, whose turn it is, and what support and the applicant say to each other."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as postbox
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies import applications, questions, suspension, timeline
from agencies.models import Action, Agency, Application, ApplicationEntry, AuditEntry, Meeting, User
from agencies.timeline import State
from billing import subscriptions
from tests.agencies.test_apply import WISH

WHICH = "Which client comes first?"
LAST = 2**31  # whatever was asked was seen


@pytest.fixture
def wish(newcomer: Agency, nina: User, now: datetime) -> Application:
    return applications.submit(newcomer, by=nina, now=now, **WISH)


def stands(agency: Agency) -> list[tuple[str, str]]:
    found = timeline.of(agency, now=timezone.now())
    assert found
    return [(step.title, step.state) for step in found.steps]


def test_who_never_asked_has_no_timeline(newcomer: Agency) -> None:
    assert timeline.of(newcomer, now=timezone.now()) is None


def test_after_asking_it_is_supports_turn(wish: Application, now: datetime) -> None:
    found = timeline.of(wish.agency, now=timezone.now())
    assert found
    assert found.present
    assert (found.present.title, found.present.who, found.present.at) == ("Support looks at it", "Support", now)
    assert stands(wish.agency)[-1] == ("Decision", State.LATER)


def test_a_question_is_the_applicants_turn_and_the_answer_supports_again(
    wish: Application, support: User, nina: User, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    questions.ask(wish, text=WHICH, by=support, now=now)
    assert timeline.of(wish.agency, now=timezone.now()).present.who == "You"  # type: ignore[union-attr]
    questions.answer(wish.agency, text="The bakery.", seen=LAST, by=nina, now=later)
    found = timeline.of(wish.agency, now=timezone.now())
    assert found and found.present  # noqa: PT018
    assert (found.present.who, found.present.at) == ("Support", later)
    assert [entry.text for entry in found.steps[2].said] == [WHICH, "The bakery."]


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("approve", ("Approved", State.DONE)),
        ("decline", ("Declined", State.REFUSED)),
        ("withdraw", ("Withdrawn", State.REFUSED)),
    ],
)
def test_each_end_is_the_last_step_and_nobodys_turn(
    wish: Application, support: User, nina: User, now: datetime, end: str, last: tuple[str, str]
) -> None:
    match end:
        case "approve":
            subscriptions.approve(wish, by=support, now=now)
        case "decline":
            applications.decline(wish, by=support, reason="Too soon.", now=now)
        case "withdraw":
            applications.withdraw(wish.agency, by=nina, now=now)
    found = timeline.of(wish.agency, now=timezone.now())
    assert found
    assert (found.present, stands(wish.agency)[-1]) == (None, last)


def test_question_and_answer_are_mailed_and_written_down(
    wish: Application, support: User, nina: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        questions.ask(wish, text=WHICH, by=support, now=now)
        questions.answer(wish.agency, text="The <bakery> & co.", seen=LAST, by=nina, now=now)
    asked, answered = postbox.outbox
    assert (asked.to, answered.to) == ([nina.email], [support.email])
    assert WHICH in asked.body
    assert f"/agencies/{wish.agency_id}/agency/" in asked.body
    assert "The <bakery> & co." in answered.body
    done = set(AuditEntry.objects.filter(agency=wish.agency).values_list("action", flat=True))
    assert {Action.QUESTION_ASKED, Action.QUESTION_ANSWERED} <= done


def test_no_agency_reads_a_note(wish: Application, support: User, nina: User, now: datetime, sign_in: Any) -> None:
    questions.note(wish, text="Sounds odd to me.", by=support, now=now)
    browser, at = sign_in(nina), f"/agencies/{wish.agency_id}"
    pages = [browser.get(f"{at}{path}").content.decode() for path in ("/", "/agency/", "/agency/timeline/", "/audit/")]
    assert not [page for page in pages if "Sounds odd" in page]
    assert not postbox.outbox


def test_there_is_nothing_to_answer_twice(wish: Application, support: User, nina: User, now: datetime) -> None:
    with pytest.raises(questions.NothingAsked):
        questions.answer(wish.agency, text="Hello", seen=LAST, by=nina, now=now)
    questions.ask(wish, text=WHICH, by=support, now=now)
    questions.answer(wish.agency, text="The bakery.", seen=LAST, by=nina, now=now)
    with pytest.raises(questions.NothingAsked):
        questions.answer(wish.agency, text="The bakery.", seen=LAST, by=nina, now=now)


def test_a_decided_application_is_asked_nothing(wish: Application, support: User, nina: User, now: datetime) -> None:
    questions.ask(wish, text=WHICH, by=support, now=now)
    applications.decline(wish, by=support, reason="Too soon.", now=now)
    with pytest.raises(applications.NotWaiting):
        questions.ask(wish, text=WHICH, by=support, now=now)
    with pytest.raises(applications.NothingWaits):
        questions.answer(wish.agency, text="The bakery.", seen=LAST, by=nina, now=now)


def test_who_withdrew_may_ask_again(wish: Application, nina: User, now: datetime, sign_in: Any) -> None:
    browser, at = sign_in(nina), f"/agencies/{wish.agency_id}/agency/"
    browser.get(f"{at}withdraw/")
    assert wish.agency.is_waiting
    browser.post(f"{at}withdraw/")
    assert not wish.agency.is_waiting
    assert browser.post(at, WISH).status_code == 302
    assert wish.agency.is_waiting


def test_withdrawing_too_late_says_what_happened(
    wish: Application, support: User, nina: User, now: datetime, sign_in: Any
) -> None:
    subscriptions.approve(wish, by=support, now=now)
    page = sign_in(nina).post(f"/agencies/{wish.agency_id}/agency/withdraw/", follow=True).content.decode()
    assert "it was approved on" in page
    assert Agency.objects.get(pk=wish.agency_id).is_approved


def test_an_open_page_asks_for_news_and_gets_nothing_until_there_is_some(
    wish: Application, support: User, nina: User, now: datetime, sign_in: Any
) -> None:
    browser, hx = sign_in(nina), {"HX-Request": "true"}
    found = timeline.of(wish.agency, now=timezone.now())
    assert found
    at = f"/agencies/{wish.agency_id}/agency/timeline/?seen={found.stamp}"
    assert at in browser.get(f"/agencies/{wish.agency_id}/").content.decode()
    assert browser.get(at, headers=hx).status_code == 204
    questions.ask(wish, text=WHICH, by=support, now=now)
    assert WHICH in browser.get(at, headers=hx).content.decode()
    subscriptions.approve(wish, by=support, now=now)
    assert browser.get(at, headers=hx)["HX-Refresh"] == "true"


def test_only_an_owner_answers(wish: Application, support: User, now: datetime, sign_in: Any, nina: User) -> None:
    questions.ask(wish, text=WHICH, by=support, now=now)
    at = f"/agencies/{wish.agency_id}/agency/answer/"
    assert sign_in(support).post(at, {"text": "Me"}).status_code == 404
    assert sign_in(nina).post(at, {"text": "  ", "seen": LAST}).status_code == 422
    assert sign_in(nina).post(at, {"text": "The bakery.", "seen": LAST}).status_code == 302
    assert wish.entries.get(kind="answer").by == nina


def test_the_database_ties_an_entry_to_its_agency(wish: Application, northwind: Agency, support: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationEntry.objects.create(agency=northwind, application=wish, kind="note", text="x", by=support)


def test_the_meeting_is_a_step_that_can_be_taken_is_to_come_and_is_done(wish: Application, nina: User) -> None:
    at = datetime(2027, 3, 25, 10, tzinfo=UTC)
    before, after = at - timedelta(days=2), at + timedelta(hours=1)

    def step(now: datetime) -> timeline.Step:
        found = timeline.of(wish.agency, now=now)
        assert found
        return next(step for step in found.steps if step.title == "Initial meeting")

    assert (step(before).state, step(before).url) == (State.LATER, "/meetings/")
    Meeting.objects.create(
        **{"starts_at": at, "ends_at": at + timedelta(minutes=30), "time_zone": "Asia/Tokyo", "request_key": uuid4()},
        **{"name": "Nina", "email": nina.email, "company": "Newcomer", "clients": 1, "messages": 1, "came_from": "x"},
        **{"agency": wish.agency, "application": wish, "booked_by": nina},
    )
    assert "Thursday, 25 March 2027, 19:00 (Asia/Tokyo)" in step(before).what
    assert (step(after).state, step(after).at) == (State.DONE, at + timedelta(minutes=30))


def test_an_answer_closes_no_question_that_its_writer_did_not_see(
    wish: Application, support: User, nina: User, now: datetime, sign_in: Any
) -> None:
    first = questions.ask(wish, text=WHICH, by=support, now=now)
    second = questions.ask(wish, text="And how many?", by=support, now=now)
    at = f"/agencies/{wish.agency_id}/agency/answer/"
    refused = sign_in(nina).post(at, {"text": "The <b>bakery</b>.", "seen": first.pk})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Support has asked something else meanwhile" in page
    assert "The &lt;b&gt;bakery&lt;/b&gt;." in page
    assert f'name="seen" value="{second.pk}"' in page
    assert not wish.entries.filter(kind="answer").exists()


def test_an_answer_that_came_too_late_is_still_on_the_page(
    wish: Application, support: User, nina: User, now: datetime, sign_in: Any
) -> None:
    asked = questions.ask(wish, text=WHICH, by=support, now=now)
    questions.answer(wish.agency, text="The bakery.", seen=asked.pk, by=nina, now=now)
    refused = sign_in(nina).post(f"/agencies/{wish.agency_id}/agency/answer/", {"text": "My words", "seen": asked.pk})
    assert "There is no question left to answer" in refused.content.decode()
    assert "My words" in refused.content.decode()


def test_what_is_sent_twice_is_said_once(wish: Application, support: User, now: datetime) -> None:
    postbox.outbox.clear()
    for _ in range(2):
        questions.ask(wish, text=WHICH, by=support, now=now)
    for _ in range(2):
        questions.note(wish, text="Good.", by=support, now=now)
    assert [entry.kind for entry in wish.entries.all()] == ["question", "note"]


def test_a_suspended_applicant_sends_nothing_and_is_not_approved(
    wish: Application, support: User, nina: User, now: datetime, sign_in: Any
) -> None:
    questions.ask(wish, text=WHICH, by=support, now=now)
    before = timeline.of(wish.agency, now=now)
    suspension.suspend(wish.agency, by=support, reason="Unpaid.", now=now)
    agency = Agency.objects.get(pk=wish.agency_id)
    after = timeline.of(agency, now=now)
    assert before and after and before.stamp != after.stamp  # noqa: PT018
    page = sign_in(nina).get(f"/agencies/{wish.agency_id}/agency/").content.decode()
    assert "nothing can be sent here" in page
    assert "Send the answer" not in page
    with pytest.raises(applications.OfSuspended):
        subscriptions.approve(wish, by=support, now=now)
