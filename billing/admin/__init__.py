"""Support's pages of this floor: applications, accounts, orders, what fills the pool, the ledger, and partners."""

from billing.admin import (
    accounts,
    add_ons,
    applications,
    exceptions,
    ledger,
    orders,
    packs,
    partners,
    plans,
    subscriptions,
)

__all__ = [
    "accounts",
    "add_ons",
    "applications",
    "exceptions",
    "ledger",
    "orders",
    "packs",
    "partners",
    "plans",
    "subscriptions",
]
