"""The data directory: whose it is, who holds it at the moment, and the few small things kept in it."""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from config.local import CannotStart

MARKER = "made-by-bureau"
LOCK = "lock"


@contextlib.contextmanager
def claim(path: Path) -> Iterator[None]:
    """Make `path` Bureau's data directory and hold it for this process alone.

    Raises CannotStart for a directory that holds somebody else's files, and while another process holds it.
    """
    try:
        _mark(path)
        lock = (path / LOCK).open("a+")
    except OSError as error:
        raise CannotStart(
            f"The data directory {path} cannot be used: {error.strerror}. "
            "Make it writable for you, or choose another one with DATA=."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(_held(path, lock.name)) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _mark(path: Path) -> None:
    """The marker goes only where nothing else is: it is what allows `empty` to remove the rest."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker = path / MARKER
    if marker.exists():
        return
    if any(path.iterdir()) and not marker.exists():
        raise CannotStart(
            f"The data directory {path} holds files that Bureau did not make, so it is left alone. "
            "Choose a new or empty directory with DATA=."
        )
    marker.write_text("Bureau keeps its data here. While this file exists, RESET=1 may remove everything beside it.\n")


def _held(path: Path, lock: str) -> str:
    holder = Path(lock).read_text().strip()
    process = f" (process {holder})" if holder else ""
    return (
        f"Another Bureau{process} already runs on the data directory {path}. "
        "End that one with Ctrl-C, or choose another directory with DATA=."
    )


def empty(path: Path) -> None:
    """Remove everything in a claimed data directory but the claim itself."""
    for entry in path.iterdir():
        if entry.name in {MARKER, LOCK}:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def secret_key(path: Path) -> str:
    """The key of this data directory, made at the first start. A later start must find the same one, or logins end."""
    kept = path / "secret-key"
    if kept.exists() and (key := kept.read_text().strip()):
        return key
    key = secrets.token_urlsafe(50)
    fresh = path / "secret-key.new"
    fresh.touch(mode=0o600)
    fresh.write_text(key + "\n")
    fresh.replace(kept)
    return key
