"""The partner programme: its tiers, which agency has which, and what is payable of closed months."""

from datetime import UTC
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from billing import money
from billing.admin.amounts import Amounts
from billing.admin.support import supporter
from billing.models import Partnership, PartnerTier, Statement
from billing.models.partners import WHOLE
from billing.revenue import books, partners
from billing.revenue.sums import half_up, per_cent

RATE: dict[str, Any] = {"max_digits": 5, "decimal_places": 2, "min_value": Decimal(0), "max_value": Decimal(100)}
HUNDREDTHS = WHOLE // 100


class RateField(forms.DecimalField):
    """A rate in per cent, kept in hundredths of one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label="Rate, in per cent", **(RATE | options))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else int(cleaned * HUNDREDTHS)

    def prepare_value(self, value: Any) -> Any:
        return f"{value / HUNDREDTHS:g}" if isinstance(value, int) else value


class TierForm(forms.ModelForm):
    rate = RateField()

    class Meta:
        model = PartnerTier
        fields = ("name", "clients", "rate", "retired_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["retired_at"].widget.attrs["aria-label"] = "Retired at"  # of the date and of the time


@admin.register(PartnerTier)
class PartnerTierAdmin(Amounts):
    """The programme, as agencies read it. An agency keeps the rate that it was given."""

    form = TierForm
    list_display = ("name", "clients", "percent", "retired_at")

    @admin.display(description="rate", ordering="rate")
    def percent(self, tier: PartnerTier) -> str:
        return per_cent(tier.rate)


class PartnershipForm(forms.ModelForm):
    """An agency's tier since a day. Sent by *Preview*, it is held back with what it would have meant."""

    rate = RateField(required=False, help_text="Empty is the tier's own.")
    told = ""

    class Meta:
        model = Partnership
        fields = ("agency", "tier", "rate", "since", "reason")

    def clean(self) -> dict[str, Any]:
        wanted: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors or self.instance.pk:  # what was given is only read
            return wanted
        wanted["rate"] = wanted["tier"].rate if wanted["rate"] is None else wanted["rate"]
        try:
            books.refuse_closed(wanted["agency"], wanted["since"])
        except books.Refused as refusal:
            self.add_error("since", str(refusal))
        if "_preview" in self.data and not self.errors:
            self.told = meant(wanted)
            self.add_error(None, "Nothing is saved yet.")
        return wanted


def meant(wanted: dict[str, Any]) -> str:
    """What this rate would have made of the last closed month, and whether the agency has the clients for the tier."""
    month, tier = books.last_closed(wanted["agency"]), wanted["tier"]
    if month is None:
        return f"{wanted['agency']} has closed no month yet."
    would = money.shown(half_up(month.referred * wanted["rate"], WHOLE), month.currency)
    was = money.shown(month.commission, month.currency)
    return (
        f"In the month closed last, {month.clients:,} of its clients used something; {tier} asks for {tier.clients:,}. "
        f"Its commission was {was}; at {per_cent(wanted['rate'])} it would have been {would}."
    )


@admin.register(Partnership)
class PartnershipAdmin(Amounts):
    """A tier is given from a day; another one from another day. What closed months have used stays."""

    form = PartnershipForm
    list_display = ("agency", "tier", "percent", "since", "reason")
    list_select_related = ("agency", "tier")
    list_filter = ("tier",)
    search_fields = ("agency__name",)
    autocomplete_fields = ("agency",)
    change_form_template = "admin/billing/partnership/change_form.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = ("agency", "tier", "percent", "since", "reason", "set_at", "set_by")
        return given if obj else ("agency", "tier", "rate", "since", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "tier":
            kwargs["queryset"] = PartnerTier.objects.filter(retired_at=None)
        if db_field.name == "reason":
            kwargs["help_text"] = "The agency reads it."
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="rate", ordering="rate")
    def percent(self, partnership: Partnership) -> str:
        return per_cent(partnership.rate)

    def save_model(self, request: HttpRequest, obj: Partnership, form: Any, change: bool) -> None:
        if change:  # nothing of it is changed
            return
        wanted = dict(form.cleaned_data)
        made = partners.give(wanted.pop("agency"), **wanted, by=supporter(request), now=timezone.now())
        obj.__dict__.update(made.__dict__)
        messages.info(request, f"{made.agency} has {made.tier} at {per_cent(made.rate)} from {made.since:%-d %B %Y}.")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["preview"] = getattr(context["adminform"].form, "told", "")
        if context["preview"]:
            context["errors"] = None  # it is no mistake
        context |= {
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
            "show_save": bool(kwargs.get("obj")),
        }
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Statement)
class StatementAdmin(admin.ModelAdmin):
    """Closed months, to read: what is payable to whom."""

    list_display = ("agency", "month", "tier", "percent", "referred_clients_paid", "payable", "closed_at")
    list_select_related = ("agency",)
    search_fields = ("agency__name",)
    date_hierarchy = "closed_at"

    @admin.display(description="month", ordering="start")
    def month(self, statement: Statement) -> str:
        return f"{statement.start.astimezone(UTC):%-d %b} – {statement.last_day.astimezone(UTC):%-d %b %Y}"

    @admin.display(description="rate")
    def percent(self, statement: Statement) -> str:
        return per_cent(statement.rate)

    @admin.display(description="referred clients paid", ordering="referred")
    def referred_clients_paid(self, statement: Statement) -> str:
        return money.shown(statement.referred, statement.currency)

    @admin.display(description="commission payable", ordering="commission")
    def payable(self, statement: Statement) -> str:
        return money.shown(statement.commission, statement.currency)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
