"""The life of a learning: begun, visited page by page, stopped, finished or failed; and when the next one is due.

A learning has a name, the source's `run`. What is left to do are the pages that are *found*; each is written in one
transaction, which first looks whether the learning still goes on.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from agencies import queue
from chatbots.knowledge import crawling
from chatbots.models import Chatbot, DataSource, Page, Upload

FETCHES = (DataSource.Kind.WEBSITE, DataSource.Kind.FILE)  # what workers learn, page by page
MOST_TRIES = 3  # of one page: what kills its worker each time is given up
LEFT_BEHIND = timedelta(minutes=5)  # without a step: its worker was killed, or the broker was gone
AT_A_TURN = 200  # so many are taken up, or fetched anew, at once
EVERY = {
    DataSource.Schedule.DAILY: timedelta(days=1),
    DataSource.Schedule.WEEKLY: timedelta(days=7),
    DataSource.Schedule.MONTHLY: timedelta(days=30),
}
# Where learning goes on: elsewhere it waits, and is taken up when the place is open again.
OPEN: dict[str, Any] = dict.fromkeys(
    ("workspace__paused_at", "workspace__archived_at", "workspace__agency__suspended_at")
)
STOPPED = "Stopped before anything was learned. Retrain it, or delete it."
TOO_LONG = "Not read: the time or size for one website was used up. Narrow it with paths, or add parts by themselves."
KILLED = "It could not be read in three tries: it takes too much memory or time. Leave it out, or make it smaller."
NOTHING = "No page was found to learn. Check the address, and the paths that are included."


class Ended(Exception):
    """The learning goes on no more: stopped, begun anew, moved, deleted, or its workspace is closed."""


@dataclass(frozen=True)
class Learning:
    """One learning of one source, in the place where its worker was called for it."""

    workspace_id: int
    source_id: int
    run: uuid.UUID

    def rows(self) -> QuerySet[DataSource]:
        here = DataSource.objects.filter(pk=self.source_id, workspace_id=self.workspace_id, run=self.run)
        return here.filter(**OPEN)

    def pages(self) -> QuerySet[Page]:
        """The pages that it has seen."""
        return Page.objects.filter(source_id=self.source_id, run=self.run)


# --- beginning and stopping ------------------------------------------------------------------------------------------


def begin(source: DataSource, *, now: datetime) -> None:
    """Queue a website or a file, whose row the caller holds; another learning of it ends."""
    from chatbots.knowledge import tasks

    source.run, source.status, source.stepped_at, source.spent = uuid.uuid4(), DataSource.Status.QUEUED, now, 0
    source.save(update_fields=["run", "status", "stepped_at", "spent"])
    queue.after_commit(tasks.learn, source.workspace_id, source.pk)


def end(source: DataSource, *, failure: str = "", now: datetime) -> None:
    """Write how a learning ended. With a failure the old passages stay, and since when it fails is kept."""
    source.run, source.due_at = None, due_after(source, now)
    if failure:
        source.failure, source.failed_at = failure[:300], source.failed_at or now
    else:
        source.failure, source.failed_at, source.learned_at = "", None, now
    able = not failure or source.passages.exists()
    source.status = DataSource.Status.TRAINED if able else DataSource.Status.FAILED
    source.save(update_fields=["run", "due_at", "failure", "failed_at", "learned_at", "status"])


def stop(source: DataSource, *, now: datetime) -> None:
    """End what goes on, for the caller who holds the row; what was learned so far stays."""
    learned = source.pages.filter(run=source.run, status=Page.Status.LEARNED).exists()
    source.run = None
    if learned:
        source.learned_at = now
    able = source.passages.exists()
    source.status = DataSource.Status.TRAINED if able else DataSource.Status.FAILED
    if not able:
        source.failure, source.failed_at = STOPPED, source.failed_at or now
    source.save(update_fields=["run", "learned_at", "status", "failure", "failed_at"])


def due_after(source: DataSource, now: datetime) -> datetime | None:
    """When the source's schedule wants it fetched again."""
    wait = EVERY.get(DataSource.Schedule(source.schedule))
    return now + wait if wait and source.kind == DataSource.Kind.WEBSITE else None


# --- what a worker's step does of it, each in one transaction ---------------------------------------------------------


def held(learning: Learning) -> DataSource:
    """The source, locked after its chatbot, as a move locks them. Raises Ended."""
    bots = Chatbot.objects.select_for_update(of=("self",), no_key=True)
    here = bots.filter(sources=learning.source_id, workspace_id=learning.workspace_id).exists()
    rows = learning.rows().select_for_update(of=("self",), no_key=True)
    source = rows.select_related("chatbot").first() if here else None
    if source is None:
        raise Ended
    return source


