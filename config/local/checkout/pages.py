"""The pages a person sees: the one to pay on, receipts, and the list of what was bought and what can happen to it.

They hold no script and no inline style. Every text that came from outside goes through `html.escape`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape as e
from urllib.parse import urlsplit

from config.local.checkout import JSON, money
from config.local.checkout.messages import Answer
from config.local.checkout.orders import Line, Order
from config.local.checkout.webhooks import Letter

DECLINED = "The card was declined. Nothing was paid; try again, or go back."
ALL = '<p class="all"><a href="/">All sessions</a></p>'
STATES = {"open": "Not paid yet", "complete": "Paid", "expired": "Expired"}


def page(title: str, body: str, *, status: int = 200, leads_to: Iterable[str] = ()) -> Answer:
    """`leads_to` are the origins that a form on the page may be redirected to."""
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": " ".join(["'self'", *leads_to]),
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "same-origin",
    }
    text = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{e(title)} · Stand-in for Stripe</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/checkout.css">
</head>
<body>
<header class="banner"><strong>Stand-in for Stripe.</strong> No money moves, and no card is asked for.</header>
<main>
{body}
</main>
</body>
</html>
"""
    return Answer(text, status, headers=headers)


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def sentence(title: str, text: str, *, status: int = 200, link: str = "", label: str = "") -> Answer:
    way_on = f'<p><a class="button" href="{e(link)}">{e(label)}</a></p>' if link else ""
    return page(title, f'<div class="card"><h1>{e(title)}</h1><p>{e(text)}</p>{way_on}</div>', status=status)


def refusal(text: str, *, status: int) -> Answer:
    return sentence("That does not work", text, status=status, link="/", label="All sessions")


def pay(session: JSON, order: Order, *, problem: str = "") -> Answer:
    """The page that stands where Stripe's own would."""
    first = order.lines[0]
    total = money.shown(order.total, order.currency)
    often = money.rhythm(first.interval, first.interval_count)
    title = first.name if len(order.lines) == 1 else f"{first.name} and {len(order.lines) - 1} more"
    about = f"<p>{e(first.description)}</p>" if first.description else ""
    back = f'<a class="back" href="{e(order.cancel_url)}">Back without paying</a>' if order.cancel_url else ""
    body = f"""<div class="card">
{f'<p class="problem" role="alert">{e(problem)}</p>' if problem else ""}
<h1><span class="what">{e(title)}</span> <span class="price">{e(total)} <small>{e(often)}</small></span></h1>
{about if len(order.lines) == first.quantity == 1 else _lines(order.lines)}
<div class="choices">
{_choice(session, "pay", f"Pay {total}", "", kind="primary")}
{_choice(session, "pay-twice", "Pay twice", "Paid once, but the event that tells of it is sent twice.")}
{_choice(session, "decline", "Decline the card", "Nothing is paid, and no event is sent.")}
</div>
{back}
</div>
{_aside(order)}
{ALL}"""
    leads_to = dict.fromkeys(origin(url) for url in (order.success_url, order.cancel_url) if url)
    return page(f"Pay {total}", body, status=402 if problem else 200, leads_to=leads_to)


def _choice(session: JSON, verb: str, label: str, hint: str, *, kind: str = "") -> str:
    note = f'<span class="hint" id="{verb}-hint">{e(hint)}</span>' if hint else ""
    described = f' aria-describedby="{verb}-hint"' if hint else ""
    return (
        f'<form method="post" action="/pay/{e(session["id"])}/{verb}">'
        f'<button class="button {kind}"{described}>{e(label)}</button>{note}</form>'
    )


