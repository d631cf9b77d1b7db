"""The environment variables Bureau's processes get. What the person has set already wins."""

from collections.abc import Mapping
from pathlib import Path

from config.local import folders
from config.local.options import Options

PAYMENTS = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")
LOGINS = "demo-logins.txt"
STATIC = "static"
LONG_ENOUGH = "tests-only-" + "0123456789" * 4


def for_serving(options: Options, environ: Mapping[str, str], *, demo: bool) -> dict[str, str]:
    """For `make demo` and `make run`."""
    offered = {
        "CONSOLE_URL": options.console_url,
        "PUBLIC_URL": options.public_url,
        **_in_folder(options.data, environ),
    }
    if not environ.get("SECRET_KEY"):
        offered["SECRET_KEY"] = folders.secret_key(options.data)
    if demo:
        offered |= {"DEMO": "1", "DEMO_LOGINS_FILE": str(options.data / LOGINS)}
        offered |= _closed("EMAIL_URL", *PAYMENTS)
    return _merge(offered, environ)


def for_tests(data: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """For commands that need the services but no doors."""
    offered = {
        "SECRET_KEY": LONG_ENOUGH,
        "CONSOLE_URL": "http://127.0.0.1:8000",
        "PUBLIC_URL": "http://127.0.0.1:8001",
        **_in_folder(data, environ),
        **_closed("EMAIL_URL", "LLM_BASE_URL", "LLM_API_KEY", *PAYMENTS),
    }
    return _merge(offered, environ)


def _in_folder(data: Path, environ: Mapping[str, str]) -> dict[str, str]:
    places = {"STATIC_ROOT": str(data / STATIC)}
    if not environ.get("EMAIL_URL"):
        places["MAILBOX"] = str(data / "mail")
    return places | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONUNBUFFERED": "1"}


def _closed(*names: str) -> dict[str, str]:
    """Set to nothing, so that a `.env` with real ones does not let demo data or tests reach real people or money."""
    return dict.fromkeys(names, "")


def _merge(offered: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    return {**environ, **{name: value for name, value in offered.items() if not environ.get(name)}}


def with_file(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """`environ`, and below it what `file` sets: `make run` has to know an address in `.env` before Django reads it."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return dict(environ)
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines if not line.strip().startswith("#"))
    written = {name.strip(): value.strip().strip("\"'") for name, equals, value in pairs if equals}
    return {**{name: value for name, value in written.items() if value}, **environ}
