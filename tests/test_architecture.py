"""The house rules that a machine can read: who may import whom, and what a folder may hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
FLOORS = ["agencies", "workspaces", "billing", "chatbots", "config"]  # from the ground up
BAGS = {"utils", "helpers", "common", "core", "services", "mixins", "managers"}
KNOW_HTTP = {"access", "unfinished", "pages", "limits", "switcher", "admin", "forms", "accounts", "urls", "views"}


# What talks to other machines, and who may: the fetcher, the model's client, Stripe's, and the local run's own servers.
TALKERS = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "requests",
    "aiohttp",
    "urllib3",
    "urllib.request",
    "http.client",
)
TALKERS += ("socket", "ftplib", "openai", "stripe", "trafilatura.downloads", "trafilatura.fetch_url")
MAY_TALK = {
    "chatbots/knowledge/fetching/": {"httpcore2", "httpx2", "socket"},
    "chatbots/answers/llm.py": {"openai", "httpx2"},
    "billing/checkout.py": {"stripe"},
    "billing/webhooks.py": {"stripe"},
    "config/local/": {"socket", "urllib.request", "http.client", "stripe"},
}


def modules() -> Iterator[Path]:
    for floor in FLOORS:
        yield from sorted((HOUSE / floor).rglob("*.py"))


def of(module: Path) -> str:
    return str(module.relative_to(HOUSE))


def imports(module: Path) -> Iterator[str]:
    """Every module that this one imports, inside functions and under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = ".".join(module.relative_to(HOUSE).parts[: -node.level]) if node.level else ""
            package = ".".join(filter(None, [inside, node.module]))
            yield from (f"{package}.{name.name}" for name in node.names)


def is_domain(module: Path) -> bool:
    parts = {part.removesuffix(".py") for part in module.relative_to(HOUSE).parts}
    return "config" not in parts and "migrations" not in parts and not parts & KNOW_HTTP


def test_there_is_a_house_to_look_at() -> None:
    floors = {module.relative_to(HOUSE).parts[0] for module in modules()}
    assert floors == set(FLOORS)
    assert sum(is_domain(module) for module in modules()) > 20


def test_an_app_imports_itself_and_the_floors_below_it_only() -> None:
    upwards = [
        f"{of(module)} imports {name}"
        for module in modules()
        for name in imports(module)
        if name.split(".")[0] in FLOORS[FLOORS.index(module.relative_to(HOUSE).parts[0]) + 1 :]
    ]
    assert upwards == []


def test_no_app_imports_the_tests() -> None:
    assert [of(module) for module in modules() for name in imports(module) if name.split(".")[0] == "tests"] == []


def test_domain_modules_know_no_http() -> None:
    http = ("django.http", "django.shortcuts", "django.urls.resolvers", "django.views", "django_htmx")
    knowing = [
        f"{of(module)} imports {name}"
        for module in modules()
        if is_domain(module)
        for name in imports(module)
        if name.startswith(http)
    ]
    assert knowing == []


def test_a_view_is_imported_by_urls_only() -> None:
    callers = [
        f"{of(module)} imports {name}"
        for module in modules()
        if module.name != "urls.py" and "views" not in of(module)
        for name in imports(module)
        if "views" in name.split(".") and name.split(".")[0] in FLOORS
    ]
    assert callers == []


def test_there_are_no_bags() -> None:
    assert [of(module) for module in modules() if {*module.with_suffix("").relative_to(HOUSE).parts} & BAGS] == []


def test_there_are_no_signals() -> None:
    listening = [of(module) for module in modules() for name in imports(module) if "signals" in name.split(".")]
    assert listening == []


def test_no_model_overrides_save() -> None:
    overriding = [
        f"{of(module)}: {kind.name}.{method.name}"
        for module in modules()
        if module.name == "models.py"
        for kind in ast.walk(ast.parse(module.read_text()))
        if isinstance(kind, ast.ClassDef)
        for method in kind.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete"}
    ]
    assert overriding == []


def test_only_the_named_places_talk_to_other_machines() -> None:
    talking = [
        f"{of(module)} imports {name}"
        for module in modules()
        for name in imports(module)
        if any(f"{name}.".startswith(f"{talker}.") and not may_talk(module, talker) for talker in TALKERS)
    ]
    assert talking == []


def may_talk(module: Path, talker: str) -> bool:
    return any(of(module).startswith(place) and talker in talkers for place, talkers in MAY_TALK.items())


def test_the_process_that_reads_knows_nothing_of_the_house() -> None:
    inside = HOUSE / "chatbots/knowledge/reading"
    known = {
        name for module in inside.glob("*.py") for name in imports(module) if name.split(".")[0] in {"django", *FLOORS}
    }
    assert {name for name in known if not name.startswith("chatbots.knowledge.reading")} == set()
