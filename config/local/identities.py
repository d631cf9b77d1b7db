"""As whom PostgreSQL runs: it refuses to run as root, so root has to become somebody else for it."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.local import CannotStart

NOBODY = "65534"
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """`prefix` goes before the command; with `uid`, the process becomes that user first."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def is_other_user(self) -> bool:
        return self.uid is not None

    def can_enter(self, folder: Path) -> bool:
        return self.succeeds(["sh", "-c", 'cd "$0"', str(folder)])

    def succeeds(self, command: Sequence[str]) -> bool:
        """Whether `command`, run as this identity, ends well. Nothing of it stays."""
        groups: list[int] | None = [] if self.is_other_user else None
        try:
            ended = subprocess.run(
                [*self.prefix, *command],
                user=self.uid,
                group=self.gid,
                extra_groups=groups,
                capture_output=True,
                timeout=10,
                check=False,
                cwd="/",
            )
        except (OSError, ValueError, subprocess.SubprocessError):
            return False
        return ended.returncode == 0

    def give(self, path: Path) -> None:
        """Hand `path` over to the user this identity becomes, if it becomes one."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


MYSELF = Identity()


def for_postgres(*, path: str | None = None, users: Sequence[str] = UNPRIVILEGED) -> Identity:
    """Whom to run PostgreSQL as. Raises CannotStart where root can become nobody else."""
    if os.geteuid() != 0:
        return MYSELF
    candidates = [*_in_a_namespace(path), *_as_another_user(users)]
    for identity in candidates:
        if identity.succeeds(["true"]):
            return identity
    raise CannotStart(
        "PostgreSQL refuses to run as root, and this machine offers neither a user namespace (`unshare --user`) nor a "
        "switch to an unprivileged user. Start Bureau as a normal user, or set DATABASE_URL to a PostgreSQL that runs "
        "already."
    )


def _in_a_namespace(path: str | None) -> list[Identity]:
    """Root stays the owner of the files on disk; inside the namespace the same user has another number."""
    unshare = shutil.which("unshare", path=path)
    return [Identity((unshare, "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"))] if unshare else []


def _as_another_user(users: Sequence[str]) -> list[Identity]:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return [Identity((), known[name].pw_uid, known[name].pw_gid) for name in users if name in known]
