"""Websites and files of the demo: learned as a worker learns them, but of pages that nobody has to fetch."""

from datetime import datetime

from django.core.files.base import ContentFile

from agencies.models import User
from chatbots.knowledge import learned, learning, sources
from chatbots.models import Chatbot, DataSource, Page
from config.demo.texts import Source


def hand_over(chatbot: Chatbot, source: Source, *, by: User, now: datetime) -> None:
    """Add it, and learn its one page. Retrained, the file is really read; the website is nowhere."""
    made = add(chatbot, source, by=by, now=now)
    learning.find(made, [source.where], depth=0)
    page = made.pages.get()
    learned.learn_page(page, title=source.title, text=source.text)
    Page.objects.filter(pk=page.pk).update(status=Page.Status.LEARNED, fetched_at=now)
    learning.end(made, now=now)


def add(chatbot: Chatbot, source: Source, *, by: User, now: datetime) -> DataSource:
    """The source, named by its title, and queued."""
    if source.kind == DataSource.Kind.WEBSITE:
        return sources.add_website(
            chatbot, url=source.where, title=source.title, reach="page", schedule="never", by=by, now=now
        )
    paper = ContentFile(source.text.encode(), name=source.where)
    [made] = sources.add_files(chatbot, files=[paper], by=by, now=now)
    made.title = source.title
    made.save(update_fields=["title"])
    return made
