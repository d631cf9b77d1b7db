"""API keys of a workspace: made, revoked, and who holds one. A key is shown once; what stays is its hash."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from agencies import audit
from agencies.models import Action, Agency, User
from chatbots.bots import places
from chatbots.models import ApiKey
from workspaces.models import Workspace

BEGINNING = "bureau_"  # so that people and scanners of leaked secrets know one when they see it
SHOWN = 12  # characters that stay readable
MOST = 20  # keys of a workspace that work at one time
TOUCHED = timedelta(minutes=1)  # so exactly is the last use known: not each request writes


class MadeAlready(Exception):
    """The same form made a key before; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__(
            "This key was made already, and is shown only once. If you did not copy it, revoke it and make another."
        )


class TooMany(Exception):
    """The workspace has MOST keys; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__(f"{MOST} keys work already, and no workspace can have more. Revoke one that is not used.")


class NotValid(Exception):
    """No such key, or it was revoked, or its workspace is paused or closed."""


@transaction.atomic
def create(workspace: Workspace, *, name: str, request_key: uuid.UUID, by: User, now: datetime) -> tuple[ApiKey, str]:
    """A new key, and its secret, which nobody can read later.

    Raises MadeAlready, TooMany, places.ElsewhereMeanwhile.
    """
    lock(workspace)
    held = places.open_one(workspace, agency_id=workspace.agency_id)
    if held.api_keys.filter(request_key=request_key).exists():
        raise MadeAlready
    if held.api_keys.filter(revoked_at=None).count() >= MOST:
        raise TooMany
    secret = BEGINNING + secrets.token_urlsafe(32)
    made = {"prefix": secret[:SHOWN], "secret_hash": hash_of(secret), "request_key": request_key}
    key = ApiKey.objects.create(workspace=held, name=name, created_at=now, created_by=by, **made)
    record(key, Action.API_KEY_CREATED, by=by, now=now)
    return key, secret


@transaction.atomic
def revoke(key: ApiKey, *, by: User, now: datetime) -> None:
    """End a key, at once and for good. Revoked already, it stays so."""
    lock(key.workspace)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now, revoked_by=by):
        record(key, Action.API_KEY_REVOKED, by=by, now=now)


def holder(secret: str, *, now: datetime) -> ApiKey:
    """The key that this is, with its workspace. Raises NotValid, for whatever reason with the same words."""
    working = ApiKey.objects.filter(
        revoked_at=None, workspace__paused_at=None, workspace__archived_at=None, workspace__deleted_at=None
    )
    key = working.select_related("workspace__agency__subscription").filter(secret_hash=hash_of(secret)).first()
    if key is None:
        raise NotValid
    unused = Q(last_used_at=None) | Q(last_used_at__lt=now - TOUCHED)
    if key.last_used_at is None or key.last_used_at < now - TOUCHED:
        ApiKey.objects.filter(unused, pk=key.pk).update(last_used_at=now)
    return key


def of_workspace(workspace: Workspace) -> QuerySet[ApiKey]:
    """All of a workspace, those that work first, the newest first."""
    return workspace.api_keys.select_related("created_by", "revoked_by").order_by("revoked_at", "-pk")


def record(key: ApiKey, action: Action, *, by: User, now: datetime) -> None:
    target, agency_id = f"{key.name} ({key.prefix}…)", key.workspace.agency_id
    audit.record(action, agency_id=agency_id, workspace_id=key.workspace_id, by=by, at=now, target=target)


def lock(workspace: Workspace) -> None:
    """In the order of all others. Not `lifecycle.locked`, which brings the accounts that the public door is without."""
    Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)


def hash_of(secret: str) -> str:
    """256 bits of randomness need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
