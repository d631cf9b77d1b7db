"""Forms of this floor."""

from typing import Any

from django import forms

from workspaces import caps
from workspaces.forms.fields import CapField
from workspaces.models import AtLimit, Resource, Workspace

CAP_LABELS = {
    Resource.MESSAGES: "Cap: messages per period, at most",
    Resource.SOURCES: "Cap: data sources, at most",
    Resource.SEATS: "Cap: seats, at most",
}


class AllocationForm(forms.Form):
    """What one client may use of one resource at most, what is kept for it, and what visitors get at the limit."""

    cap = CapField(label="Cap")
    guarantee = CapField(label="Guarantee: kept for this client")
    at_limit = forms.ChoiceField(label="At the limit visitors get", choices=AtLimit.choices)

    def __init__(self, data: Any = None, *, workspace: Workspace, resource: str) -> None:
        stands = {
            "cap": getattr(workspace, caps.cap_column(resource)),
            "guarantee": getattr(workspace, caps.guarantee_column(resource)),
            "at_limit": workspace.at_limit,
        }
        super().__init__(data, initial=stands, auto_id=f"id_{workspace.pk}_%s")  # several may be open on one page
        self.fields["cap"].label = CAP_LABELS[Resource(resource)]
        self.fields["cap"].widget.attrs["autofocus"] = True
        self.fields["guarantee"].widget.attrs["placeholder"] = "Nothing"
        if resource != Resource.MESSAGES:
            del self.fields["at_limit"]
