"""Which plan an agency is on."""

from datetime import datetime

from django.db import transaction

from agencies import applications, audit
from agencies.models import Action, Agency, Application, User
from billing import entitlements
from billing.models import AddOn, Plan, Subscription


@transaction.atomic
def approve(application: Application, *, by: User, now: datetime) -> Agency:
    """Support's *Approve as Agency*: the account becomes an agency and is on the trial plan from this moment.

    It stands on this floor since the floor below knows no plans. Raises applications.NotWaiting.
    """
    return entitlements.apply(applications.approve(application, by=by, now=now))


@transaction.atomic
def subscribe(agency: Agency, *, plan: Plan, started_at: datetime, by: User | None = None) -> Subscription:
    """Put the agency on `plan`; its billing periods begin on `started_at`'s day of the month."""
    subscription, _ = Subscription.objects.update_or_create(
        agency=agency, defaults={"plan": plan, "started_at": started_at, "assigned_by": by}
    )
    audit.record(Action.SUBSCRIBED, agency_id=agency.pk, by=by, at=started_at, target=plan.name)
    entitlements.apply(agency)
    return subscription


@transaction.atomic
def widen(agency: Agency, *, resource: str, amount: int, added_at: datetime, by: User | None = None) -> AddOn:
    """Add a pack to the agency's pool; it counts at once."""
    add_on = AddOn.objects.create(agency=agency, resource=resource, amount=amount, added_at=added_at, added_by=by)
    audit.record(Action.WIDENED, agency_id=agency.pk, by=by, at=added_at, after={resource: amount})
    entitlements.apply(agency)
    return add_on
