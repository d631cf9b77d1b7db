"""Support's pages of this floor: how far each agency came, and what needs support."""

from chatbots.admin import onboarding

__all__ = ["onboarding"]
