"""A closed month on paper: its sheet and its document. Both have the same bytes whenever they are asked for."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from agencies.documents import Document
from billing import money
from billing.models import Statement, StatementLine
from billing.revenue.sums import per_cent

HEADER = ("Client", "What", "From", "To", "Line", "Quantity", "Units", "Revenue", "Cost", "Currency")
MOST = 20_000  # lines on a page to print
MOST_IN_FULL, MOST_CLIENTS = 200, 200  # lines and clients of a document: a page of them takes a while to draw
PARTS = ("units", "revenue", "cost")


def cells(statement: Statement) -> Iterator[list[object]]:
    """Each line, and last what they add up to. Amounts have all digits of the currency."""
    for line in statement.lines.iterator(chunk_size=2000):
        yield cells_of(line, statement.currency)
    sums = [money.major(amount, statement.currency) for amount in (statement.revenue, statement.cost)]
    days = [statement.start.date().isoformat(), statement.last_day.date().isoformat()]
    yield ["Total", "", *days, "", "", statement.units, *sums, statement.currency]


def cells_of(line: StatementLine, currency: str) -> list[object]:
    return [
        line.name,
        line.get_kind_display(),
        line.first.isoformat(),
        line.last.isoformat(),
        line.words,
        line.quantity,
        line.units,
        money.major(line.revenue, currency),
        money.major(line.cost, currency),
        currency,
    ]


def document(statement: Statement) -> bytes:
    """The month as PDF: sums, what the pool cost, clients, and the lines of a month that has not too many."""
    brand, currency = statement.agency.name, statement.currency
    paper = Document(title=f"{days_of(statement)}: money", brand=brand, made_at=statement.closed_at)
    paper.figures((name.title(), shown(getattr(statement, name), currency)) for name in ("revenue", "cost", "profit"))
    paper.paragraph(
        f"Month {statement.number}, closed by {statement.closed_by}. {statement.units:,} units.", muted=True
    )
    if statement.commission or statement.tier:
        rate = f"{statement.tier}, {per_cent(statement.rate)} of {shown(statement.referred, currency)}"
        paper.paragraph(f"Commission, payable by Bureau: {shown(statement.commission, currency)} ({rate}).")
    items = [(each.words, shown(each.amount, currency)) for each in statement.costs.all()]
    if items:
        paper.heading("What the pool costs")
        paper.table(("Shared by units", "Amount"), items)
    write_clients(paper, statement)
    write_lines(paper, statement)
    return paper.to_bytes()


def write_clients(paper: Document, statement: Statement) -> None:
    """A row for each client: what all of its lines add up to. Of very many the smallest ones stand in one row."""
    every = statement.lines.values("workspace_id", "name").order_by("name", "workspace_id")
    totals: Any = every.annotate(**{part: Sum(part) for part in PARTS}).values_list("name", *PARTS)
    rows = sorted(totals, key=lambda row: -row[2])
    shown_rows, rest = sorted(rows[:MOST_CLIENTS]), rows[MOST_CLIENTS:]
    if rest:
        sums = [sum(part) for part in list(zip(*rest, strict=True))[1:]]
        shown_rows.append((f"{len(rest):,} more, in the sheet", *sums))
    paper.heading("Clients")
    paper.table(
        ("Client", "Units", "Revenue", "Cost", "Profit"),
        [amounts(name, units, revenue, cost, statement.currency) for name, units, revenue, cost in shown_rows],
        total=amounts("All", statement.units, statement.revenue, statement.cost, statement.currency),
    )


def write_lines(paper: Document, statement: Statement) -> None:
    if statement.lines.count() > MOST_IN_FULL:
        paper.paragraph("The lines of each client are in the CSV sheet of this month.", muted=True)
        return
    paper.heading("Lines")
    rows = [
        (line.name, f"{line.first:%-d %b} – {line.last:%-d %b}: {line.words}", *shown_parts(line, statement.currency))
        for line in statement.lines.all()
    ]
    paper.table(("Client", "Line", "Revenue", "Cost"), rows, numbers_from=2, widths=(3, 6, 2, 2))


def shown_parts(line: StatementLine, currency: str) -> tuple[str, str]:
    revenue, cost = (shown(amount, currency) if amount else "" for amount in (line.revenue, line.cost))
    return revenue, cost


def amounts(name: str, units: int, revenue: int, cost: int, currency: str) -> tuple[str, ...]:
    return (name, f"{units:,}", *(shown(amount, currency) for amount in (revenue, cost, revenue - cost)))


def shown(amount: int, currency: str) -> str:
    return ("−" if amount < 0 else "") + money.shown(abs(amount), currency)


def days_of(statement: Statement) -> str:
    return f"{statement.start:%-d %B} – {statement.last_day:%-d %B %Y}"
