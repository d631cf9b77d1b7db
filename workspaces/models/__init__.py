"""Workspaces, their members, invitations, and what clients ask for."""

from workspaces.models.cap_request import CapRequest
from workspaces.models.invitation import FreedSeat, Invitation
from workspaces.models.workspace import AtLimit, Membership, Resource, Workspace, WorkspaceUserObjectPermission

__all__ = [
    "AtLimit",
    "CapRequest",
    "FreedSeat",
    "Invitation",
    "Membership",
    "Resource",
    "Workspace",
    "WorkspaceUserObjectPermission",
]
