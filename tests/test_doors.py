"""The two doors as their processes load them: each with its own apps, and both with our broker."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

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


def test_the_public_door_has_no_session_no_login_and_no_admin() -> None:
    loaded = told_by("public", "import sys; print(*sys.modules)").split()
    assert not {"config.urls", "django.contrib.admin.sites", "django.contrib.sessions.middleware"} & {*loaded}
    names = told_by("public", "from django.conf import settings; print(*settings.MIDDLEWARE)")
    assert not [name for name in names.split() if "session" in name.lower() or "auth" in name.lower()]
