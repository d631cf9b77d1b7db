"""What test runs leave behind when they are killed: temporary directories nobody holds any more."""

import shutil
import tempfile
from pathlib import Path

from config.local import CannotStart, folders, postgres, sockets

PREFIX = "bureau-test-"


def remove() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if (folder / folders.MARKER).is_file():
            _remove(folder)


def _remove(folder: Path) -> None:
    """A folder that another run holds, or another person owns, is theirs."""
    try:
        with folders.claim(folder):
            postgres.reset(folder)
            sockets.forget(folder)
            shutil.rmtree(folder, ignore_errors=True)
    except (CannotStart, OSError):
        return
