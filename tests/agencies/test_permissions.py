"""The permission table: the same in the docs as in the code, and a role never holds what a lower one lacks."""

from itertools import pairwise
from pathlib import Path

import pytest

from agencies.permissions import MEMBER_MAY, NARROWABLE, STAFF_MAY, Can, MemberRole, StaffRole, is_above, member_may

DOCS = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"


def table() -> dict[str, list[str]]:
    """The rows of the docs' table, by their first cell."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in DOCS.read_text().splitlines() if "|" in line]
    return {row[0]: row[1:] for row in cells}


@pytest.mark.parametrize("can", Can)
def test_the_docs_show_who_may_what(can: Can) -> None:
    may = {**STAFF_MAY, **MEMBER_MAY}
    marks = ["●" if can in may[role] else "" for role in [*StaffRole, *MemberRole]]
    assert table()[can.label] == [*marks, "yes" if can in NARROWABLE else ""]


def test_the_docs_name_the_roles_in_their_order() -> None:
    assert table()["may"] == [*(role.label.lower() for role in [*StaffRole, *MemberRole]), "toggle"]


def test_a_higher_role_of_the_team_may_all_that_a_lower_one_may() -> None:
    for higher, lower in pairwise(StaffRole):
        assert STAFF_MAY[higher] > STAFF_MAY[lower]
        assert is_above(higher, lower)
        assert not is_above(lower, higher)


def test_a_manager_may_all_that_the_other_members_may() -> None:
    assert all(MEMBER_MAY[role] <= MEMBER_MAY[MemberRole.MANAGER] for role in MemberRole)


def test_an_analyst_changes_nothing() -> None:
    reading = {Can.SEE, Can.SEE_ANALYTICS, Can.EMBED, Can.SEE_AUDIT, Can.SEE_AGENCY}
    assert STAFF_MAY[StaffRole.ANALYST] == reading


def test_what_is_withheld_adds_nothing() -> None:
    assert member_may(MemberRole.VIEWER, [Can.DELETE.value]) == MEMBER_MAY[MemberRole.VIEWER]
    assert member_may(MemberRole.VIEWER, [Can.SEE_ANALYTICS.value]) == {Can.SEE, Can.EMBED}
