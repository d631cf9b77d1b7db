"""What a client pays: versions from a day. Nothing in a closed month is changed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import money
from billing.models import ClientTerms, Way
from billing.models.revenue import ONCE
from billing.revenue import books
from billing.revenue.sums import Priced
from workspaces.models import Workspace


class NotAClient(books.Refused):
    """The main workspace is the agency's own."""

    def __init__(self) -> None:
        super().__init__("The agency's own workspace pays nothing: choose a client.")


class TakenBack(books.Refused):
    """It is not there any more."""

    def __init__(self) -> None:
        super().__init__("These terms were taken back meanwhile, by a colleague or in another tab.")


@transaction.atomic
def set_for(
    agency: Agency, workspace: Workspace, *, since: date, priced: Priced, by: User, now: datetime
) -> ClientTerms:
    """What the client pays since that day, in the place of what was to begin on it. Raises InAClosedMonth, NotAClient.

    The audit entry is the agency's alone: a client's managers read those of their workspace.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    books.refuse_closed(agency, since)
    if workspace.is_main:
        raise NotAClient
    before = at([workspace.pk], since).get(workspace.pk)
    values = {name: getattr(priced, name) for name in ("way", "fee", "included", "extra_price", "multiple")}
    made, _ = ClientTerms.objects.update_or_create(
        agency=agency, workspace=workspace, since=since, defaults={**values, "made_at": now, "made_by": by}
    )
    currency = books.currency_of(agency)
    change: dict[str, Any] = audit.changes(about(before, currency), about(made, currency))
    audit.record(Action.TERMS_SET, agency_id=agency.pk, by=by, at=now, target=workspace, **change)
    return made


@transaction.atomic
def withdraw(agency: Agency, terms: ClientTerms, *, by: User, now: datetime) -> None:
    """Take back a version that no closed month has used: the one before goes on. Raises InAClosedMonth, TakenBack."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    books.refuse_closed(agency, terms.since)
    held = ClientTerms.objects.filter(pk=terms.pk, agency=agency).first()
    if held is None:
        raise TakenBack
    before = about(held, books.currency_of(agency))
    held.delete()
    audit.record(Action.TERMS_WITHDRAWN, agency_id=agency.pk, by=by, at=now, target=terms.workspace, before=before)


def at(workspace_ids: Iterable[int], day: date) -> dict[int, ClientTerms]:
    """The version of each of these clients that holds on a day."""
    versions = ClientTerms.objects.filter(workspace_id__in=list(workspace_ids), since__lte=day)
    return {each.workspace_id: each for each in versions.order_by("workspace_id", "-since").distinct("workspace_id")}


def about(terms: ClientTerms | None, currency: str) -> dict[str, Any]:
    """What the audit log keeps of a version."""
    return {"terms": sentence(terms, currency), "since": terms.since.isoformat()} if terms else {}


def sentence(terms: ClientTerms, currency: str) -> str:
    """The terms in words, without their day."""
    fee = money.shown(terms.fee, currency)
    if terms.way == Way.FLAT:
        extra = money.shown(terms.extra_price, currency)
        return f"{fee} a month with {terms.included:,} units, {extra} for each 1,000 beyond them"
    if terms.way == Way.MULTIPLE:
        return f"{terms.multiple / ONCE:.2f} times its cost"
    if terms.way == Way.REFERRAL:
        return f"referred: pays Bureau {fee} a month"
    return "not billed"
