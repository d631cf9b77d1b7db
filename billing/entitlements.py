"""What an agency may use: its plan plus its add-ons. The only writer of the limits on the Agency row."""

from collections import Counter

from django.db import transaction

from agencies.models import Agency
from billing.models import Plan, Resource, Subscription

MOST = 2_000_000_000  # the columns hold a little more; plan and add-ons together may not pass it


def plan_of(agency: Agency) -> Plan:
    """The subscribed plan; without one, the trial plan for an approved agency and the free plan for an account."""
    subscription = Subscription.objects.filter(agency=agency).select_related("plan").first()
    if subscription:
        return subscription.plan
    return Plan.objects.get(code=Plan.TRIAL if agency.is_approved else Plan.FREE)


@transaction.atomic
def apply(agency: Agency) -> Agency:
    """Write the limits that follow from plan and add-ons. Call it whenever one of them changes."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    plan, packs = plan_of(agency), packs_of(agency)
    agency.message_limit = widen(plan.messages, packs[Resource.MESSAGES])
    agency.source_limit = widen(plan.sources, packs[Resource.SOURCES])
    agency.seat_limit = widen(plan.seats, packs[Resource.SEATS])
    agency.workspace_limit = plan.workspaces
    agency.chatbot_limit = plan.chatbots
    agency.save(update_fields=["message_limit", "source_limit", "seat_limit", "workspace_limit", "chatbot_limit"])
    return agency


def agencies_on(plan: Plan) -> list[Agency]:
    """Every agency whose limits come from `plan`, in the order in which they may be locked one after another."""
    everyone = Agency.objects.select_related("subscription__plan").order_by("pk")
    return [agency for agency in everyone if plan_of(agency) == plan]


def packs_of(agency: Agency) -> Counter[str]:
    """How much the running add-ons add, by resource."""
    packs: Counter[str] = Counter()
    for resource, amount in agency.add_ons.filter(ended_at=None).values_list("resource", "amount"):
        packs[resource] += amount
    return packs


def widen(base: int | None, by: int) -> int | None:
    """The plan's amount and the packs'; unlimited stays unlimited."""
    return None if base is None else min(base + by, MOST)
