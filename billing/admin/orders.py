"""Orders: Confirm, or Decline with a reason, what was asked of support; and what became of the others, to read."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from billing import money, orders
from billing.admin.support import supporter
from billing.forms import DeclineOrderForm
from billing.models import Order


class StateFilter(admin.SimpleListFilter):
    """Requests that wait come first; they are what support comes for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All"), ("paying", "Wait for payment"), ("granted", "In the pool"), ("closed", "Closed")]

    def choices(self, changelist: Any) -> Any:
        waiting = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": waiting, "display": "Wait for you"}
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == str(value), "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        still = queryset.filter(granted_at=None, closed_at=None)
        states = {
            None: still.filter(way=Order.Way.REQUEST),
            "paying": still.filter(way=Order.Way.CHECKOUT),
            "granted": queryset.filter(granted_at__isnull=False),
            "closed": queryset.filter(closed_at__isnull=False),
        }
        return states.get(self.value(), queryset)


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """Nobody adds or changes an order by hand: what was paid or confirmed counts, and its receipts say how much."""

    list_display = ("agency", "name", "state", "cost", "ordered_at", "ordered_by")
    list_filter = (StateFilter,)
    list_select_related = ("agency", "ordered_by")
    search_fields = ("agency__name", "ordered_by__email", "name", "checkout_id", "payment_id", "subscription_id")
    actions = ("confirm_requests",)
    change_form_template = "admin/billing/order/change_form.html"
    readonly_fields = [
        "cost" if field.name == "price" else field.name
        for field in Order._meta.fields
        if field.name not in ("id", "request_key", "currency")
    ]
    exclude = ("request_key", "price", "currency")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="price")
    def cost(self, order: Order) -> str:
        return money.shown(order.price, order.currency)

    @admin.display(description="state")
    def state(self, order: Order) -> str:
        if order.granted_at:
            return "Money back" if order.refunded_at else "Cancelled" if order.cancelled_at else "In the pool"
        return "Waiting" if order.is_open else "Declined" if order.closed_by_id else "Closed"

    @admin.action(description="Confirm", permissions=["change"])
    def confirm_requests(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        # The chosen ones and not `queryset`, in which the filter leaves out what somebody else decided meanwhile.
        for order in self.get_queryset(request).filter(pk__in=request.POST.getlist("_selected_action")):
            self.confirm(request, order)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/confirm/", self.admin_site.admin_view(self.confirm_view), name="order-confirm"),
            path("<int:pk>/decline/", self.admin_site.admin_view(self.decline_view), name="order-decline"),
            *super().get_urls(),
        ]

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.wanted(request, pk)
        if request.method == "POST":
            self.confirm(request, order)
        return redirect("admin:billing_order_change", order.pk)

    def decline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.wanted(request, pk)
        form = DeclineOrderForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                orders.decline(order, by=supporter(request), reason=form.cleaned_data["reason"], now=timezone.now())
            except orders.NotOpen as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"{order} was declined, and the buyer gets the reason by mail.")
            return redirect("admin:billing_order_change", order.pk)
        page = {**self.admin_site.each_context(request), "order": order, "form": form, "opts": self.opts}
        page["title"] = f"Decline {order}"
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/billing/order/decline.html", page, status=status)

    def confirm(self, request: HttpRequest, order: Order) -> None:
        try:
            orders.confirm(order, by=supporter(request), now=timezone.now())
        except orders.NotOpen as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{order} is in the pool now. The buyer gets a mail.")

    def wanted(self, request: HttpRequest, pk: int) -> Order:
        order: Order | None = self.get_object(request, str(pk))
        if order is None or not self.has_change_permission(request, order):
            raise Http404
        return order
