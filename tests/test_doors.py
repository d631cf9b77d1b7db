"""The two doors as their processes load them: each with its own apps, and both with our broker."""

import asyncio
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from config import bodies
from tests.test_architecture import HOUSE

DOORS = {"console": "config.wsgi", "public": "config.asgi"}


def told_by(door: str, line: str) -> str:
    """What `line` prints in a fresh process that has loaded a door, as a server would."""
    environ = {name: value for name, value in os.environ.items() if name != "BUREAU_DOOR"}
    environ["DEBUG"] = "true"  # no collected static files here
    program = f"import {DOORS[door]}; {line}"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, cwd=HOUSE, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_console_hands_its_work_to_our_broker() -> None:
    asked = "from agencies.tasks import deliver; print(deliver.app.conf.broker_url)"
    assert told_by("console", asked) == settings.CELERY_BROKER_URL


@pytest.mark.parametrize("door", DOORS)
def test_a_door_answers_an_address_that_is_not_there(door: str) -> None:
    asked = (
        "from django.test import Client; from django.conf import settings; settings.ALLOWED_HOSTS = ['testserver'];"
        "print(Client().get('/nothing/here/').status_code)"
    )
    assert told_by(door, asked) == "404"


def test_the_public_door_hands_what_visitors_left_to_our_broker() -> None:
    asked = "from chatbots.conversations.tasks import tell_of_lead; print(tell_of_lead.app.conf.broker_url)"
    assert told_by("public", asked) == settings.CELERY_BROKER_URL


def test_the_public_door_has_no_session_no_login_and_no_admin() -> None:
    loaded = told_by("public", "import sys; print(*sys.modules)").split()
    assert not {"config.urls", "django.contrib.admin.sites", "django.contrib.sessions.middleware"} & {*loaded}
    names = told_by("public", "from django.conf import settings; print(*settings.MIDDLEWARE)")
    assert not [name for name in names.split() if "session" in name.lower() or "auth" in name.lower()]


# --- what may come in at the public door ----------------------------------------------------------------------------

SEEN: list[bytes] = []


async def reader(_: dict[str, Any], receive: bodies.Receive, send: bodies.Send) -> None:
    """An application that reads what it is given, as Django does, and says thank you."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body, more = body + message["body"], message["more_body"]
    SEEN.append(body)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"Thank you."})


def knock(*chunks: bytes, claims: bytes | None = None, leaves: bool = False) -> tuple[int, bytes, int]:
    """The door's status and words, and how many of the visitor's chunks it took."""
    SEEN.clear()
    coming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    coming.append({"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b"", "more_body": False})
    told: list[Any] = [{"status": 0}, {"body": b""}]
    taken = iter(coming)

    async def receive() -> bodies.Message:
        return next(taken)

    async def send(message: bodies.Message) -> None:
        told[:] = [*told[1:], message]

    headers = [] if claims is None else [(b"Content-Length", claims)]
    asyncio.run(bodies.bounded(reader)({"type": "http", "headers": headers}, receive, send))
    return told[0].get("status", 0), told[1]["body"], len(coming) - len([*taken])


def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    status, words, taken = knock(b"x", claims=b"65537")
    assert (status, taken, SEEN) == (413, 0, [])
    assert words == bodies.SENTENCE.encode()


@pytest.mark.parametrize("claims", [b"-1", b"", b"1e9", b"9" * 5000, "²".encode()])
def test_a_length_that_is_none_is_refused_unread(claims: bytes) -> None:
    assert knock(b"x", claims=claims)[::2] == (413, 0)


@pytest.mark.parametrize("claims", [None, b"10"])
def test_a_body_that_grows_too_large_is_refused_at_that_chunk(claims: bytes | None) -> None:
    assert knock(*[b"x" * 1024] * 1000, claims=claims)[::2] == (413, 65)
    assert SEEN == []


def test_a_body_of_64_kilobytes_arrives_whole() -> None:
    assert knock(*[b"x" * 1024] * 64, claims=b"65536")[0] == 200
    assert SEEN == [b"x" * 65536]


def test_who_leaves_while_sending_is_not_answered() -> None:
    assert knock(b"x", leaves=True)[0] == 0
    assert SEEN == []


def test_the_public_door_is_bounded() -> None:
    asked = (
        "import asyncio; told = []\n"
        "async def receive(): raise AssertionError('It was read.')\n"
        "async def send(message): told.append(message)\n"
        "scope = {'type': 'http', 'method': 'POST', 'path': '/', 'headers': [(b'content-length', b'1000000')]}\n"
        "asyncio.run(config.asgi.application(scope, receive, send)); print(told[0]['status'])"
    )
    assert told_by("public", asked) == "413"
