"""What a session is asked for: lines, prices and addresses, read from the request and held to Stripe's rules."""

import re
from dataclasses import dataclass

from config.local.checkout import JSON, Refused, parameters

DAY = 24 * 3600
SHORTEST = 30 * 60  # seconds a session lives at least, and a day at most
KNOWN = {
    *("mode", "line_items", "success_url", "cancel_url", "client_reference_id", "metadata", "customer"),
    *("customer_email", "customer_creation", "expires_at", "payment_intent_data", "subscription_data"),
    *("invoice_creation", "locale", "ui_mode", "submit_type", "payment_method_types", "billing_address_collection"),
    *("allow_promotion_codes", "automatic_tax", "tax_id_collection", "currency", "expand"),
}
KNOWN_OF_LINE = {"price_data", "quantity"}
KNOWN_OF_PRICE = {"currency", "unit_amount", "product_data", "recurring", "tax_behavior"}
KNOWN_OF_PRODUCT = {"name", "description", "metadata", "images", "tax_code"}
INTERVALS = {"day", "week", "month", "year"}


@dataclass(frozen=True)
class Line:
    """`unit_amount` in minor units; `interval` is empty for what is paid once."""

    name: str
    description: str
    currency: str
    unit_amount: int
    quantity: int
    interval: str
    interval_count: int

    @property
    def total(self) -> int:
        return self.unit_amount * self.quantity


@dataclass(frozen=True)
class Order:
    mode: str
    lines: tuple[Line, ...]
    success_url: str
    cancel_url: str | None
    client_reference_id: str | None
    customer: str | None
    customer_email: str | None
    makes_customer: bool
    makes_invoice: bool
    expires_at: int
    metadata: dict[str, str]
    payment_metadata: dict[str, str]  # of the payment intent and its charge, or of the subscription and its invoices
    description: str | None

    @property
    def currency(self) -> str:
        return self.lines[0].currency

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)


def read(fields: JSON, *, now: int) -> Order:
    """Raises Refused for what Stripe would refuse, and for what this stand-in cannot do."""
    parameters.known_only(fields, KNOWN)
    mode = parameters.required(fields, "mode")
    if mode not in {"payment", "subscription"}:
        raise Refused(f"The stand-in knows the modes payment and subscription, not {mode}.", param="mode")
    data = parameters.folder(fields, "subscription_data" if mode == "subscription" else "payment_intent_data")
    cancel_url = parameters.optional(fields, "cancel_url")
    makes_invoice = parameters.folder(fields, "invoice_creation").get("enabled") == "true"
    return Order(
        mode=mode,
        lines=_lines(fields, mode),
        success_url=parameters.address(parameters.required(fields, "success_url"), "success_url"),
        cancel_url=parameters.address(cancel_url, "cancel_url") if cancel_url else None,
        client_reference_id=_reference(fields),
        customer=parameters.optional(fields, "customer"),
        customer_email=parameters.optional(fields, "customer_email"),
        makes_customer=mode == "subscription" or makes_invoice or fields.get("customer_creation") == "always",
        makes_invoice=makes_invoice,
        expires_at=_expiry(fields, now),
        metadata=parameters.words(fields, "metadata"),
        payment_metadata=parameters.words(data, "metadata"),
        description=parameters.optional(data, "description"),
    )


def _reference(fields: JSON) -> str | None:
    reference = parameters.optional(fields, "client_reference_id")
    if reference and not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", reference):
        raise Refused("client_reference_id takes letters, digits, dashes and underscores.", param="client_reference_id")
    return reference


def _expiry(fields: JSON, now: int) -> int:
    given = parameters.optional(fields, "expires_at")
    if given is None:
        return now + DAY
    asked = parameters.whole(given, "expires_at", most=10**11)
    if not now + SHORTEST <= asked <= now + DAY:
        raise Refused("expires_at must be from 30 minutes to 24 hours from now.", param="expires_at")
    return asked


def _lines(fields: JSON, mode: str) -> tuple[Line, ...]:
    found = parameters.listed(fields, "line_items")
    if not found:
        raise Refused("Missing required param: line_items.", code="parameter_missing", param="line_items")
    lines = tuple(_line(item, f"line_items[{number}]", mode) for number, item in enumerate(found))
    if len({line.currency for line in lines}) > 1:
        raise Refused("All line items must have the same currency.", param="line_items")
    return lines


def _line(item: object, where: str, mode: str) -> Line:
    if not isinstance(item, dict) or not isinstance(item.get("price_data"), dict):
        raise Refused(f"The stand-in knows prices by {where}[price_data] only.", param=f"{where}[price_data]")
    price, inside = item["price_data"], f"{where}[price_data]"
    product, recurring = parameters.folder(price, "product_data"), parameters.folder(price, "recurring")
    every, quantity = parameters.optional(recurring, "interval_count"), parameters.optional(item, "quantity")
    parameters.known_only(item, KNOWN_OF_LINE, inside=where)
    parameters.known_only(price, KNOWN_OF_PRICE, inside=inside)
    parameters.known_only(product, KNOWN_OF_PRODUCT, inside=f"{inside}[product_data]")
    return Line(
        name=parameters.required(product, "name", inside=f"{inside}[product_data]"),
        description=parameters.optional(product, "description") or "",
        currency=_currency(price, inside),
        unit_amount=parameters.whole(
            parameters.required(price, "unit_amount", inside=inside), f"{inside}[unit_amount]"
        ),
        quantity=parameters.whole(quantity or "1", f"{where}[quantity]", least=1, most=999_999),
        interval=_interval(recurring, mode, f"{inside}[recurring]"),
        interval_count=parameters.whole(every or "1", f"{inside}[recurring]", least=1, most=36),
    )


def _currency(price: JSON, inside: str) -> str:
    currency = parameters.required(price, "currency", inside=inside).lower()
    if not re.fullmatch("[a-z]{3}", currency):
        raise Refused(f"Invalid currency: {currency}.", param=f"{inside}[currency]")
    return currency


def _interval(recurring: JSON, mode: str, param: str) -> str:
    interval = parameters.optional(recurring, "interval") or ""
    if mode == "payment" and interval:
        raise Refused("You specified `payment` mode but passed a recurring price.", param=param)
    if mode == "subscription" and interval not in INTERVALS:
        raise Refused("You must provide a recurring price in `subscription` mode.", param=param)
    return interval


def restored(kept: JSON) -> Order:
    """The order that `dataclasses.asdict` took apart."""
    return Order(**kept | {"lines": tuple(Line(**line) for line in kept["lines"])})
