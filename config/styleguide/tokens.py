"""What static/css/tokens.css says, read anew for each look at the page: no table of colours can fall behind it."""

import re
from dataclasses import dataclass

from django.conf import settings

from chatbots.bots.appearance import contrast

TOKEN = re.compile(r"^\s*--([\w-]+):\s*(.+?);$", re.MULTILINE)
PAIR = re.compile(r"light-dark\((#\w{6}), (#\w{6})\)")
# What words stand on in the console. All of these are held to 4.5 in both themes by a test.
WORDS_ON = (
    *((ink, ground) for ink in ("ink", "muted") for ground in ("ground", "surface", "sunken", "raised")),
    *(("accent", ground) for ground in ("ground", "surface", "sunken", "raised", "accent-soft")),
    ("ink", "accent-soft"),
    ("ink", "warn-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("danger", "surface"),
    ("danger", "danger-soft"),
    ("warn", "surface"),
    ("warn", "warn-soft"),
)


@dataclass(frozen=True)
class Colour:
    """One colour token in both themes."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class Words:
    """Words of one colour on another, with their contrast in each theme."""

    ink: Colour
    ground: Colour

    @property
    def light(self) -> float:
        return contrast(self.ink.light, self.ground.light)

    @property
    def dark(self) -> float:
        return contrast(self.ink.dark, self.ground.dark)


def values() -> dict[str, str]:
    """{name without its dashes: value}"""
    return dict(TOKEN.findall((settings.BASE_DIR / "static/css/tokens.css").read_text()))


def colours() -> dict[str, Colour]:
    pairs = {name: PAIR.fullmatch(value) for name, value in values().items()}
    return {name: Colour(name, pair[1], pair[2]) for name, pair in pairs.items() if pair}


def beginning(prefix: str) -> list[tuple[str, str]]:
    """The tokens of one kind, such as `text-`, as (name, value)."""
    return [(name, value) for name, value in values().items() if name.startswith(prefix)]


def words() -> list[Words]:
    known = colours()
    return [Words(known[ink], known[ground]) for ink, ground in WORDS_ON]