@transaction.atomic
def start(learning: Learning, *, now: datetime) -> DataSource:
    """The source, which is being processed from now on. Its first page is found, but a sitemap's."""
    source = held(learning)
    if source.status == DataSource.Status.QUEUED:
        source.status = DataSource.Status.PROCESSING
    source.stepped_at = now
    source.save(update_fields=["status", "stepped_at"])
    if source.kind == DataSource.Kind.FILE:
        find(source, [names_of_uploads().get(source=source)], depth=0)
    elif source.reach != DataSource.Reach.SITEMAP:
        find(source, [source.url], depth=0)
    return source


def names_of_uploads() -> QuerySet[Upload, str]:
    """What files are called, without reading them."""
    return Upload.objects.values_list("name", flat=True)


def find(source: DataSource, urls: list[str], *, depth: int) -> None:
    """Have these pages visited in this learning, each once, as far as MOST_PAGES lets them in."""
    room = crawling.MOST_PAGES - source.pages.filter(run=source.run).count()
    known: dict[str, Any] = dict(source.pages.filter(url__in=urls).values_list("url", "run"))
    chosen = [url for url in dict.fromkeys(urls) if url not in known or known[url] != source.run][: max(0, room)]
    seen_before = source.pages.filter(url__in=[url for url in chosen if url in known])
    seen_before.update(run=source.run, status=Page.Status.FOUND, depth=depth, failure="", tries=0)
    Page.objects.bulk_create(
        Page(workspace_id=source.workspace_id, source=source, url=url, depth=depth, run=source.run)
        for url in chosen
        if url not in known
    )


@transaction.atomic
def next_page(learning: Learning, *, now: datetime) -> Page | None:
    """The next one to visit, those with the fewest clicks first; None when there is none. Raises Ended."""
    source = held(learning)
    waiting = learning.pages().filter(status=Page.Status.FOUND)
    size = learning.pages().aggregate(size=Sum("size"))["size"] or 0
    if source.spent > crawling.MOST_SECONDS or size > crawling.MOST_BYTES:
        waiting.update(status=Page.Status.SKIPPED, failure=TOO_LONG)
    waiting.filter(tries__gte=MOST_TRIES).update(status=Page.Status.FAILED, failure=KILLED)
    page = waiting.order_by("depth", "pk").first()
    if page:
        page.tries += 1
        page.save(update_fields=["tries"])
        DataSource.objects.filter(pk=source.pk).update(stepped_at=now)
    return page


@transaction.atomic
def finish(learning: Learning, *, now: datetime) -> None:
    """All was visited: pages that this learning has not seen are gone, with what was answered from them.

    A learning that found nothing to learn has failed; it takes nothing away, nor does one that was cut short.
    """
    source = held(learning)
    pages = learning.pages()
    if pages.filter(status=Page.Status.FOUND).exists():
        return
    if not pages.filter(status=Page.Status.LEARNED).exists():
        told = pages.exclude(failure="").order_by("depth", "pk").values_list("failure", flat=True).first()
        return end(source, failure=told or NOTHING, now=now)
    if not pages.filter(failure=TOO_LONG).exists():
        source.pages.exclude(run=learning.run).delete()
    end(source, now=now)


@transaction.atomic
def give_up(learning: Learning, failure: str, *, now: datetime) -> None:
    """It could not even begin."""
    try:
        end(held(learning), failure=failure, now=now)
    except Ended:
        return


# --- the schedule ----------------------------------------------------------------------------------------------------


def in_open_workspaces() -> QuerySet[DataSource]:
    return DataSource.objects.filter(**OPEN)


def due(now: datetime) -> list[tuple[int, int]]:
    """(workspace id, source id) of what its schedule wants to be fetched anew by `now`."""
    rows = in_open_workspaces().filter(due_at__lte=now, run=None).order_by("due_at")
    return list(rows.values_list("workspace_id", "pk")[:AT_A_TURN])


@transaction.atomic
def left_behind(now: datetime) -> list[tuple[int, int]]:
    """(workspace id, source id) of learnings that no worker has touched for LEFT_BEHIND; each is told of once in it."""
    rows = in_open_workspaces().filter(run__isnull=False, stepped_at__lt=now - LEFT_BEHIND)
    taken = list(
        rows.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .order_by("stepped_at")
        .values_list("workspace_id", "pk")[:AT_A_TURN]
    )
    DataSource.objects.filter(pk__in=[pk for _, pk in taken]).update(stepped_at=now)
    return taken
