"""The demo's agency, and the same one with a thousand clients: people, chatbots, sources, use and conversations."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agencies.models import Agency, User
from agencies.permissions import MemberRole
from billing import periods
from billing.models import UsageDay, WorkspacePeriod
from chatbots.models import Chatbot, Conversation, DataSource
from workspaces.models import Membership, Workspace

BATCH = 5_000
DAYS = 30


def grow(agency: Agency, *, to: int, now: datetime) -> None:
    """Open workspaces until the agency has `to`, each with a person, a chatbot, a source, a talk and a month."""
    begun = agency.workspaces.count()
    named = (f"Client {n:04} with a name of some length" for n in range(begun, to))
    places = Workspace.objects.bulk_create([Workspace(agency=agency, name=name) for name in named], batch_size=BATCH)
    people = User.objects.bulk_create(
        [User(email=f"client-{place.pk}@example.com", name=f"Client {place.pk}", password="!") for place in places]
    )
    pairs = zip(places, people, strict=True)
    Membership.objects.bulk_create(Membership(workspace=w, user=user, role=MemberRole.VIEWER) for w, user in pairs)
    bots = Chatbot.objects.bulk_create([Chatbot(workspace=place, name="Assistant") for place in places])
    DataSource.objects.bulk_create(
        DataSource(
            workspace_id=bot.workspace_id, chatbot=bot, kind=DataSource.Kind.TEXT, title="About", text="We bake."
        )
        for bot in bots
    )
    Conversation.objects.bulk_create(
        Conversation(workspace_id=bot.workspace_id, chatbot=bot, token_hash=str(bot.pk), wanted_at=now, waits_since=now)
        for bot in bots
    )
    start = periods.current(agency, now).start
    WorkspacePeriod.objects.bulk_create(
        WorkspacePeriod(agency=agency, workspace=place, start=start, used=1 + n % 9) for n, place in enumerate(places)
    )
    UsageDay.objects.bulk_create(month_of(agency, bots, now), batch_size=BATCH)


def month_of(agency: Agency, bots: list[Chatbot], now: datetime) -> Iterator[UsageDay]:
    for bot in bots:
        for day in range(DAYS):
            yield UsageDay(
                agency=agency,
                workspace_id=bot.workspace_id,
                chatbot_id=bot.pk,
                day=(now - timedelta(days=day)).date(),
                kind="ai",
                messages=1,
                units=1,
            )
