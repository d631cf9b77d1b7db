"""The demo's stand-in for Stripe Checkout: its port beside the doors', its keys, its process."""

import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.local import doors
from config.local.environment import PAYMENTS
from config.local.options import Options
from config.local.spawning import Command

WEBHOOK = "/webhooks/stripe/"  # on the public door
KEPT = "checkout.json"


@dataclass(frozen=True)
class StandIn:
    """Its keys are new at each start: the doors get them together with it."""

    port: int
    url: str
    key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(24)}")
    secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(24)}")

    @property
    def variables(self) -> dict[str, str]:
        return {"STRIPE_SECRET_KEY": self.key, "STRIPE_WEBHOOK_SECRET": self.secret, "STRIPE_API_BASE": self.url}


def beside(options: Options, environ: Mapping[str, str]) -> StandIn | None:
    """None for a person who set a Stripe of their own."""
    if any(environ.get(name) for name in PAYMENTS):
        return None
    port = doors.next_free_port(options)
    return StandIn(port, options.url(port))


def command(standin: StandIn, options: Options, known: Mapping[str, str]) -> Command:
    arguments = [
        *(sys.executable, "-m", "config.local.checkout"),
        f"--host={doors.where(options.host, standin.port)[4][0]}",
        f"--port={standin.port}",
        f"--origin={standin.url}",
        f"--webhook={known['PUBLIC_URL'].rstrip('/')}{WEBHOOK}",
        f"--file={options.data / KEPT}",
    ]
    return Command("checkout", arguments, known)
