"""Where PostgreSQL's cluster and program have to be when another user runs it, who cannot get into root's folders."""

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

from config.local import CannotStart
from config.local.binaries import Program
from config.local.cluster import HALF_MADE
from config.local.identities import Identity

OUTSIDE = Path("/var/lib")  # where a cluster goes whose server's user cannot enter the data directory


def home(data: Path, identity: Identity) -> Path:
    """The folder the cluster is in: `data`, unless another user runs the server who cannot get there."""
    if not identity.is_other_user:
        return data
    data.chmod(0o711)  # the way through, not a look inside; the folders above it are not ours to open
    if identity.can_enter(data):
        return data
    folder = outside(data)
    try:
        folder.mkdir(mode=0o711, exist_ok=True)
        folder.chmod(0o711)
    except OSError as error:
        raise CannotStart(
            f"PostgreSQL cannot run as root, its unprivileged user cannot enter {data}, and {folder} cannot be made: "
            f"{error.strerror}. Choose a directory outside root's home with DATA=, or set DATABASE_URL."
        ) from error
    return folder


def outside(data: Path) -> Path:
    return OUTSIDE / f"bureau-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"


def program(server: Program, identity: Identity, folder: Path) -> Program:
    """The program itself or, for a user who cannot get into root's virtual environment, a copy of the wheel."""
    if identity.succeeds([str(server.path), "--version"]):
        return server
    copied = folder / f"postgres-{server.version}"
    if server.wheel and not copied.exists():
        fresh = folder / f"{copied.name}{HALF_MADE}"
        shutil.rmtree(fresh, ignore_errors=True)
        for package in server.wheel.parent.glob(f"{server.wheel.name}*"):
            shutil.copytree(package, fresh / package.name)
        _open_for_reading(fresh)
        fresh.rename(copied)
    if server.wheel:
        copy = replace(server, path=copied / server.path.relative_to(server.wheel.parent))
        if identity.succeeds([str(copy.path), "--version"]):
            return copy
    raise CannotStart(
        f"PostgreSQL cannot run as root, and its unprivileged user cannot run {server.path}. "
        "Put the checkout outside root's home, install PostgreSQL on the system, or set DATABASE_URL."
    )


def _open_for_reading(folder: Path) -> None:
    """What root may read or run there, everybody may: the packages are public, only their copy has private modes."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
