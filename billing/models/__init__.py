"""Plans, packs, counters, the ledger with its rollup, and alerts."""

from billing.models.alerts import Alert, AlertRule, usual_thresholds
from billing.models.counters import Hold, PoolPeriod, WorkspacePeriod
from billing.models.ledger import LedgerEntry, Unrolled, UsageDay, UsageTotal
from billing.models.packs import AddOn, Lasts, Order, Pack, PaymentEvent, Receipt
from billing.models.plans import LimitException, Plan, Subscription
from workspaces.models import Resource

__all__ = [
    "AddOn",
    "Alert",
    "AlertRule",
    "Hold",
    "Lasts",
    "LedgerEntry",
    "LimitException",
    "Order",
    "Pack",
    "PaymentEvent",
    "Plan",
    "PoolPeriod",
    "Receipt",
    "Resource",
    "Subscription",
    "Unrolled",
    "UsageDay",
    "UsageTotal",
    "WorkspacePeriod",
    "usual_thresholds",
]
