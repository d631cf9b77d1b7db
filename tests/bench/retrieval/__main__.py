"""`python -m tests.bench.retrieval`: measures, then prints a table and the figures."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median, quantiles
from time import perf_counter

import bm25s

from chatbots.knowledge import indexes, retrieval
from chatbots.models import Chatbot, Passage
from tests.bench.retrieval import databases
from tests.bench.retrieval.databases import LOOKED_AT, Database, Writer

SIZES, LARGE = (1_000, 10_000, 100_000), 20_000
ROUNDS, QUESTIONS, ASKED_WORDS = 7, 30, 8
MARKS = {"p50_10000": 1.5, "p95_10000": 1.5, "p50_100000": 1.5, "p95_100000": 1.5, "first_100000": 1.5, "vs_bm25s": 5}
Times = dict[str, list[list[float]]]  # by way, and by round


def main() -> None:
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    with ExitStack() as stack:
        print("Making databases with up to 100,000 passages takes some minutes ...", flush=True)
        made = {size: stack.enter_context(databases.of_its_own(size)) for size in SIZES}
        large = stack.enter_context(databases.of_its_own(SIZES[-1], large=LARGE))
        found, first = grown(made)
        alone, size = beside(large)
    figures = {}
    for more in SIZES[1:]:
        figures |= {f"p{part}_{more}": ratio(found, more, SIZES[0], part) for part in (50, 95)}
    figures["first_100000"] = ratio(first, SIZES[-1], SIZES[0], 50)
    figures["vs_bm25s"] = median(median(a) / median(b) for a, b in zip(alone["ours"], alone["bm25s"], strict=True))
    show(found, first, alone, size)
    show_figures(figures)


def grown(made: dict[int, Database]) -> tuple[dict[int, list[list[float]]], dict[int, list[list[float]]]]:
    """Seconds of each question, and of each chatbot's first one, which makes its index; by size, and by round."""
    found: dict[int, list[list[float]]] = {size: [] for size in made}
    first: dict[int, list[list[float]]] = {size: [] for size in made}
    for turn in range(ROUNDS):
        for size in list(made)[:: -1 if turn % 2 else 1]:
            made[size].use()
            bots = list(Chatbot.objects.filter(pk__in=made[size].chatbots))
            first[size].append([seconds(lambda bot=bot: retrieval.search(bot, "bake lino")) for bot in bots])
            writer = Writer(turn)
            asked = [(bot, writer.text(ASKED_WORDS)) for bot in bots for _ in range(QUESTIONS)]
            found[size].append([seconds(lambda one=one: retrieval.search(*one)) for one in asked])
    return found, first


def beside(large: Database) -> tuple[Times, int]:
    """The same questions to a chatbot of LARGE passages, and to bm25s over its words in memory; its index's bytes."""
    large.use()
    bot = Chatbot.objects.get(pk=large.chatbots[-1])
    ranking = bm25s.BM25()
    texts = list(Passage.objects.filter(chatbot=bot).values_list("text", flat=True))
    ranking.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    took = seconds(lambda: retrieval.search(bot, "bake lino"))
    print(f"The index of {len(texts):,} passages was made in {took:.1f} s.", flush=True)

    def plain(question: str) -> object:
        return ranking.retrieve(bm25s.tokenize(question, show_progress=False), k=4, show_progress=False)

    times: Times = {"ours": [], "bm25s": []}
    ways: dict[str, Callable[[str], object]] = {"ours": lambda text: retrieval.search(bot, text), "bm25s": plain}
    for turn in range(ROUNDS):
        writer = Writer(turn)
        asked = [writer.text(ASKED_WORDS) for _ in range(QUESTIONS)]
        for way in list(ways)[:: -1 if turn % 2 else 1]:
            times[way].append([seconds(lambda text=text, way=way: ways[way](text)) for text in asked])
    index = indexes.of(bot)
    return times, index.size if index else 0


def seconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def at(part: int, times: list[float]) -> float:
    return quantiles(times, n=100)[part - 1]


def ratio(times: dict[int, list[list[float]]], size: int, to: int, part: int) -> float:
    return median(at(part, one) / at(part, other) for one, other in zip(times[size], times[to], strict=True))


def show(found: dict[int, list[list[float]]], first: dict[int, list[list[float]]], alone: Times, size: int) -> None:
    print(f"\nMilliseconds of a question to {LOOKED_AT} chatbots with {databases.EACH} passages each, {ROUNDS} rounds")
    print(f"  {'passages in all':>16}{'p50':>10}{'p95':>10}{'first, which makes the index':>32}")
    for each in found:
        p50, p95, new = (
            1000 * median(values)
            for values in (
                [at(50, times) for times in found[each]],
                [at(95, times) for times in found[each]],
                [at(50, times) for times in first[each]],
            )
        )
        print(f"  {each:16,}{p50:10.2f}{p95:10.2f}{new:32.1f}")
    ours, plain = (1000 * median(map(median, alone[way])) for way in ("ours", "bm25s"))
    print(
        f"\nA chatbot of {LARGE:,} passages: {ours:.2f} ms with its queries, bm25s over words in memory {plain:.2f} ms."
    )
    print(f"Its index takes {size / 2**20:.0f} MB.")


def show_figures(figures: dict[str, float]) -> None:
    print("\nRatios, medians of the rounds: to 1,000 passages in the database, and to bm25s in memory.\n")
    for name, figure in figures.items():
        print(f"  {name:16}{figure:6.2f}   mark: at most {MARKS[name]}{'' if figure <= MARKS[name] else ', missed'}")
    print()
    for name, figure in figures.items():
        print(f"figure: retrieval {name} = {round(figure, 2):g}")


if __name__ == "__main__":
    main()
