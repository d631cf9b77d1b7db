"""Forms of this floor."""

import re
from typing import Any

from django import forms

from billing import alerts, allocation, catalogue, example, money
from billing.forecast import Forecast, WhatIf
from billing.models import Pack
from workspaces import caps
from workspaces.forms.fields import CapField
from workspaces.models import AtLimit, Resource, Workspace

OFFERED = 200  # clients to choose from
CAP_LABELS = {
    Resource.MESSAGES: "Cap: messages per period",
    Resource.SOURCES: "Cap: data sources",
    Resource.SEATS: "Cap: seats",
}


class ExampleForm(forms.Form):
    """What three clients of the public example take of one pool."""

    a, b, c = (
        forms.IntegerField(
            label=f"Client {name}",
            min_value=0,
            max_value=100_000,
            initial=initial,
            widget=forms.NumberInput(attrs={"step": 500}),
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), "Please enter a whole number from 0 to 100,000."
            ),
        )
        for name, initial in zip("ABC", example.TAKEN, strict=True)
    )

    @property
    def taken(self) -> list[int]:
        return [self.cleaned_data[name] for name in "abc"]


class AllocationForm(forms.Form):
    """What one client may use of one resource at most, what is kept for it, and what visitors get at the limit."""

    cap = CapField(label="Cap")
    guarantee = CapField(label="Guarantee: kept for this client")
    at_limit = forms.ChoiceField(label="At the limit visitors get", choices=AtLimit.choices)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # how it stood: of two tabs the later one is told

    def __init__(self, data: Any = None, *, workspace: Workspace, resource: str) -> None:
        stands = {
            "cap": getattr(workspace, caps.cap_column(resource)),
            "guarantee": getattr(workspace, caps.guarantee_column(resource)),
            "at_limit": workspace.at_limit,
            "seen": allocation.stood(workspace, resource),
        }
        super().__init__(data, initial=stands, auto_id=f"id_{workspace.pk}_%s")  # several may be open on one page
        self.fields["cap"].label = CAP_LABELS[Resource(resource)]
        self.fields["cap"].widget.attrs["autofocus"] = True
        self.fields["guarantee"].widget.attrs["placeholder"] = "Nothing"
        if resource != Resource.MESSAGES:
            del self.fields["at_limit"]

    @property
    def wanted(self) -> dict[str, Any]:
        """What is to be, without what was."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def look_again(self) -> None:
        """What stands now was seen; what was typed stays."""
        self.data = {**self.data, "seen": self.initial["seen"]}


class ThresholdsField(forms.CharField):
    """Per cents in one line, such as 50, 75, 90, 100; the domain says which will do."""

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        pieces = re.split(r"[\s,;%]+", super().to_python(value) or "")
        try:
            return [int(piece) for piece in pieces if piece]
        except ValueError as error:
            raise forms.ValidationError(str(alerts.WrongThresholds())) from error

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class AlertsForm(forms.Form):
    """When an agency wants to be told of use."""

    thresholds = ThresholdsField(
        label="Thresholds, in per cent",
        required=False,
        max_length=60,
        help_text="Up to 6 whole numbers from 1 to 100. Empty means no alerts.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "No alerts"}),
    )


class OrderForm(forms.Form):
    """Orders one pack of the catalogue. The key makes a form that is sent twice one order."""

    pack = forms.ModelChoiceField(
        Pack.objects.filter(retired_at=None),
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"),
            "This pack is not sold any more. Nothing was ordered: please choose another one.",
        ),
    )
    request_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "This form has lost its key, and nothing was ordered. Please try once more."
        ),
    )


class DeclineOrderForm(forms.Form):
    """Support's reason, which the buyer reads."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        error_messages={"required": "Please give a reason: the buyer reads it."},
    )


class WhatIfForm(forms.Form):
    """What somebody thinks of, as it stands in the address. Nothing is bought or set."""

    doubles = forms.TypedChoiceField(label="This client takes twice as much", required=False, coerce=int)
    pack = forms.TypedChoiceField(label="This pack is bought", required=False, coerce=int)
    capped = forms.TypedChoiceField(label="This client gets a cap", required=False, coerce=int)
    cap = CapField(label="of so many messages a period")

    def __init__(self, data: Any, *, seen: Forecast) -> None:
        super().__init__(data)
        clients = [(part.workspace.pk, part.workspace.name) for part in seen.parts[:OFFERED]]  # the others move nothing
        self.packs = {pack.pk: pack for pack in catalogue.on_sale().filter(resource=Resource.MESSAGES)}
        packs = [(pk, f"{pack.name}, {money.shown(pack.price, pack.currency)}") for pk, pack in self.packs.items()]
        for name, choices in (("doubles", clients), ("pack", packs), ("capped", clients)):
            self.fields[name].choices = [("", "–"), *choices]  # type: ignore[attr-defined]
        self.fields["cap"].widget.attrs["placeholder"] = "Such as 2,000"

    def clean(self) -> None:
        capped, cap = self.cleaned_data.get("capped"), self.cleaned_data.get("cap")
        if capped and cap is None and "cap" not in self.errors:
            self.add_error("cap", "Please enter how many messages it may use.")
        if cap is not None and not capped and "capped" not in self.errors:
            self.add_error("capped", "Please choose who gets this cap.")

    def wanted(self) -> WhatIf | None:
        """None where nothing is thought of, or what makes no sense."""
        if not self.is_valid() or not any(value not in ("", None) for value in self.cleaned_data.values()):
            return None
        asked, pack = self.cleaned_data, self.packs.get(self.cleaned_data["pack"])
        return WhatIf(asked["doubles"] or None, pack.amount if pack else 0, asked["capped"] or None, asked["cap"] or 0)
