"""Names: any script and emoji, nothing invisible, one spelling of the same letters."""

import pytest
from django.core.exceptions import ValidationError

from agencies.names import NameField

NAME = NameField(label="Name")


@pytest.mark.parametrize(
    "name",
    [
        "Bakery",
        "Пекарня",
        "مخبز النور",
        "מאפייה",
        "パン屋",
        "Bäckerei Ümlaut & Söhne",
        "🥐",
        "👩‍🍳 Bakery",
        "می‌خواهم",
        "x" * 80,
    ],
)
def test_any_script_is_kept_as_it_was_typed(name: str) -> None:
    assert NAME.clean(name) == name


@pytest.mark.parametrize("name", ["", " ", "\t\n\r", "　", "   ", "​​", "‍", "\x00\x07", "﻿"])
def test_a_name_of_nothing_visible_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="Please enter a name"):
        NAME.clean(name)


@pytest.mark.parametrize("name", ["x" * 81, "x" * 300, "🥐" * 81])
def test_a_long_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="80 characters"):
        NAME.clean(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Bakery  ", "Bakery"),
        ("Bakery\n\t North", "Bakery North"),
        ("Bak\x00ery\x1b", "Bakery"),
        ("‮yrekaB‬", "yrekaB"),
        ("Bakery​", "Bakery"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_control_and_direction_characters_do_not_survive(typed: str, kept: str) -> None:
    assert NAME.clean(typed) == kept
