"""`python -m tests.bench.streaming`: measures, then prints a table and the figures."""

import asyncio
import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import django

django.setup()

from billing import invariants as units  # noqa: E402
from billing.models import Hold  # noqa: E402
from chatbots import invariants as talks  # noqa: E402
from chatbots.models import Chatbot, Message  # noqa: E402
from tests import conftest, servers  # noqa: E402
from tests.bench import database  # noqa: E402
from tests.bench.streaming import visitors  # noqa: E402

STREAMS, ROUNDS, PAGES, QUESTIONS = 300, 3, 40, 40
QUESTION = "When does the bakery open in the morning?"
MARKS = {"page_under_streams": 2, "first_words_vs_page": 10, "first_words_ms": 200, "threads_per_stream": 0.1}
Times = list[float]


def main() -> None:
    with database.of_its_own("streaming"):
        bots = furnish()
        with door() as (origin, _):
            words, pages = first_words(origin, bots.pop())
        rounds, (before, during) = crowds(bots)
        refuse_breaches()
    show(words, pages, rounds, before, during)
    busy = [median(busy) / median(idle) for idle, busy in rounds]
    figures = {
        "page_under_streams": median(busy),
        "first_words_vs_page": median(words) / median(pages),
        "first_words_ms": 1000 * median(words),
        "threads_per_stream": (during - before) / STREAMS,
    }
    show_figures(figures)


def furnish() -> list[Chatbot]:
    """One for each crowd, since a chatbot answers so many questions a minute, and one for the first words."""
    conftest.fill_catalogue()
    northwind = conftest.agency(conftest.person("Ada"), "Northwind", conftest.person("Sam", is_staff=True))
    bakery = conftest.client_workspace(northwind, "Bakery")
    type(northwind).objects.update(message_limit=None, source_limit=None, chatbot_limit=None)
    bots = [conftest.chatbot(bakery, f"Baker {number}") for number in range(ROUNDS + 2)]
    for bot in bots:
        conftest.teach(bot, "Opening hours", "The bakery opens at seven in the morning and closes at six.")
        for number in range(20):
            conftest.teach(bot, f"Recipe {number}", f"Bread number {number} takes flour, salt and {number} hours.")
    return bots


@contextmanager
def door(**settings: str) -> Iterator[tuple[str, int]]:
    """The public door behind one trusted proxy: each visitor of the benchmark has an address."""
    with servers.public_door(TRUSTED_PROXY_COUNT="1", DEBUG="false", STATIC_ROOT=static(), **settings) as opened:
        yield opened


