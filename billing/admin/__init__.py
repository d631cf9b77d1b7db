"""Support's pages of this floor: applications, accounts, and what fills the pool."""

from billing.admin import accounts, applications, entitling

__all__ = ["accounts", "applications", "entitling"]
