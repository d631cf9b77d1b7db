"""What holds for every answer, whoever asked for whatever."""

import re
from collections.abc import Iterator

from agencies.models import User
from tests.matrix.cast import Actor
from tests.matrix.sending import Seen
from tests.matrix.standing import Knowledge, above, agency_of, is_signed_in, knowledge, opened, reach
from tests.matrix.tables import CLIENTS_CHANGE, KEYS_OPEN
from tests.matrix.world import Place, World
from workspaces.models import Invitation, Workspace

# Keys begin at 700,000 and are unique in the world: a number of six figures in an address or a value is a row's.
KEY = re.compile(r"(?:/|=\"?|%2F|:)(\d{6,7})\b")
SIX = re.compile(r"\d{6,7}")


def of(world: World, actor: Actor) -> Knowledge:
    """What the actor knows."""
    user = actor.user.pk if actor.user and is_signed_in(actor) else None
    return world.once(("knows", actor.name), lambda: knowledge(world, user))


def breaches(world: World, actor: Actor, seen: Seen, known: Knowledge, may_change: set[str]) -> Iterator[str]:
    """All that is wrong with an answer for somebody who may know `known` and change what is of `may_change`."""
    if seen.crash:
        yield f"it crashed: {seen.crash}"
    yield from told_foreign(world, seen, known)
    yield from not_for_caches(world, seen)
    yield from left_foreign(world, seen, known)
    yield from mailed_foreign(world, seen)
    yield from changed_foreign(seen, may_change)


def told_foreign(world: World, seen: Seen, known: Knowledge) -> Iterator[str]:
    """Words and keys of others in the body, the headers or the messages."""
    for word, canary in world.canaries.heard(seen.told).items():
        if not known.covers(canary):
            yield f"it tells {word}, {canary.tenant}'s {canary.column}"
    owners = owners_of_keys(world)
    for number in sorted(set(KEY.findall(seen.told)) - set(SIX.findall(seen.sent))):
        tenant = owners.get(int(number))
        if tenant and tenant not in known.tenants | known.people and tenant not in {name for name, _ in known.columns}:
            yield f"it tells {number}, the key of a row of {tenant}"


def owners_of_keys(world: World) -> dict[int, str]:
    """Whose row a number names."""
    every = world.owners.tenant.items()
    return world.once("keys", lambda: {key[1]: tenant for key, tenant in every if isinstance(key[1], int)})


def not_for_caches(world: World, seen: Seen) -> Iterator[str]:
    """A page with anybody's words is kept by no cache, a fragment never taken for a page; other sites read neither."""
    if "Access-Control-Allow-Origin" in seen.headers:
        yield "it lets other sites read it"
    if world.canaries.heard(seen.body) and "no-store" not in seen.headers.get("Cache-Control", ""):
        yield "caches may keep it"


def left_foreign(world: World, seen: Seen, known: Knowledge) -> Iterator[str]:
    """What stays behind: log lines name nobody, tasks carry keys only, the cache holds nothing of others."""
    for line in seen.logged:
        for word, canary in world.canaries.heard(line).items():
            yield f"the log names {word}, {canary.tenant}'s {canary.column}: {line[:200]}"
    for task, sent in seen.tasks:
        if not all(isinstance(value, int) for value in sent):
            yield f"the task {task} carries more than keys: {sent!r}"
    for entry in seen.cached:
        for word, canary in world.canaries.heard(entry).items():
            if not known.covers(canary):
                yield f"the cache holds {word}, {canary.tenant}'s {canary.column}"


def mailed_foreign(world: World, seen: Seen) -> Iterator[str]:
    """A mail holds only what its recipient may know."""
    for recipient, text in seen.mails:
        known = known_to(world, seen, recipient)
        for word, canary in world.canaries.heard(text).items():
            if not known.covers(canary):
                yield f"a mail to {recipient} tells {word}, {canary.tenant}'s {canary.column}"


def known_to(world: World, seen: Seen, recipient: str) -> Knowledge:
    """What the person of an address may know, and whoever is invited by it."""
    people = [pk for pk, row in world.rows[User].items() if row["email"] == recipient.lower()]
    if people and world.rows[User][people[0]]["is_staff"]:  # support is asked for things, and reads all in the admin
        return Knowledge(tenants=set(world.owners.tenant.values()))
    known = knowledge(world, people[0] if people else None)
    for tenant in invited_to(world, seen, recipient.lower()):
        known |= opened(world, KEYS_OPEN["token"], place_of(world, tenant))
    return known | Knowledge(columns={(c.tenant, c.column) for c in world.canaries.heard(recipient).values()})


def invited_to(world: World, seen: Seen, recipient: str) -> Iterator[str]:
    """The tenants that an address is invited to, also by this very request."""
    for pk, row in world.rows[Invitation].items():
        if row["email"] == recipient:
            yield world.owners.tenant[Invitation, pk]
    for made in seen.changes:
        if made.table == Invitation._meta.label and made.new.get("email") == recipient:
            yield str(made.now)


def place_of(world: World, tenant: str) -> Place:
    is_workspace = isinstance(world.houses.get(tenant), Workspace)
    return Place(agency_of(world, tenant) if is_workspace else tenant, tenant)


def changed_foreign(seen: Seen, may_change: set[str]) -> Iterator[str]:
    for change in seen.changes:
        billed = {f"{tenant} by use" for tenant in change.tenants} <= may_change
        if not (change.tenants <= may_change or (billed and change.table.startswith(CLIENTS_CHANGE))):
            yield f"it {change}"


def changeable(world: World, actor: Actor) -> set[str]:
    """The tenants whose rows may change by what this person does: their own, and their agency's counters."""
    return world.once(("changes", actor.name), lambda: changed_by(world, actor))


def changed_by(world: World, actor: Actor) -> set[str]:
    if not (actor.user and is_signed_in(actor)):
        return set()
    inside = reach(world, actor.user.pk)
    return inside | {actor.name} | {f"{agency} by use" for agency in above(world, inside)}
