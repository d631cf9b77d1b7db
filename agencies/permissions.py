"""The permission table: what there is to be allowed, and which role may do it. Read it aloud; the docs show the same.

One vocabulary serves both tenants: a permission held on an agency reaches every workspace of that agency.
"""

from collections.abc import Collection
from typing import Any

from django.db import models


class Can(models.TextChoices):
    """A permission's codename, as stored by Django and guardian, and its meaning in words."""

    SEE = "see", "See the workspace, its chatbots and its people"
    SEE_ANALYTICS = "see_analytics", "See how much is used, and when"
    EMBED = "embed", "Open a chatbot's page, and see its address"
    CREATE_CHATBOTS = "create_chatbots", "Create and clone chatbots"
    MANAGE_SETTINGS = "manage_settings", "Change a chatbot's settings"
    MANAGE_LOOK = "manage_look", "Change a chatbot's look"
    MANAGE_SOURCES = "manage_sources", "Add and change data sources"
    DELETE = "delete", "Delete chatbots and data sources"
    HANDLE_CONVERSATIONS = "handle_conversations", "Read and handle what visitors leave"
    MANAGE_MEMBERS = "manage_members", "Invite members, change their roles and remove them"
    SEE_AUDIT = "see_audit", "Read the audit log"
    SEE_AGENCY = "see_agency", "See the agency, all its workspaces and the pool"
    MANAGE_WORKSPACES = "manage_workspaces", "Add, rename and narrow workspaces, set caps, move chatbots, free seats"
    CLOSE_WORKSPACES = "close_workspaces", "Pause, archive, restore and delete workspaces"
    MANAGE_STAFF = "manage_staff", "Invite staff, change their roles and remove them"
    REQUIRE_SECOND_FACTOR = "require_second_factor", "Require a second factor of staff"
    APPLY = "apply", "Ask for the agency model"
    BUY = "buy", "Buy add-ons"


class StaffRole(models.TextChoices):
    """People of the agency, the highest first: they reach every workspace of it."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    ANALYST = "analyst", "Analyst"


class MemberRole(models.TextChoices):
    """People of one workspace, the highest first; a client contact is one of these."""

    MANAGER = "manager", "Manager"
    EDITOR = "editor", "Editor"
    AGENT = "agent", "Agent"
    VIEWER = "viewer", "Viewer"


READING = frozenset(
    {Can.SEE.value, Can.SEE_ANALYTICS.value, Can.EMBED.value, Can.SEE_AUDIT.value, Can.SEE_AGENCY.value}
)
EDITING = frozenset(
    {
        Can.SEE.value,
        Can.SEE_ANALYTICS.value,
        Can.EMBED.value,
        Can.CREATE_CHATBOTS.value,
        Can.MANAGE_SETTINGS.value,
        Can.MANAGE_LOOK.value,
        Can.MANAGE_SOURCES.value,
        Can.DELETE.value,
        Can.HANDLE_CONVERSATIONS.value,
    }
)

STAFF_MAY: dict[str, frozenset[str]] = {
    StaffRole.OWNER: frozenset(Can.values),
    StaffRole.ADMIN: frozenset(Can.values) - {Can.APPLY.value, Can.REQUIRE_SECOND_FACTOR.value},
    StaffRole.ANALYST: READING,
}

MEMBER_MAY: dict[str, frozenset[str]] = {
    MemberRole.MANAGER: EDITING | {Can.MANAGE_MEMBERS.value, Can.SEE_AUDIT.value},
    MemberRole.EDITOR: EDITING,
    MemberRole.AGENT: frozenset({Can.SEE.value, Can.EMBED.value, Can.HANDLE_CONVERSATIONS.value}),
    MemberRole.VIEWER: frozenset({Can.SEE.value, Can.EMBED.value, Can.SEE_ANALYTICS.value}),
}

# What an agency may take from all roles of one workspace.
NARROWABLE = (
    Can.CREATE_CHATBOTS,
    Can.MANAGE_SETTINGS,
    Can.MANAGE_LOOK,
    Can.MANAGE_SOURCES,
    Can.DELETE,
    Can.HANDLE_CONVERSATIONS,
    Can.EMBED,
    Can.SEE_ANALYTICS,
)

ON_A_WORKSPACE: list[Any] = [choice for choice in Can.choices if choice[0] in MEMBER_MAY[MemberRole.MANAGER]]
ON_AN_AGENCY: list[Any] = list(Can.choices)


def member_may(role: str, withheld: Collection[str]) -> frozenset[str]:
    """What a member of this role may do in a workspace whose agency withholds `withheld`."""
    return MEMBER_MAY[role] - frozenset(withheld)


def is_above(role: str, other: str) -> bool:
    """Whether the staff role `role` stands above `other`."""
    ranks = StaffRole.values
    return ranks.index(role) < ranks.index(other)
