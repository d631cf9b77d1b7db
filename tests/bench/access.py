"""What finding a person's workspaces costs beside SQL by hand, and whether it grows with what they reach."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.test import override_settings

from agencies.models import Agency, User
from chatbots.models import Chatbot
from tests.bench import by_hand, database, pages, population, rounds
from tests.bench.population import Person
from workspaces import switcher
from workspaces.models import Membership, Workspace, WorkspaceUserObjectPermission

ROUNDS, PAGE_ROUNDS = 60, 10
MARKS = {"list_vs_sql": 3, "list_growth": 2, "search_vs_sql": 3, "search_growth": 2, "query_growth": 0, "checks": 3}
NO_STATIC_FILES = {
    "STORAGES": {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    "STATIC_ROOT": None,
}
Ways = dict[str, Callable[[], Any]]


def main() -> None:
    print("Making 10,000 users, their workspaces and 100,000 chatbots takes a minute or two ...", flush=True)
    with database.of_its_own("access"), override_settings(**NO_STATIC_FILES):
        people = population.make()
        database.settle()
        show_what_there_is()
        figures = listed(people, "list", searched=False) | listed(people, "search", searched=True) | opened(people)
    show_figures(figures)


def show_what_there_is() -> None:
    models = {"users": User, "agencies": Agency, "workspaces": Workspace, "chatbots": Chatbot}
    models |= {"memberships": Membership, "grants": WorkspaceUserObjectPermission}
    closed = Workspace.objects.exclude(archived_at=None).count()
    small, *larger = (f"{size:,}" for size in population.SIZES)
    print("\n" + ", ".join(f"{model.objects.count():,} {name}" for name, model in models.items()) + ".")
    print(f"Agencies have {' and '.join(larger)} open workspaces, the {population.OTHERS + 1:,} others {small} each;")
    print(f"for ten open ones there is one archived, {closed:,} in all. The contacts are in the largest agency.")


def listed(people: list[Person], what: str, *, searched: bool) -> dict[str, float]:
    """Time the switcher's first page for each person in all ways, in turn; return its two figures."""
    ways = {person: ways_of(person, person.workspace.name.swapcase() if searched else "") for person in people}
    for person in people:
        compare(person, ways[person])
    calls = {f"{way} {person}": call for person in people for way, call in ways[person].items()}
    times = rounds.in_turn(calls, rounds=ROUNDS)
    show_lists(people, times, "The switcher's first page" + (", searched for one name" if searched else ""))
    least, *_, most = (f"ours {person}" for person in people if person.is_staff)
    return {
        f"{what}_vs_sql": max(rounds.ratio(times, f"ours {person}", f"steps {person}") for person in people),
        f"{what}_growth": rounds.ratio(times, most, least),
    }


def show_lists(people: list[Person], times: rounds.Times, title: str) -> None:
    print(f"\n{title}: milliseconds, medians of {ROUNDS} rounds in turn")
    print(f"  {'reaches':16}{'ours':>8}{'SQL by hand':>14}{'ratio':>8}{'one statement':>16}{'ratio':>8}")
    for person in people:
        ours, steps, once = (rounds.milliseconds(times, f"{way} {person}") for way in ("ours", "steps", "once"))
        to_steps, to_once = (rounds.ratio(times, f"ours {person}", f"{way} {person}") for way in ("steps", "once"))
        print(f"  {person!s:16}{ours:8.2f}{steps:14.2f}{to_steps:8.2f}{once:16.2f}{to_once:8.2f}")


def ways_of(person: Person, name: str) -> Ways:
    """Bureau's own way, and the same rows by hand: with the same three questions, and in one statement."""
    return {
        "ours": lambda: switcher.find(switcher.scope_of(person.user), name=name),
        "steps": partial(by_hand.in_steps, person.user.pk, name),
        "once": partial(by_hand.at_once, person.user.pk, name),
    }


def compare(person: Person, ways: Ways) -> None:
    """Raises unless all ways find the same rows, with the same columns, in the same order."""
    connection.ensure_connection()
    columns = [field.attname for field in Workspace._meta.concrete_fields]
    ours = [tuple(getattr(workspace, column) for column in columns) for workspace in ways["ours"]().workspaces]
    for way in ("steps", "once"):
        if not ours or ours != ways[way]()[: switcher.PAGE]:
            raise RuntimeError(f"{person}: Bureau and SQL by hand ({way}) do not find the same workspaces")


def opened(people: list[Person]) -> dict[str, float]:
    """Count and time whole pages; return how many queries the largest agency adds, and how many check permissions."""
    checks = max(pages.checks(person) for person in people)
    browsers = [pages.Browser(person) for person in people]
    counts, staff = pages.counted(browsers), sum(person.is_staff for person in people)
    show_pages(browsers, counts)
    return {"query_growth": max(max(n[:staff]) - min(n[:staff]) for n in counts.values()), "checks": checks}


def show_pages(browsers: list[pages.Browser], counts: dict[str, list[int]]) -> None:
    print(f"\nWhole pages: queries / milliseconds, medians of {PAGE_ROUNDS} rounds in turn")
    print(f"  {'page':24}" + "".join(f"{each.person!s:>16}" for each in browsers))
    for name, numbers in counts.items():
        calls = {str(each.person): each.pages()[name] for each in browsers if name in each.pages()}
        times = rounds.in_turn(calls, rounds=PAGE_ROUNDS)
        cells = zip(numbers, times, strict=True)
        print(f"  {name:24}" + "".join(f"{n} / {rounds.milliseconds(times, who):.1f}".rjust(16) for n, who in cells))


def show_figures(figures: dict[str, float]) -> None:
    print("With fewer than nine workspaces the recent ones have no list, nor the query for it.")
    print("\nvs_sql: the worst ratio of all people to SQL by hand, which asks the same three questions; one statement")
    print("finds the page without the agencies that the switcher shows too. growth: staff of 10,000 to staff of 10.\n")
    for name, figure in figures.items():
        met = "" if figure <= MARKS[name] else ", missed"
        print(f"  {name:16}{figure:6.2f}   mark: at most {MARKS[name]}{met}")
    print()
    for name, figure in figures.items():
        print(f"figure: access {name} = {round(figure, 2):g}")


if __name__ == "__main__":
    main()