def static() -> str:
    """Collected files, as in production."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    return str(settings.STATIC_ROOT)


def first_words(origin: str, bot: Chatbot) -> tuple[Times, Times]:
    """Seconds to the first words of an embedded answer, and to the chat page, in turn."""
    words, pages = [], []
    for turn in range(QUESTIONS + 5):
        page, stream = timed_pages(origin, bot, 1), asyncio.run(asked(origin, bot))
        if turn >= 5:  # the first ones warm up
            pages += page
            words.append(stream)
    return words, pages


async def asked(origin: str, bot: Chatbot) -> float:
    stream = await visitors.ask(origin, bot.public_id, QUESTION)
    if b"event: turn" not in await stream.rest():
        raise RuntimeError("An answer did not come to its end.")
    return stream.waited


def crowds(bots: list[Chatbot]) -> tuple[list[tuple[Times, Times]], tuple[int, int]]:
    """Of each round, the page's times while nobody streams and while all do; and the process's threads."""
    rounds, seen = [], (0, 0)
    with provider() as model, door(LLM_BASE_URL=f"{model}/v1", LLM_API_KEY="a key", LLM_TIMEOUT="240") as (origin, pid):
        for turn, bot in enumerate(bots):
            idle, before = timed_pages(origin, bot, PAGES), threads_of(pid)
            busy, during = asyncio.run(under_streams(origin, bot, model, pid))
            if turn:  # the first one warms up
                rounds.append((idle, busy))
                seen = (before, during)
                print(f"  round {turn} of {ROUNDS}", flush=True)
    return rounds, seen


async def under_streams(origin: str, bot: Chatbot, model: str, pid: int) -> tuple[Times, int]:
    """The page's times, and the process's threads, while STREAMS answers are coming."""
    streams = await visitors.crowd(origin, bot.public_id, QUESTION, people=STREAMS)
    reading = [asyncio.create_task(stream.rest()) for stream in streams]
    await asyncio.sleep(2)  # the threads that asked the database have ended
    seen = await asyncio.to_thread(lambda: (timed_pages(origin, bot, PAGES), threads_of(pid)))
    if ended := sum(task.done() for task in reading):
        raise RuntimeError(f"{ended} of {STREAMS} streams ended while the page was timed.")
    await asyncio.to_thread(tell_to_end, model)
    whole = sum(b"event: turn" in told for told in await asyncio.gather(*reading))
    if whole != STREAMS:
        raise RuntimeError(f"{whole} of {STREAMS} streams came to their end.")
    return seen


def timed_pages(origin: str, bot: Chatbot, times: int) -> Times:
    """Seconds of the chat page, one after another on one connection."""
    client, taken = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=60), []
    for _ in range(times):
        began = perf_counter()
        client.request("GET", f"/c/{bot.public_id}/")
        answer = client.getresponse()
        body = answer.read()
        taken.append(perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"The chat page answered {answer.status}: {body[:300]!r}")
    client.close()
    return taken


@contextmanager
def provider() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.streaming.model"]
    process = subprocess.Popen(command, cwd=servers.HOUSE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


def tell_to_end(model: str) -> None:
    client = http.client.HTTPConnection(urlsplit(model).netloc, timeout=60)
    client.request("GET", "/")
    client.getresponse().read()
    client.close()


def threads_of(pid: int) -> int:
    """Of the server and the process that works for it."""
    parents = {stat.name: stat.joinpath("stat").read_text().rpartition(")")[2].split()[1] for stat in processes()}
    family = [str(pid), *(child for child, parent in parents.items() if parent == str(pid))]
    return sum(len(list(Path("/proc", each, "task").iterdir())) for each in family)


def processes() -> Iterator[Path]:
    return (path for path in Path("/proc").glob("[0-9]*") if path.joinpath("stat").exists())


def refuse_breaches() -> None:
    """Every answer is stored and charged once, or the measurement is worth nothing."""
    expected = QUESTIONS + 5 + STREAMS * (ROUNDS + 1)
    answered, held = Message.objects.filter(author="ai").count(), Hold.objects.filter(settled_at=None).count()
    breaches = [*units.breaches(), *talks.breaches()]
    if (answered, held, breaches) != (expected, 0, []):
        raise RuntimeError(f"{answered} of {expected} answers are stored, {held} holds are open: {breaches[:3]}")


def show(words: Times, pages: Times, rounds: list[tuple[Times, Times]], before: int, during: int) -> None:
    print(f"\nOne process of the public door, {STREAMS} answers streaming at a time, {ROUNDS} rounds of {PAGES} pages")
    print(f"  {'milliseconds':34}{'median':>10}{'95 %':>10}")
    quiet, busy = ([time for each in rounds for time in each[which]] for which in (0, 1))
    rows = {
        "the chat page, nobody streaming": quiet,
        f"the chat page, {STREAMS} streaming": busy,
        "the chat page, between questions": pages,
        "first words of an embedded answer": words,
    }
    for name, times in rows.items():
        print(f"  {name:34}{1000 * median(times):10.1f}{1000 * sorted(times)[int(len(times) * 0.95)]:10.1f}")
    print(f"\nThreads of the server: {before} before, {during} while {STREAMS} stream.")


def show_figures(figures: dict[str, float]) -> None:
    print()
    for name, figure in figures.items():
        print(f"  {name:22}{figure:8.2f}   mark: at most {MARKS[name]}{'' if figure <= MARKS[name] else ', missed'}")
    print()
    for name, figure in figures.items():
        print(f"figure: streaming {name} = {round(figure, 2):g}")


if __name__ == "__main__":
    main()
