"""What `make demo`, `make run` and `make test` do, from the first check to the last process ended."""

import functools
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.local import broker, doors, environment, folders, leftovers, options, postgres, progress, sockets, standin
from config.local.options import CHECKOUT, Options
from config.local.processes import Supervisor
from config.local.spawning import Command
from config.local.standin import StandIn

READY_SECONDS = 60.0


def demo() -> None:
    """Serve Bureau with demo data until told to stop."""
    _serve(options.read("demo", os.environ), os.environ, demo=True)


def run() -> None:
    """Serve Bureau with the person's own data until told to stop."""
    environ = environment.with_file(os.environ, CHECKOUT / ".env")
    _serve(options.read("run", environ), environ, demo=False)


def _serve(chosen: Options, environ: Mapping[str, str], *, demo: bool) -> None:
    doors.check_ports(chosen)
    os.umask(0o077)
    with folders.claim(chosen.data):
        if chosen.reset:
            _reset(chosen.data)
        with Supervisor(chosen.data / "logs") as supervisor:
            till = standin.beside(chosen, environ) if demo else None
            offered = environment.for_serving(chosen, environ, demo=demo) | (till.variables if till else {})
            known = offered | _services(supervisor, chosen.data, environ, durable=True)
            supervisor.begin_wave()
            preparation = [sys.executable, "-m", "config.local.prepare"]
            supervisor.run(Command("prepare", preparation, known, shows_output=True))
            _open(supervisor, chosen, known, till)
            _welcome(chosen, known, till, demo=demo)
            supervisor.watch()


def _reset(data: Path) -> None:
    with progress.step(f"Removed the data in {data}"):
        postgres.reset(data)
        folders.empty(data)


def _services(supervisor: Supervisor, data: Path, environ: Mapping[str, str], *, durable: bool) -> dict[str, str]:
    """The addresses of PostgreSQL and Redis: the person's own, or those of the ones started here."""
    urls = {name: environ[name] for name in ("DATABASE_URL", "REDIS_URL") if environ.get(name)}
    for name in urls:
        progress.say(f"Using {name} from the environment")
    if "DATABASE_URL" not in urls:
        with progress.step("PostgreSQL {major} started") as words:
            urls["DATABASE_URL"], words["major"] = postgres.start(supervisor, data, durable=durable)
    if "REDIS_URL" not in urls:
        with progress.step("{broker} started") as words:
            urls["REDIS_URL"], words["broker"] = broker.start(supervisor, data, durable=durable)
    return urls


def _open(supervisor: Supervisor, chosen: Options, known: Mapping[str, str], till: StandIn | None) -> None:
    pages = [(chosen.port, known["CONSOLE_URL"]), (chosen.port + 1, known["PUBLIC_URL"])]
    with progress.step("Console, public door, worker and schedule started"):
        for command in [*doors.commands(chosen, known), *_background(chosen.data, known)]:
            supervisor.start(command)
        if till:
            supervisor.start(standin.command(till, chosen, known))
            pages.append((till.port, till.url))
        for port, url in pages:
            supervisor.wait_until(
                functools.partial(doors.answers, chosen, port, url),
                seconds=READY_SECONDS,
                otherwise=f"No page came from port {port} in {READY_SECONDS:.0f} seconds. "
                f"The logs in {chosen.data / 'logs'} say why.",
            )


def _background(data: Path, known: Mapping[str, str]) -> list[Command]:
    celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    schedule = str(data / "celerybeat-schedule")
    beat = [*celery, "beat", "--schedule", schedule, "--pidfile=", "--loglevel", "INFO"]
    return [Command("worker", worker, known), Command("beat", beat, known)]


def _welcome(chosen: Options, known: Mapping[str, str], till: StandIn | None, *, demo: bool) -> None:
    progress.say(f"\nBureau is ready at {known['CONSOLE_URL']}")
    logins = Path(known.get("DEMO_LOGINS_FILE", ""))
    if demo and logins.is_file():
        progress.say("\n" + logins.read_text().rstrip())
    if till:
        progress.say(f"Payments go to a stand-in for Stripe, and no money moves: {till.url}")
    if not known.get("EMAIL_URL"):
        progress.say(f"Mails land in the mailbox: {known['CONSOLE_URL']}/mailbox/")
    progress.say(f"\nLogs are in {chosen.data / 'logs'}. Ctrl-C ends everything; the data stays.")


def test(command: Sequence[str], *, durable: bool) -> int:
    """Run `command` beside a PostgreSQL and a Redis of its own, which leave nothing behind; return its exit code.

    With `durable` PostgreSQL waits for the disk as it does in production: for benchmarks of it.
    """
    leftovers.remove()
    with tempfile.TemporaryDirectory(prefix=leftovers.PREFIX) as folder, folders.claim(Path(folder)):
        try:
            return _test_in(Path(folder), command, durable=durable)
        finally:
            sockets.forget(Path(folder))


def _test_in(data: Path, command: Sequence[str], *, durable: bool) -> int:
    with Supervisor(data / "logs") as supervisor:
        urls = _services(supervisor, data, os.environ, durable=durable)
        supervisor.begin_wave()
        known = environment.for_tests(data, os.environ) | urls
        (data / environment.STATIC).mkdir()  # nothing is collected, and each client of a test would miss it
        beside = str(Path(sys.executable).parent)
        known["PATH"] = os.pathsep.join([beside, known.get("PATH", os.defpath)])
        return supervisor.run_in_foreground(Command(command[0], command, known))
