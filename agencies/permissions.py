"""The permission table: what there is to be allowed, and which role may do it. Read it aloud; the docs show the same.

One vocabulary serves both tenants: a permission held on an agency reaches every workspace of that agency.
"""

from typing import Any

from django.db import models


class Can(models.TextChoices):
    """A permission's codename, as stored by Django and guardian, and its meaning in words."""

    SEE = "see", "See the workspace, its chatbots and its use"
    MANAGE_CHATBOTS = "manage_chatbots", "Create chatbots and change their settings"
    MANAGE_SOURCES = "manage_sources", "Add and delete data sources"
    MANAGE_MEMBERS = "manage_members", "Invite people and withdraw invitations"
    SEE_AGENCY = "see_agency", "See the agency, all its workspaces and the pool"
    MANAGE_WORKSPACES = "manage_workspaces", "Add workspaces and set their caps"
    APPLY = "apply", "Ask for the agency model"


class StaffRole(models.TextChoices):
    """People of the agency: they reach every workspace of it."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    ANALYST = "analyst", "Analyst"


class MemberRole(models.TextChoices):
    """People of one workspace; a client contact is one of these."""

    MANAGER = "manager", "Manager"
    EDITOR = "editor", "Editor"
    AGENT = "agent", "Agent"
    VIEWER = "viewer", "Viewer"


STAFF_MAY: dict[str, frozenset[str]] = {
    StaffRole.OWNER: frozenset(Can.values),
    StaffRole.ADMIN: frozenset(Can.values) - {Can.APPLY.value},
    StaffRole.ANALYST: frozenset({Can.SEE.value, Can.SEE_AGENCY.value}),
}

MEMBER_MAY: dict[str, frozenset[str]] = {
    MemberRole.MANAGER: frozenset(
        {Can.SEE.value, Can.MANAGE_CHATBOTS.value, Can.MANAGE_SOURCES.value, Can.MANAGE_MEMBERS.value}
    ),
    MemberRole.EDITOR: frozenset({Can.SEE.value, Can.MANAGE_CHATBOTS.value, Can.MANAGE_SOURCES.value}),
    MemberRole.AGENT: frozenset({Can.SEE.value}),
    MemberRole.VIEWER: frozenset({Can.SEE.value}),
}

ON_A_WORKSPACE: list[Any] = [choice for choice in Can.choices if choice[0] in MEMBER_MAY[MemberRole.MANAGER]]
ON_AN_AGENCY: list[Any] = list(Can.choices)
