"""Data sources as the table shows them, with how far their learning is; and what was learned of one."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from chatbots.models import Chatbot, DataSource, Page, Passage

SEEN = Q(source__run=None) | Q(run=F("source__run"))  # by the learning that goes on, or by all


# What the table can be ordered by, with what its column is called; a minus before it begins with the most.
SORTS = {"name": "Name", "kind": "Source", "-passages": "Passages", "-updated": "Last updated"}
BY: dict[str, Any] = {
    "name": Lower("title"),
    "kind": F("kind"),
    "passages": F("passage_count"),
    "updated": F("learned_at"),
}


def ordered(sources: QuerySet[DataSource], sort: str) -> QuerySet[DataSource]:
    """By one of SORTS; what was never learned comes last either way."""
    by = BY[sort.removeprefix("-")]
    return sources.order_by(by.desc(nulls_last=True) if sort.startswith("-") else by.asc(nulls_last=True), "-pk")


def of_chatbot(chatbot: Chatbot) -> QuerySet[DataSource]:
    """The newest first, each with its counts: `passage_count`, and of pages `found`, `fetched`, `learned`, `missed`."""
    pages = Page.objects.filter(SEEN)
    return chatbot.sources.defer("text").annotate(
        passage_count=counted(Passage.objects.all()),
        found=counted(pages.exclude(status=Page.Status.SKIPPED)),
        fetched=counted(pages.filter(status__in=[Page.Status.LEARNED, Page.Status.FAILED])),
        learned=counted(pages.filter(status=Page.Status.LEARNED)),
        missed=counted(pages.filter(status=Page.Status.FAILED)),
    )


def counted(rows: QuerySet[Page] | QuerySet[Passage]) -> Coalesce:
    """How many of these rows each source has, as an own query: joined they would multiply each other."""
    of_one = rows.filter(source=OuterRef("pk")).order_by().values("source").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(of_one, output_field=IntegerField()), 0)


def pages_of(source: DataSource) -> QuerySet[Page]:
    """In the order in which they were found, each with its `passage_count`."""
    return source.pages.defer("text", "links").annotate(passage_count=Count("passages")).order_by("depth", "pk")


def passages_of(source: DataSource, page: Page | None = None) -> QuerySet[Passage]:
    """What answers come from, in its order."""
    rows = source.passages.filter(page=page) if page else source.passages.all()
    return rows.order_by("position")
