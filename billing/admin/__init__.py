"""Support's pages of this floor: applications, accounts, orders, what fills the pool, and the ledger."""

from billing.admin import accounts, add_ons, applications, exceptions, ledger, orders, packs, plans, subscriptions

__all__ = [
    "accounts",
    "add_ons",
    "applications",
    "exceptions",
    "ledger",
    "orders",
    "packs",
    "plans",
    "subscriptions",
]
