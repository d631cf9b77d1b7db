"""Plans, packs, counters, the ledger with its rollup, alerts, and money: terms, statements, partners."""

from billing.models.alerts import Alert, AlertRule, usual_thresholds
from billing.models.counters import Hold, PoolPeriod, WorkspacePeriod
from billing.models.ledger import LedgerEntry, Unrolled, UsageDay, UsageTotal
from billing.models.packs import AddOn, Lasts, Order, Pack, PaymentEvent, Receipt
from billing.models.partners import Partnership, PartnerTier
from billing.models.plans import LimitException, Plan, PlanSince, Subscription
from billing.models.revenue import Books, ClientTerms, ExchangeRate, ModelPrice, ModelUse, Way
from billing.models.statements import Statement, StatementCost, StatementLine
from workspaces.models import Resource

__all__ = [
    "AddOn",
    "Alert",
    "AlertRule",
    "Books",
    "ClientTerms",
    "ExchangeRate",
    "Hold",
    "Lasts",
    "LedgerEntry",
    "LimitException",
    "ModelPrice",
    "ModelUse",
    "Order",
    "Pack",
    "PartnerTier",
    "Partnership",
    "PaymentEvent",
    "Plan",
    "PlanSince",
    "PoolPeriod",
    "Receipt",
    "Resource",
    "Statement",
    "StatementCost",
    "StatementLine",
    "Subscription",
    "Unrolled",
    "UsageDay",
    "UsageTotal",
    "Way",
    "WorkspacePeriod",
    "usual_thresholds",
]
