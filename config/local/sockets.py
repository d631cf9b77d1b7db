"""Where Unix sockets go: beside the data where that path is short and plain, else in a private temporary directory."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from config.local import CannotStart

LONGEST_NAME = "postgres/.s.PGSQL.5432.lock"
LONGEST_PATH = 99  # bytes: the kernel's limit is 107 with the final zero, and some systems allow less
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")  # PostgreSQL reads commas and quotes in such a path as a list


def directory(data: Path) -> Path:
    """The private directory for the sockets of the servers whose data is in `data`; the same at every start."""
    for candidate in (data / "sockets", *_elsewhere(data)):
        if _fits(candidate):
            return _private(candidate)
    raise CannotStart(
        f"No directory for Unix sockets has a path short enough near {data} or {tempfile.gettempdir()}. "
        "Set TMPDIR or DATA to a shorter path."
    )


def forget(data: Path) -> None:
    """Remove the directory that `data` has elsewhere, if it has one."""
    for folder in _elsewhere(data):
        if folder.is_dir() and folder.lstat().st_uid == os.geteuid():
            shutil.rmtree(folder, ignore_errors=True)


def _elsewhere(data: Path) -> list[Path]:
    name = f"bureau-{os.geteuid()}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
    return [Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108  looked at before use


def _fits(candidate: Path) -> bool:
    path = os.fsencode(candidate / LONGEST_NAME)
    return len(path) <= LONGEST_PATH and PLAIN.fullmatch(str(candidate)) is not None


def _private(path: Path) -> Path:
    """Anybody may make a directory of that name under /tmp first, so its owner and mode are looked at before use."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise CannotStart(
            f"{path} belongs to somebody else or is open to others, so the database's socket cannot be kept there. "
            "Remove it, or choose another data directory with DATA=."
        )
    return path
