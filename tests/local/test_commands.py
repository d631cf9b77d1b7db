"""`python -m config.local test -- <command>` gives a command its services and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

from config.local import environment
from tests.local.starts import CHECKOUT

OURS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CONSOLE_URL", "PUBLIC_URL", "MAILBOX", "STATIC_ROOT", "EMAIL_URL"}


def local(*arguments: str, tmp: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-m", "config.local", *arguments],
        env=clean | {"TMPDIR": str(tmp)} | variables,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_gets_the_services_and_its_exit_code_is_returned(data: Path) -> None:
    script = "import os, sys; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL']); sys.exit(7)"
    ended = local("test", "--", "python", "-c", script, tmp=data)
    assert ended.returncode == 7, ended.stderr
    assert "postgres://bureau@//" in ended.stdout
    assert "unix:///" in ended.stdout
    assert list(data.iterdir()) == []


def test_services_from_the_environment_are_used_as_they_are(data: Path) -> None:
    given = {"DATABASE_URL": "postgres://elsewhere/bureau", "REDIS_URL": "redis://elsewhere"}
    ended = local(
        "test", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL $SECRET_KEY", tmp=data, **given, SECRET_KEY="mine"
    )
    assert "postgres://elsewhere/bureau redis://elsewhere mine" in ended.stdout
    assert "started" not in ended.stdout


def test_a_command_that_does_not_exist_is_named(data: Path) -> None:
    given = {"DATABASE_URL": "postgres://elsewhere/bureau", "REDIS_URL": "redis://elsewhere"}
    ended = local("test", "--", "no-such-program", tmp=data, **given)
    assert ended.returncode == 1
    assert "no-such-program" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_settings_file_counts_below_the_environment(data: Path) -> None:
    file = data / ".env"
    file.write_text("# comment\nSECRET_KEY=\nexport REDIS_URL='redis://file'\nDATABASE_URL=postgres://file/b?x=1\n")
    known = environment.with_file({"REDIS_URL": "redis://shell"}, file)
    assert known == {"REDIS_URL": "redis://shell", "DATABASE_URL": "postgres://file/b?x=1"}
