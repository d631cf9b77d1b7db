"""Who a visitor is, as a site has signed it."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from agencies.models import AuditEntry, User
from chatbots.embed import identity
from chatbots.models import Chatbot, Conversation, IdentitySecret
from tests.conftest import TOKEN, Visitor

VERA = {"id": "4711", "name": "Vera Stone", "email": "vera@mail.example"}


def say(visitor: Visitor, bot: Chatbot, who: dict[str, str], signature: str, token: str = TOKEN) -> Any:
    claimed = {f"visitor_{field}": value for field, value in who.items()}
    sent = {"token": token, "message_id": str(uuid4()), "text": "Hello", "visitor_signature": signature, **claimed}
    return visitor.post(f"/c/{bot.public_id}/messages/", sent, headers={"X-Fragment": "1"})


def known() -> list[tuple[str, str, str]]:
    return list(Conversation.objects.order_by("pk").values_list("visitor_id", "visitor_name", "visitor_email"))


@pytest.fixture
def secret(baker: Chatbot, bo: User, now: datetime) -> str:
    return identity.renew(baker, by=bo, now=now)


def test_a_signed_visitor_is_known_in_the_conversation(visitor: Visitor, baker: Chatbot, secret: str) -> None:
    answer = say(visitor, baker, VERA, identity.sign(secret, **VERA))
    assert "X-Identity" not in answer
    assert known() == [("4711", "Vera Stone", "vera@mail.example")]


@pytest.mark.parametrize(
    "changed", [{"id": "1"}, {"name": "Ada"}, {"email": "ada@mail.example"}, {"id": "4711\nVera Stone", "name": ""}]
)
def test_what_was_not_signed_is_answered_and_stored_nowhere(
    visitor: Visitor, baker: Chatbot, secret: str, changed: dict[str, str]
) -> None:
    answer = say(visitor, baker, VERA | changed, identity.sign(secret, **VERA))
    assert (answer.status_code, answer["X-Identity"]) == (200, "refused")
    assert known() == [("", "", "")]


@pytest.mark.parametrize("signature", ["", "0" * 64, "é", "x" * 5000])
def test_a_signature_that_is_none_counts_for_nothing(
    visitor: Visitor, baker: Chatbot, secret: str, signature: str
) -> None:
    assert say(visitor, baker, VERA, signature)["X-Identity"] == "refused"
    assert known() == [("", "", "")]


def test_a_signed_visitor_has_a_sensible_form(visitor: Visitor, baker: Chatbot, secret: str) -> None:
    for who in ({"id": "x" * 121}, {"id": ""}, {"id": "1", "email": "no address"}, {"id": "1", "name": "a\nb"}):
        whole = {"name": "", "email": "", **who}
        assert say(visitor, baker, whole, identity.sign(secret, **whole))["X-Identity"] == "refused"
    assert {*known()} == {("", "", "")}


def test_another_chatbots_secret_and_a_renewed_one_sign_nothing(
    visitor: Visitor, baker: Chatbot, bookworm: Chatbot, bo: User, secret: str, now: datetime
) -> None:
    old = identity.sign(secret, **VERA)
    assert say(visitor, bookworm, VERA, old)["X-Identity"] == "refused"
    identity.renew(baker, by=bo, now=now)
    assert say(visitor, baker, VERA, old)["X-Identity"] == "refused"


def test_a_known_visitors_conversation_does_not_become_anothers(visitor: Visitor, baker: Chatbot, secret: str) -> None:
    ada = {"id": "1", "name": "Ada", "email": ""}
    say(visitor, baker, VERA, identity.sign(secret, **VERA))
    say(visitor, baker, ada, identity.sign(secret, **ada))
    assert known() == [("4711", "Vera Stone", "vera@mail.example")]


def test_the_secret_is_sealed_and_its_renewal_is_written_down(baker: Chatbot, secret: str) -> None:
    assert secret.encode() not in bytes(IdentitySecret.objects.get().secret)
    assert identity.secret_of(baker) == secret
    entry = AuditEntry.objects.get(action="chatbot.identity_secret")
    assert secret not in f"{entry.before}{entry.after}{entry.target}{entry.reason}"
