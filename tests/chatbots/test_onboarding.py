"""Onboarding: each step turns by what happened and by nothing else, and each person hides it for themselves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Availability, Meeting, User
from billing import allocation
from billing.models import Resource
from chatbots.bots import bots
from chatbots.models import Chatbot, OnboardingStep
from chatbots.onboarding import hiding, progress
from chatbots.onboarding.steps import STEPS
from tests.conftest import Visitor, chatbot, client_workspace, open_office, teach
from tests.queries import sent_by
from workspaces.models import Workspace

SignIn = Callable[[User], Client]
NEEDS_YOU = "/admin/chatbots/onboardingstep/needs-you/"


def done(agency: Agency) -> list[str]:
    return [stand.step.key.value for stand in progress.of(agency).stands if stand.done_at]


def page(agency: Agency, rest: str = "") -> str:
    return f"/agencies/{agency.pk}/onboarding/{rest}"


def test_each_step_turns_by_what_happened(
    northwind: Agency, ada: User, sign_in: SignIn, visitor: Visitor, now: datetime
) -> None:
    bot_of_our_own = chatbot(northwind.workspaces.get(is_main=True), "Ours")
    teach(bot_of_our_own, "Opening hours", "We open at seven.")
    assert done(northwind) == []
    bakery = client_workspace(northwind, "Bakery")
    assert done(northwind) == ["workspace"]
    baker = chatbot(bakery, "Baker")
    assert done(northwind) == ["workspace", "chatbot"]
    bots.configure(baker, company="Bakery", by=ada, now=now)
    assert done(northwind)[2:] == ["customized"]
    visitor.ask(baker, "When do you open?")
    teach(baker, "Opening hours", "The bakery opens at seven in the morning.")
    assert done(northwind)[3:] == ["source"]
    visitor.ask(baker, "When does the bakery open?")
    assert done(northwind)[4:] == ["answer"]
    allocation.allocate(bakery, resource=Resource.MESSAGES, cap=100, guarantee=None, by=ada, now=now)
    assert done(northwind)[5:] == ["allocation"]
    sign_in(ada).get(f"/agencies/{northwind.pk}/ledger/")
    assert done(northwind)[6:] == ["look"]


def test_what_is_remembered_outlives_what_it_was(baker: Chatbot, northwind: Agency) -> None:
    before = done(northwind)
    progress.remember(northwind)
    progress.remember(northwind)
    bots.delete(baker, by=northwind.staff.get().user, now=baker.created_at + timedelta(days=1))
    assert done(northwind) == before == ["workspace", "chatbot", "source"]
    assert OnboardingStep.objects.filter(agency=northwind).count() == 4  # with the approval


def test_support_that_looks_is_no_look_of_the_agency(
    northwind: Agency, support: User, sign_in: SignIn, now: datetime
) -> None:
    from agencies import visits

    visits.enter(northwind, by=support, reason="They asked", now=now)
    assert sign_in(support).get(f"/agencies/{northwind.pk}/ledger/").status_code == 200
    assert done(northwind) == []


def test_each_person_hides_and_resumes_for_themselves(
    northwind: Agency, ada: User, admin: User, sign_in: SignIn
) -> None:
    browser, hx = sign_in(ada), {"HTTP_HX_REQUEST": "true"}
    browser.post(page(northwind, "hide/"))
    assert b"Next:" not in browser.get(page(northwind, "next/"), **hx).content  # type: ignore[arg-type]
    assert b"Next:" in sign_in(admin).get(page(northwind, "next/"), **hx).content  # type: ignore[arg-type]
    browser.post(page(northwind, "resume/"))
    assert b"Next:" in browser.get(page(northwind, "next/"), **hx).content  # type: ignore[arg-type]


def test_a_colleague_is_shown_it_by_mail_and_led_again(
    northwind: Agency, ada: User, admin: User, now: datetime, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    hiding.hide(northwind, by=admin, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(ada).post(page(northwind, "show/"), {"colleague": admin.pk})
    assert not hiding.is_hidden(northwind, by=admin)
    assert mail.outbox[-1].to == [admin.email]
    assert page(northwind) in mail.outbox[-1].body


def test_nobody_outside_the_team_is_shown_it(northwind: Agency, ada: User, mallory: User, sign_in: SignIn) -> None:
    assert sign_in(ada).post(page(northwind, "show/"), {"colleague": mallory.pk}).status_code == 422
    assert sign_in(mallory).get(page(northwind)).status_code == 404


def test_a_note_stands_only_on_the_page_of_the_next_step(bakery: Workspace, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    here = browser.get(page(bakery.agency, "next/?on=create"), HTTP_HX_REQUEST="true")
    there = browser.get(page(bakery.agency, "next/?on=allocation"), HTTP_HX_REQUEST="true")
    assert b"first chatbot" in here.content
    assert not there.content.strip()


def test_a_plain_account_has_none(newcomer: Agency, nina: User, sign_in: SignIn) -> None:
    browser = sign_in(nina)
    assert browser.get(page(newcomer))["Location"] == f"/agencies/{newcomer.pk}/agency/"
    assert b"/onboarding/" not in browser.get(f"/agencies/{newcomer.pk}/").content


def test_all_steps_cost_a_handful_of_queries(baker: Chatbot, northwind: Agency) -> None:
    assert len(sent_by(lambda: progress.of(northwind))) <= 5


@pytest.mark.usefixtures("baker")
def test_support_sees_who_stalled(northwind: Agency, support: User, sign_in: SignIn) -> None:
    progress.remember(northwind)
    listed = "/admin/chatbots/onboardingstep/"
    assert f"3 of {len(STEPS)}" in sign_in(support).get(listed).content.decode()
    assert "Northwind" not in sign_in(support).get(f"{listed}?state=stalled").content.decode()
    OnboardingStep.objects.update(done_at=northwind.created_at - timedelta(days=9))
    assert "Stalled for 9 days" in sign_in(support).get(f"{listed}?state=stalled").content.decode()


@pytest.mark.usefixtures("baker")
def test_what_needs_support_names_the_next_meetings_and_who_stalled(
    northwind: Agency, support: User, sign_in: SignIn
) -> None:
    open_office()
    Availability.objects.update(time_zone="Asia/Tokyo")
    desk = sign_in(support)
    progress.remember(northwind)
    assert "Stalled onboarding: 0" in desk.get(NEEDS_YOU).content.decode()
    OnboardingStep.objects.update(done_at=northwind.created_at - timedelta(days=9))
    meet(timezone.now() + timedelta(minutes=5), goals="Open <b>soon</b>")
    meet(timezone.now() + timedelta(days=9), goals="Much later")
    page = desk.get(NEEDS_YOU).content.decode()
    assert "Stalled onboarding: 1" in page
    assert "Meetings of the next seven days: 1" in page
    assert "Open &lt;b&gt;soon&lt;/b&gt;" in page
    assert "Asia/Tokyo" in page


def meet(at: datetime, *, goals: str) -> Meeting:
    return Meeting.objects.create(
        request_key=uuid4(),
        starts_at=at,
        ends_at=at + timedelta(minutes=30),
        time_zone="UTC",
        name="Pia",
        email="pia@pear.example",
        company="Pear",
        clients=4,
        messages=9000,
        goals=goals,
        came_from="here",
    )
