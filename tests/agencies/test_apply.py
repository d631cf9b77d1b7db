"""Asking for the agency model."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies import applications
from agencies.models import Agency, Application, Mail, Meeting, User

WISH = {"website": "https://newcomer.example", "clients": 3, "messages": 5000, "goals": "Chatbots for bakeries."}


def test_an_account_asks_once_and_waits(newcomer: Agency, nina: User) -> None:
    applications.submit(newcomer, by=nina, now=timezone.now(), **WISH)
    with pytest.raises(applications.AlreadyWaiting):
        applications.submit(newcomer, by=nina, now=timezone.now(), **WISH)
    assert newcomer.applications.get().is_waiting


def test_an_agency_has_nothing_to_ask_for(northwind: Agency, ada: User) -> None:
    with pytest.raises(applications.AlreadyApproved):
        applications.submit(northwind, by=ada, now=timezone.now(), **WISH)
    assert not northwind.applications.exists()


def test_a_declined_account_may_ask_again(newcomer: Agency, nina: User, support: User, now: Any) -> None:
    first = applications.submit(newcomer, by=nina, now=timezone.now(), **WISH)
    applications.decline(first, by=support, reason="Too soon.", now=now)
    applications.submit(newcomer, by=nina, now=timezone.now(), **WISH)
    assert newcomer.applications.filter(decided_at=None).count() == 1


def test_the_form_on_the_agency_page_asks(newcomer: Agency, nina: User, sign_in: Any) -> None:
    answer = sign_in(nina).post(f"/agencies/{newcomer.pk}/agency/", WISH)
    assert answer.status_code == 302
    wish = newcomer.applications.get()
    assert (wish.submitted_by, wish.clients, wish.messages) == (nina, 3, 5000)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "not a web address"),
        ("website", "javascript:alert(1)"),
        ("website", "https://x.example/" + "x" * 300),
        ("clients", ""),
        ("clients", "0"),
        ("clients", "-3"),
        ("clients", "many"),
        ("clients", "9" * 30),
        ("messages", "1.5"),
        ("messages", str(10**10)),
        ("goals", "x" * 2001),
    ],
)
def test_the_form_refuses_with_words_at_the_field(
    newcomer: Agency, nina: User, sign_in: Any, field: str, value: str
) -> None:
    answer = sign_in(nina).post(f"/agencies/{newcomer.pk}/agency/", {**WISH, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not newcomer.applications.exists()


def test_only_the_owner_asks(northwind: Agency, admin: User, sign_in: Any) -> None:
    Agency.objects.filter(pk=northwind.pk).update(approved_at=None, approved_by=None)
    assert sign_in(admin).post(f"/agencies/{northwind.pk}/agency/", WISH).status_code == 403
    assert not northwind.applications.exists()


def test_the_database_knows_no_decision_without_a_who_and_a_when(newcomer: Agency, nina: User) -> None:
    wish = applications.submit(newcomer, by=nina, now=timezone.now(), **WISH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=wish.pk).update(decision="approved")


def test_a_meeting_booked_before_there_was_an_account_is_the_applicants(
    newcomer: Agency, nina: User, sign_in: Any
) -> None:
    theirs, anothers = meet(nina.email.upper(), clients=7), meet("pia@pear.example", clients=8)
    page = sign_in(nina).get(f"/agencies/{newcomer.pk}/agency/").content.decode()
    assert 'value="7"' in page
    wish = applications.submit(newcomer, by=nina, now=timezone.now(), **WISH)
    theirs.refresh_from_db()
    anothers.refresh_from_db()
    assert (theirs.agency, theirs.application, theirs.booked_by) == (newcomer, wish, nina)
    assert anothers.agency is None


def test_an_unverified_address_brings_nobodys_meeting(newcomer: Agency, nina: User) -> None:
    EmailAddress.objects.create(user=nina, email="pia@pear.example", verified=False)
    anothers = meet("pia@pear.example", clients=8)
    applications.submit(newcomer, by=nina, now=timezone.now(), **WISH)
    anothers.refresh_from_db()
    assert anothers.agency is None


def meet(email: str, *, clients: int) -> Meeting:
    at = timezone.now() + timedelta(days=clients)
    return Meeting.objects.create(
        request_key=uuid4(),
        starts_at=at,
        ends_at=at + timedelta(minutes=30),
        time_zone="UTC",
        name="Somebody",
        email=email,
        company="Pear",
        clients=clients,
        messages=9000,
        came_from="here",
    )


def test_who_asks_and_support_hear_of_it_by_mail(newcomer: Agency, nina: User, sol: User, now: Any) -> None:
    wish = applications.submit(newcomer, by=nina, now=now, **WISH)
    applications.withdraw(newcomer, by=nina, now=now)
    told = {(mail.recipient, mail.subject): mail.text for mail in Mail.objects.all()}
    assert (nina.email, "Newcomer: your application is with us") in told
    assert (sol.email, "Newcomer has withdrawn its application") in told
    assert f"/admin/agencies/application/{wish.pk}/change/" in told[sol.email, "Newcomer asks for the agency model"]
