"""Changing, retraining, stopping and deleting data sources; a change of their words counts at once."""

from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction

from agencies import audit
from agencies.models import Action, User
from chatbots.bots import places
from chatbots.knowledge import learned, learning
from chatbots.knowledge.fetching import urls
from chatbots.knowledge.sources.naming import WISHES, about, file_name, name_of, record, refuse_twice
from chatbots.models import DataSource, Upload

FETCHED = ("url", "reach", "include", "exclude")  # what a website is fetched by


@transaction.atomic
def revise(source: DataSource, *, title: str, text: str, by: User, now: datetime) -> None:
    """Change a text or a Q&A and learn it anew; answers come from the new words at once. Raises ElsewhereMeanwhile."""
    held = stay(source)
    before = about(held)
    held.title, held.text, held.learned_at = title, text, now
    held.save(update_fields=["title", "text", "learned_at"])
    learned.learn(held)
    record(held, Action.SOURCE_REVISED, by=by, now=now, **audit.changes(before, about(held)))


@transaction.atomic
def revise_website(source: DataSource, *, by: User, now: datetime, **wishes: str) -> None:
    """Change a website: title, url, reach, include, exclude, schedule. It is learned anew if other pages are wanted.

    Raises Refused for what is no address, AlreadyThere, ElsewhereMeanwhile.
    """
    held = stay(source)
    before = about(held)
    url = urls.normal(urls.typed(wishes["url"]))
    refuse_twice(held.chatbot, [url], but=held)
    again = any(getattr(held, name) != value for name, value in {**wishes, "url": url}.items() if name in FETCHED)
    title = wishes["title"] if wishes["title"] not in ("", name_of(held.url)) else name_of(url)
    renamed = title != held.title
    for name in WISHES:
        setattr(held, name, wishes[name])
    held.url, held.title = url, title
    held.due_at = learning.due_after(held, now)
    held.save(update_fields=[*WISHES, "url", "title", "due_at"])
    if renamed:
        learned.learn(held)
    if again:
        learning.begin(held, now=now)
    record(held, Action.SOURCE_REVISED, by=by, now=now, **audit.changes(before, about(held)))


@transaction.atomic
def revise_file(source: DataSource, *, title: str, file: "File[Any] | None", by: User, now: datetime) -> None:
    """Rename a file, or put another one in its place, which is learned anew. Raises ElsewhereMeanwhile."""
    held = stay(source)
    before = about(held)
    held.title = title
    held.save(update_fields=["title"])
    learned.learn(held)
    if file:
        Upload.objects.filter(source=held).update(name=file_name(file), data=file.read())
        learning.begin(held, now=now)
    record(held, Action.SOURCE_REVISED, by=by, now=now, **audit.changes(before, about(held)))


@transaction.atomic
def retrain(source: DataSource, *, by: User, now: datetime) -> None:
    """Learn what changed since the last time; what is being learned already goes on. Raises ElsewhereMeanwhile."""
    held = stay(source)
    if held.run:
        return
    if held.kind in learning.FETCHES:
        learning.begin(held, now=now)
    else:
        learned.learn(held)
        DataSource.objects.filter(pk=held.pk).update(learned_at=now)
    record(held, Action.SOURCE_RETRAINED, by=by, now=now)


@transaction.atomic
def fetch_anew(workspace_id: int, source_id: int, *, now: datetime) -> None:
    """What its schedule wants; nothing, when that was done meanwhile, or the source is not there any more."""
    rows = DataSource.objects.filter(pk=source_id, workspace_id=workspace_id).select_related("chatbot__workspace")
    try:
        held = stay(rows.get())
    except (DataSource.DoesNotExist, places.ElsewhereMeanwhile):
        return
    if held.run is None and held.due_at and held.due_at <= now:
        learning.begin(held, now=now)


@transaction.atomic
def stop(source: DataSource, *, by: User, now: datetime) -> None:
    """End the learning that goes on; what was learned so far stays. Raises ElsewhereMeanwhile."""
    held = stay(source)
    if held.run is None:
        return
    learning.stop(held, now=now)
    record(held, Action.SOURCE_STOPPED, by=by, now=now)


@transaction.atomic
def delete(source: DataSource, *, by: User, now: datetime) -> None:
    """Delete a source with its passages: answers from it stop at once, and it is free again.

    Raises places.ElsewhereMeanwhile when its chatbot was moved.
    """
    held = stay(source)
    record(held, Action.SOURCE_DELETED, by=by, now=now, before=about(held))
    held.delete()


def stay(source: DataSource) -> DataSource:
    """The source as it is now, kept where the caller has seen it, after its chatbot, as a move locks them.

    Raises places.ElsewhereMeanwhile when its chatbot was moved, or it was deleted.
    """
    places.stay(source.chatbot)
    rows = DataSource.objects.select_for_update(of=("self",), no_key=True).select_related("chatbot", "workspace")
    held = rows.filter(pk=source.pk, workspace_id=source.workspace_id).first()
    if held is None:
        raise places.ElsewhereMeanwhile
    return held
