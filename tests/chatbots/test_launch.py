"""Launch: only when all is ready, once; and Scale, which tells what to do next."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from agencies.models import Action, Agency, AuditEntry, Mail, User
from billing import allocation
from billing.models import Resource
from chatbots.launch import launching, readiness, scale
from chatbots.models import Chatbot, Embedding
from tests.conftest import Visitor, chatbot
from tests.racing import at_once
from workspaces.models import Workspace

SignIn = Callable[[User], Client]


def embed(bot: Chatbot) -> None:
    """A browser has loaded it on the client's site, after somebody tried it on their own machine."""
    for host in ("localhost:8000", "127.0.0.1:9000", "site.local"):
        Embedding.objects.create(workspace=bot.workspace, chatbot=bot, host=host)
        assert not readiness.seen_anywhere(bot.workspace.agency)
    Embedding.objects.create(workspace=bot.workspace, chatbot=bot, host="bakery.example")


@pytest.fixture
def ready(northwind: Agency, baker: Chatbot, bo: User, ada: User, now: datetime) -> Agency:
    embed(baker)
    allocation.allocate(baker.workspace, resource=Resource.MESSAGES, cap=100, guarantee=None, by=ada, now=now)
    return northwind


def met(agency: Agency) -> list[bool]:
    return [each.is_met for each in readiness.of(agency)]


def test_each_condition_turns_by_its_own_fact(
    northwind: Agency, baker: Chatbot, ada: User, request: pytest.FixtureRequest, now: datetime
) -> None:
    assert met(northwind) == [False, True, False, False]
    request.getfixturevalue("bo")
    assert met(northwind) == [True, True, False, False]
    embed(baker)
    assert met(northwind) == [True, True, True, False]
    allocation.allocate(baker.workspace, resource=Resource.SEATS, cap=5, guarantee=None, by=ada, now=now)
    assert met(northwind) == [True, True, True, True]
    baker.sources.all().delete()
    assert met(northwind) == [True, False, True, True]


def test_it_launches_once_with_a_day_a_mail_and_an_entry(ready: Agency, ada: User, sign_in: SignIn) -> None:
    browser, there = sign_in(ada), f"/agencies/{ready.pk}/launch/"
    browser.get(there)
    assert Agency.objects.get(pk=ready.pk).launched_at is None
    answer = browser.post(there, follow=True)
    first = Agency.objects.get(pk=ready.pk)
    assert first.launched_by == ada
    assert "Scale" in answer.content.decode()
    assert "already" in browser.post(there, follow=True).content.decode()
    assert Agency.objects.get(pk=ready.pk).launched_at == first.launched_at
    assert AuditEntry.objects.filter(action=Action.LAUNCHED).count() == 1
    assert Mail.objects.filter(subject="Northwind has launched", recipient=ada.email).count() == 1


def test_what_is_missing_is_named(northwind: Agency, baker: Chatbot, ada: User, now: datetime) -> None:
    with pytest.raises(launching.NotReady, match="A client with a contact"):
        launching.launch(northwind, by=ada, now=now)


def test_a_plain_account_does_not_launch(newcomer: Agency, nina: User, now: datetime) -> None:
    with pytest.raises(launching.NotAnAgency):
        launching.launch(newcomer, by=nina, now=now)


def test_an_analyst_does_not_launch(ready: Agency, analyst: User, sign_in: SignIn) -> None:
    assert sign_in(analyst).post(f"/agencies/{ready.pk}/launch/").status_code == 403
    assert b"An owner or admin" in sign_in(analyst).get(f"/agencies/{ready.pk}/readiness/").content


def test_scale_says_that_all_is_well(ready: Agency, now: datetime) -> None:
    assert scale.of(ready, reads_conversations=True, now=now) == []


def test_scale_names_clients_alone_and_chatbots_that_know_nothing(
    ready: Agency, bookshop: Workspace, now: datetime
) -> None:
    chatbot(bookshop, "Blank")
    told = {each.title: [way.label for way in each.ways] for each in scale.of(ready, reads_conversations=True, now=now)}
    assert told == {
        "Teach chatbots that know nothing yet": ["Blank"],
        "Invite a contact of these clients": ["Bookshop"],
    }


def test_scale_tells_questions_only_to_who_reads_conversations(
    ready: Agency, baker: Chatbot, visitor: Visitor, now: datetime
) -> None:
    for number in range(2):
        visitor.ask(baker, "Who painted the ceiling of the chapel?", token=str(number) * 43)
    [told] = scale.of(ready, reads_conversations=True, now=now)
    assert told.ways[0].label == "Who painted the ceiling of the chapel?"
    assert scale.of(ready, reads_conversations=False, now=now) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_launches(ready: Agency, ada: User, now: datetime) -> None:
    outcomes = at_once(lambda _: launching.launch(ready, by=ada, now=now), people=2)
    assert sum(isinstance(each, launching.AlreadyLaunched) for each in outcomes) == 1
    assert AuditEntry.objects.filter(action=Action.LAUNCHED).count() == 1
