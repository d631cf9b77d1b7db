"""The catalogue of packs: offered, retired, brought back; one that was ordered is replaced and never changed."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from billing import money, packs
from billing.admin.amounts import Amounts
from billing.admin.prices import CurrencyField, PricedForm
from billing.models import Pack


class PackForm(PricedForm):
    price = forms.DecimalField(min_value=Decimal(0), max_digits=12, help_text="As 19.00, without the currency.")
    currency = CurrencyField()

    class Meta:
        model = Pack
        fields = ("name", "resource", "amount", "price", "currency", "lasts")


class OfferedFilter(admin.SimpleListFilter):
    """What is offered; retired ones when asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("retired", "Retired")]

    def choices(self, changelist: Any) -> Any:
        offered = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": offered, "display": "Offered"}
        query = changelist.get_query_string({self.parameter_name: "retired"})
        yield {"selected": self.value() == "retired", "query_string": query, "display": "Retired"}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(retired_at__isnull=self.value() is None)


@admin.register(Pack)
class PackAdmin(Amounts):
    """What agencies may order."""

    form = PackForm
    least = 1
    list_display = ("name", "resource", "amount", "costs", "lasts", "added_at", "retired_at")
    list_filter = (OfferedFilter, "resource", "lasts")
    change_form_template = "admin/billing/pack/change_form.html"

    @admin.display(description="price", ordering="price")
    def costs(self, pack: Pack) -> str:
        return money.shown(pack.price, pack.currency)

    def save_model(self, request: HttpRequest, obj: Pack, form: Any, change: bool) -> None:
        if not change:
            return super().save_model(request, obj, form, change)
        was = Pack.objects.get(pk=obj.pk)
        offered = packs.revise(was, now=timezone.now(), **form.cleaned_data)
        if offered != was:
            messages.info(request, "It was ordered before: that one is retired, and this one is offered in its place.")
        obj.__dict__.update(offered.__dict__)
        return None

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/retire/", self.admin_site.admin_view(self.retire_view), name="pack-retire"),
            path("<int:pk>/bring-back/", self.admin_site.admin_view(self.bring_back_view), name="pack-bring-back"),
            *super().get_urls(),
        ]

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        pack = self.wanted(request, pk)
        if request.method == "POST":
            packs.retire(pack, now=timezone.now())
            self.log_change(request, pack, "Retired.")
            messages.success(request, f"{pack} is not offered any more. What was ordered of it stays.")
        return redirect("admin:billing_pack_change", pack.pk)

    def bring_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        pack = self.wanted(request, pk)
        if request.method == "POST":
            packs.bring_back(pack)
            self.log_change(request, pack, "Brought back.")
            messages.success(request, f"{pack} is offered again.")
        return redirect("admin:billing_pack_change", pack.pk)

    def wanted(self, request: HttpRequest, pk: int) -> Pack:
        pack: Pack | None = self.get_object(request, str(pk))
        if pack is None or not self.has_change_permission(request, pack):
            raise Http404
        return pack
