"""`python -m tests.bench.pool`: measures, then prints a table and the figures."""

from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from statistics import median, quantiles

from tests.bench.pool import anchors, crews, databases, houses, sums

ROUNDS, SECONDS = 9, 2.0  # rounds of pairs in shuffled order; the length of one slice
HISTORY, LONG_HISTORY = 1_000_000, 10_000_000
MARKS = {
    "hold_hot": 1.35,
    "settle_hot": 1.35,
    "hold_one_vs_many": 0.9,
    "hold_vs_orm": 15,
    "refusal": 5,
    "hold_growth": 0.9,
    "rollup_growth": 1.2,
    "dashboard": 40,
}
AT_MOST = {"rollup_growth"}
PAIRS = {  # figure → (one way, the other); the figure is one's rate divided by the other's
    "hold_hot": ("hold", "pgbench hold"),
    "settle_hot": ("settle", "pgbench settle"),
    "hold_one_vs_many": ("hold", "hold of 100 agencies"),
    "hold_vs_orm": ("hold", "ORM hold"),
    "refusal": ("refused", "hold"),
    "hold_growth": ("hold after 10 million", "hold"),
}
Ways = dict[str, Callable[[float], float]]


def main() -> None:
    pgbench = anchors.find()
    with ExitStack() as stack:
        print("Making databases with 1 and 10 million ledger rows takes some minutes ...", flush=True)
        empty, some, many = (stack.enter_context(databases.of_its_own(rows)) for rows in (0, HISTORY, LONG_HISTORY))
        crew = stack.enter_context(crews.Crew(empty))
        later = stack.enter_context(crews.Crew(many))
        rates = in_turn(ways(pgbench, empty, crew, later))
        rollups, raw = sums.rollups(some, many, rounds=ROUNDS), sums.dashboard(many, rounds=ROUNDS)
    figures = {name: lower_quartile(rates[one], rates[other]) for name, (one, other) in PAIRS.items()}
    figures |= {"rollup_growth": upper_quartile(*rollups), "dashboard": lower_quartile(*raw)}
    show(rates, rollups, raw)
    show_figures(figures)


def ways(pgbench: anchors.Pgbench, empty: databases.Database, crew: crews.Crew, later: crews.Crew) -> Ways:
    """What is timed: each runs for so many seconds and returns operations a second."""
    return {
        "hold": lambda seconds: crew.run("hold", [houses.HOT], seconds),
        "pgbench hold": lambda seconds: pgbench.hold(empty, seconds),
        "hold of 100 agencies": lambda seconds: crew.run("hold", houses.HUNDRED, seconds),
        "ORM hold": lambda seconds: crew.run("orm", [houses.HOT], seconds),
        "refused": lambda seconds: crew.run("refused", [houses.EXHAUSTED], seconds),
        "settle": lambda seconds: crew.settle(seconds),
        "pgbench settle": lambda seconds: pgbench.settle(empty, seconds),
        "exchange": lambda seconds: crew.run("exchange", [houses.HOT], seconds),
        "hold after 10 million": lambda seconds: later.run("hold", [houses.HOT], seconds),
    }


def in_turn(ways: Ways) -> dict[str, list[float]]:
    """The rates of each way, a round after another, each in another order. The first round warms up and is dropped."""
    order, rates = Random(4), {name: [] for name in ways}  # type: ignore[var-annotated]
    for turn in range(ROUNDS + 1):
        for name in order.sample(list(ways), len(ways)):
            rate = ways[name](SECONDS)
            if turn:
                rates[name].append(rate)
        print(f"  round {turn} of {ROUNDS}", flush=True)
    return rates


def ratios(one: list[float], other: list[float]) -> list[float]:
    return [a / b for a, b in zip(one, other, strict=True)]


def lower_quartile(one: list[float], other: list[float]) -> float:
    return quantiles(ratios(one, other), n=4)[0]


def upper_quartile(one: list[float], other: list[float]) -> float:
    return quantiles(ratios(one, other), n=4)[2]


def show(rates: dict[str, list[float]], rollups: sums.Pair, raw: sums.Pair) -> None:
    print(f"\n8 callers on this machine, slices of {SECONDS:g} s, {ROUNDS} rounds: operations a second")
    print(f"  {'way':24}{'lowest':>10}{'median':>10}{'highest':>10}")
    for name, each in rates.items():
        print(f"  {name:24}{min(each):10,.0f}{median(each):10,.0f}{max(each):10,.0f}")
    after_many, after_some = (1000 * median(times) for times in rollups)
    print(f"\nRolling up 10,000 new rows: {after_some:.0f} ms after 1 million, {after_many:.0f} ms after 10 million.")
    from_rows, from_days = (1000 * median(times) for times in raw)
    print(f"30 days by workspace of 10 million rows: {from_rows:.1f} ms from rows, {from_days:.2f} ms from the rollup.")


def show_figures(figures: dict[str, float]) -> None:
    print("\nThe less favourable quartile of the rounds' ratios. `hold`, `settle` and `refused` are the product's own")
    print("calls; `exchange` is a hold and its settlement in a transaction; pgbench calls the migration's functions.\n")
    for name, figure in figures.items():
        mark, most = MARKS[name], name in AT_MOST
        met = "" if (figure <= mark if most else figure >= mark) else ", missed"
        print(f"  {name:18}{figure:8.2f}   mark: at {'most' if most else 'least'} {mark}{met}")
    print()
    for name, figure in figures.items():
        print(f"figure: pool {name} = {round(figure, 2):g}")


if __name__ == "__main__":
    main()
