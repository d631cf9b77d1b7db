"""The whole product, started as `make demo` starts it, for browsers: its doors, its logins, and its pages."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from environ import Env
from playwright.sync_api import Browser, Playwright
from psycopg import sql

from config.checks import DOORS
from config.local import folders
from tests import places
from tests.places import Page

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PASSWORDS = re.compile(r"(\S+@\S+)\s+(\S+)")
NOT_ITS = ("REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "CONSOLE_URL", "PUBLIC_URL", "MAILBOX", "STATIC_ROOT")
NOT_ITS += ("DEBUG", "EMAIL_URL")


@dataclass(frozen=True)
class Bureau:
    """A running demo: the addresses of its two doors, the demo logins by e-mail, its database, and its key."""

    url: str
    public_url: str
    logins: dict[str, str]
    database: str
    secret_key: str

    def pages(self) -> list[Page]:
        """Every page of both doors that somebody can look at, with whole addresses."""
        doors = dict(zip(DOORS, (self.url, self.public_url), strict=True))
        pages = [Page(**page) for page in json.loads(self.process(places.TELL))]
        return [replace(page, path=doors[page.door] + page.path) for page in pages]

    def process(self, code: str) -> bytes:
        """What a process prints that works in this demo's database."""
        env = os.environ | {"DATABASE_URL": self.database, "SECRET_KEY": self.secret_key}
        return subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True
        ).stdout


@contextmanager
def demo(folder: Path) -> Iterator[Bureau]:
    """`make demo`, without make, on free ports, with this folder and a database of its own on the server of the tests.

    Passkeys need the name in its address.
    """
    port = free_pair_of_ports()
    with database() as url:
        env = {name: value for name, value in os.environ.items() if name not in NOT_ITS}
        env |= {"PORT": str(port), "HOST": "localhost", "PYTHONUNBUFFERED": "1", "DATA": str(folder)}
        command = [sys.executable, "-m", "config.local", "demo"]
        env["DATABASE_URL"] = url
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            logins = dict(PASSWORDS.findall(until_ready(process)))
            doors = (f"http://localhost:{port}", f"http://localhost:{port + 1}")
            yield Bureau(*doors, logins, url, secret_key=folders.secret_key(folder))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


@contextmanager
def database() -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    url, name = os.environ["DATABASE_URL"], f"bureau_browser_{os.getpid()}"
    server = Env.db_url_config(url)
    with psycopg.connect(
        host=server["HOST"],
        port=server["PORT"] or None,
        user=server["USER"],
        password=server["PASSWORD"] or None,
        dbname=server["NAME"],
        autocommit=True,
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{url.rpartition('/')[0]}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def until_ready(process: "subprocess.Popen[str]") -> str:
    """What the demo says, up to and with its logins and its mailbox. Raises RuntimeError when it ends before that."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if "/mailbox/" in line:
            return said
    raise RuntimeError(f"The demo did not get ready:\n{said}")


def free_pair_of_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)


def chromium(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
