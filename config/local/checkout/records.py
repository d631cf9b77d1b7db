"""Every object the stand-in made, by its id; kept in a file, if it has one: a subscription outlives a restart."""

import json
from pathlib import Path

from config.local.checkout import JSON, missing


class Records:
    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        kept = json.loads(file.read_text()) if file and file.exists() else {}
        self._things: dict[str, JSON] = kept.get("things", {})
        self.answers: dict[str, JSON] = kept.get("answers", {})  # by idempotency key

    def add(self, thing: JSON) -> JSON:
        self._things[thing["id"]] = thing
        return thing

    def any(self, name: str) -> JSON | None:
        return self._things.get(name)

    def get(self, kind: str, name: str, *, param: str = "id") -> JSON:
        """Raises Refused, as Stripe does, where there is none of that kind; `param` is what the caller named it by."""
        found = self._things.get(name)
        if found is None or found["object"] != kind:
            raise missing(kind.rpartition(".")[2].replace("_", " "), name, param)
        return found

    def of(self, kind: str, **fields: object) -> list[JSON]:
        """All of a kind with these fields, the newest first."""
        found = (thing for thing in self._things.values() if thing["object"] == kind)
        return [thing for thing in found if all(thing.get(k) == v for k, v in fields.items())][::-1]

    def save(self) -> None:
        """Whole or not at all: a start must never find half a file."""
        if self._file is None:
            return
        fresh = self._file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"things": self._things, "answers": self.answers}))
        fresh.replace(self._file)
