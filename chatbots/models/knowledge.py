"""What chatbots know: data sources, the pages and files they consist of, and the passages that answers come from."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from agencies.models import User
from chatbots.models.bots import Chatbot
from workspaces.models import Workspace


class DataSource(models.Model):
    """What a chatbot learns from. Each counts once against the shared pool."""

    class Kind(models.TextChoices):
        WEBSITE = "website", "Website"
        FILE = "file", "File"
        TEXT = "text", "Text"
        QA = "qa", "Q&A"

    class Status(models.TextChoices):
        """Where learning it stands. A retrain that failed leaves it trained, with `failed_at` and a `failure`."""

        QUEUED = "queued", "Queued"
        PROCESSING = "processing", "Processing"
        TRAINED = "trained", "Trained"
        FAILED = "failed", "Failed"

    class Reach(models.TextChoices):
        """How much of a website is learned."""

        PAGE = "page", "This page only"
        SITEMAP = "sitemap", "The pages of a sitemap"
        SITE = "site", "The pages that this one leads to"

    class Schedule(models.TextChoices):
        """How often it is fetched anew."""

        NEVER = "never", "Never"
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="sources")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)  # of a Q&A, its question
    text = models.TextField(
        blank=True
    )  # of a Q&A, its answer; of a website or a file, nothing: its pages hold the text
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.TRAINED)
    failure = models.CharField(max_length=300, blank=True)  # what happened, and what to do, in the user's words
    failed_at = models.DateTimeField(null=True)  # since when; null once it was learned again
    learned_at = models.DateTimeField(null=True)  # the last time that anything of it was learned
    # Of a website:
    url = models.URLField(max_length=2000, blank=True)  # where it begins
    reach = models.CharField(max_length=10, choices=Reach.choices, blank=True)
    include = models.TextField(blank=True)  # paths, one a line; with some, others are left out
    exclude = models.TextField(blank=True)
    schedule = models.CharField(max_length=10, choices=Schedule.choices, default=Schedule.NEVER)
    due_at = models.DateTimeField(null=True)  # when it is fetched anew
    run = models.UUIDField(null=True, editable=False)  # of the learning that goes on; another one stops it
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["chatbot", "request_key"], name="source_once_per_request")]

    def __str__(self) -> str:
        return self.title


class Page(models.Model):
    """A document of a data source: a page of a website, or a file. Its text is what was read in it.

    `content` is the hash of what was last learned: the same again is not learned anew.
    """

    class Status(models.TextChoices):
        FOUND = "found", "Found"
        LEARNED = "learned", "Learned"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(DataSource, on_delete=models.CASCADE, related_name="pages")
    url = models.CharField(max_length=2000)  # of a file, its name
    depth = models.PositiveSmallIntegerField(default=0)  # clicks from where the crawl began
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.FOUND)
    failure = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    content = models.CharField(max_length=64, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    run = models.UUIDField(null=True, editable=False)  # the learning that saw it last
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["source", "url"], name="page_once_per_source")]

    def __str__(self) -> str:
        return self.title or self.url


class Upload(models.Model):
    """A file as it was sent, so that it can be learned anew. It lives in the database: a backup has everything."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    source = models.OneToOneField(DataSource, on_delete=models.CASCADE, related_name="upload")
    name = models.CharField(max_length=200)  # as the person called it; nothing is opened by it
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Passage(models.Model):
    """A piece of a data source that retrieval can return. `search` holds its stems in the chatbot's language."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="passages")
    source = models.ForeignKey(DataSource, on_delete=models.CASCADE, related_name="passages")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, null=True, related_name="passages")
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=300, blank=True)  # the headings above it, outermost first
    text = models.TextField()
    search = SearchVectorField()

    class Meta:
        ordering = ["source", "position"]
        constraints = [models.UniqueConstraint(fields=["source", "position"], name="passage_once_per_position")]
        indexes = [GinIndex(fields=["search"], name="passage_stems")]

    def __str__(self) -> str:
        return f"{self.source}, passage {self.position}"
