"""Background work for data sources: learning them in steps, fetching them anew, taking up what was left behind."""

from celery import shared_task
from django.utils import timezone

from chatbots.knowledge import learning, sources, working


@shared_task
def learn(workspace_id: int, source_id: int) -> None:
    working.step(workspace_id, source_id, now=timezone.now())


@shared_task
def fetch_anew() -> None:
    for workspace_id, source_id in learning.due(timezone.now()):
        sources.fetch_anew(workspace_id, source_id, now=timezone.now())


@shared_task
def take_up() -> None:
    for workspace_id, source_id in learning.left_behind(timezone.now()):
        learn.delay(workspace_id, source_id)
