"""What the stories about a pool have in common: how many are told, and what they are made of."""

import os
from datetime import UTC, datetime

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from agencies.models import Agency
from billing import subscriptions
from billing.models import Plan

STORIES = int(os.environ.get("STORIES", "0"))  # none asked for: the same few each time
# In the future, so that no hold of the story is old in real life: a 31st, leap days, and days on which clocks change.
DAYS = [datetime(2047, 12, 31, tzinfo=UTC), datetime(2048, 2, 29, tzinfo=UTC), datetime(2047, 3, 30, tzinfo=UTC)]
units = st.integers(1, 3)
keys = st.sampled_from("abcdefghijkl")
any_one = st.integers(0, 9)


def story(stories: int, steps: int, *, again: bool = True) -> settings:
    """A failure of `make stories` is told as shortly as it can, if it happens `again`. It takes minutes."""
    shorter = [Phase.shrink] if STORIES and again else []
    return settings(
        max_examples=STORIES or stories,
        stateful_step_count=steps * 2 if STORIES else steps,
        phases=[Phase.generate, *shorter],
        derandomize=not STORIES,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


def put_on_plan(subscribed: Agency, messages: int | None, started_at: datetime, now: datetime) -> None:
    subscriptions.subscribe(subscribed, plan=plan_of(messages), started_at=started_at, now=now)


def plan_of(messages: int | None) -> Plan:
    name = "unlimited" if messages is None else f"{messages}-messages"
    return Plan.objects.get_or_create(code=name, defaults={"name": name, "messages": messages})[0]
