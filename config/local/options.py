"""What the person who starts Bureau may choose: PORT, HOST, DATA and RESET, read from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.local import CannotStart

CHECKOUT = Path(__file__).resolve().parents[2]
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared with, not bound to
HIGHEST_PORT = 65534  # the public door takes the port after the console's


@dataclass(frozen=True)
class Options:
    """`data` is absolute; the console listens on `port`, the public door on the port after it."""

    data: Path
    host: str
    port: int
    reset: bool

    @property
    def reachable_host(self) -> str:
        """The address to reach a door under from this machine."""
        return ANY_ADDRESS.get(self.host, self.host)

    @property
    def console_url(self) -> str:
        return self.url(self.port)

    @property
    def public_url(self) -> str:
        return self.url(self.port + 1)

    def url(self, port: int) -> str:
        host = self.reachable_host
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def read(kind: str, environ: Mapping[str, str]) -> Options:
    """The options of `make demo` or `make run` (`kind`). Raises CannotStart for one that makes no sense."""
    reset = _is_yes(environ.get("RESET", ""))
    if reset and kind != "demo":
        raise CannotStart(
            "RESET=1 removes data, so it works for `make demo` only. Leave it out, or name a new directory with DATA=."
        )
    data = environ.get("DATA") or str(CHECKOUT / ".data" / kind)
    host = environ.get("HOST") or "127.0.0.1"
    return Options(Path(data).expanduser().resolve(), host, _port(environ.get("PORT") or "8000"), reset)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT:
        return int(text)
    raise CannotStart(
        f"PORT={text} is not a port: the console listens there and the public door on the port after it, "
        f"so it has to be a number from 1 to {HIGHEST_PORT}. Choose one, for example PORT=8100."
    )


def _is_yes(text: str) -> bool:
    return text.strip().lower() not in {"", "0", "no", "false", "off"}