def _lines(lines: Iterable[Line]) -> str:
    rows = "".join(
        f"<tr><th scope=row>{e(line.name)}<small>{e(line.description)}</small></th>"
        f"<td>{line.quantity:,}</td><td>{e(money.shown(line.total, line.currency))}</td></tr>"
        for line in lines
    )
    return (
        "<table><thead><tr><th scope=col>What</th><th scope=col>Quantity</th><th scope=col>Price</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _aside(order: Order) -> str:
    """For whom this is, as the shop told Stripe: who looks for an error finds the ids here."""
    told = {"Reference": order.client_reference_id, "E-mail": order.customer_email, **order.metadata}
    rows = "".join(f"<dt>{e(name)}</dt><dd>{e(value)}</dd>" for name, value in told.items() if value)
    return f"<details><summary>What the shop sent along</summary><dl>{rows}</dl></details>" if rows else ""


def receipt(title: str, number: str, amount: int, currency: str, at: int, lines: Iterable[str]) -> Answer:
    items = "".join(f"<li>{e(line)}</li>" for line in lines)
    body = f"""<div class="card">
<h1><span class="what">{e(title)}</span> <span class="price">{e(money.shown(amount, currency))}</span></h1>
<ul class="plain">{items}</ul>
<dl><dt>Number</dt><dd>{e(number)}</dd><dt>Date</dt><dd>{day(at)}</dd></dl>
</div>
{ALL}"""
    return page(title, body)


def day(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%-d %B %Y}"


def listing(entries: Iterable[str], letters: Iterable[Letter]) -> Answer:
    found = "".join(entries)
    about = "<p>Play here what a bank, a customer or the calendar would do.</p>"
    empty = "<p>Nobody has come to pay yet. Buy something in the shop, and it shows here.</p>"
    sent = "".join(_letter(letter) for letter in letters)
    events = (
        '<h2>Events sent</h2><div class="card"><table><thead><tr><th scope=col>Event</th><th scope=col>Answer</th>'
        f"</tr></thead><tbody>{sent}</tbody></table></div>"
        if sent
        else ""
    )
    body = f"<h1>Checkout sessions</h1>{f'{about}<ol class=sessions>{found}</ol>' if found else empty}{events}"
    return page("Checkout sessions", body)


def entry(session: JSON, order: Order, charge: JSON | None, subscription: JSON | None) -> str:
    """One session in the list, with the buttons that make sense now."""
    buttons = "".join(
        f'<form method="post" action="/sessions/{e(session["id"])}/{verb}"><button class="button" '
        f'aria-describedby="{e(session["id"])}">{label}</button></form>'
        for verb, label in possible(session, charge, subscription)
    )
    link = f'<a class="button primary" href="/pay/{e(session["id"])}">Open the page to pay</a>'
    first = order.lines[0]
    price = f"{money.shown(order.total, order.currency)} {money.rhythm(first.interval, first.interval_count)}"
    return (
        f'<li class="card"><h2 id="{e(session["id"])}">{e(first.name)}</h2>'
        f'<p>{e(price)} · {e(state(session, charge, subscription))}</p><p class="id">{e(session["id"])}</p>'
        f'<div class="row">{link if session["status"] == "open" else ""}{buttons}</div></li>'
    )


def possible(session: JSON, charge: JSON | None, subscription: JSON | None) -> list[tuple[str, str]]:
    if session["status"] == "open":
        return [("expire", "Let it expire")]
    found = []
    if charge and not charge["disputed"] and not charge["refunded"]:
        found += [("refund", "Refund"), ("charge-back", "Charge back")]
    if subscription and subscription["status"] == "active":
        ending = subscription["cancel_at_period_end"]
        found += [("renew", "End the period" if ending else "Renew"), ("cancel", "Cancel subscription")]
    return found


def state(session: JSON, charge: JSON | None, subscription: JSON | None) -> str:
    words = [STATES[session["status"]]]
    if charge and charge["disputed"]:
        words.append("charged back")
    elif charge and charge["refunded"]:
        words.append("refunded")
    elif charge and charge["amount_refunded"]:
        words.append(f"{money.shown(charge['amount_refunded'], charge['currency'])} refunded")
    if subscription and subscription["status"] == "canceled":
        words.append("subscription cancelled")
    elif subscription:
        end = day(subscription["items"]["data"][0]["current_period_end"])
        words.append(f"{'ends' if subscription['cancel_at_period_end'] else 'renews'} on {end}")
    return ", ".join(words)


def _letter(letter: Letter) -> str:
    said = letter.answer or "on its way"
    if not letter.arrived and letter.attempts > 1:
        said += f", {letter.attempts} attempts"
    kind = "" if letter.arrived or not letter.answer else " class=problem"
    return f"<tr><th scope=row>{e(letter.event['type'])}</th><td{kind}>{e(said)}</td></tr>"
