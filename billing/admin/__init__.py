"""Support's pages of this floor: applications, accounts, and what fills the pool."""

from billing.admin import accounts, add_ons, applications, exceptions, ledger, packs, plans, subscriptions

__all__ = ["accounts", "add_ons", "applications", "exceptions", "ledger", "packs", "plans", "subscriptions"]
