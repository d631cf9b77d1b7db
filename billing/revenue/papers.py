"""A closed month on paper: the cells of its sheet, whose bytes are the same whenever it is asked for."""

from collections.abc import Iterator

from billing import money
from billing.models import Statement, StatementLine

HEADER = ("Client", "What", "From", "To", "Line", "Quantity", "Units", "Revenue", "Cost", "Currency")
MOST = 20_000  # lines on a page to print


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
