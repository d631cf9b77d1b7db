"""A stand-in for Stripe Checkout on this machine: buying can be played whole, and no money moves.

It speaks the part of Stripe's API that Bureau uses, shows the page to pay on, and sends signed events to a webhook.
The shapes follow API version `shapes.API_VERSION`, which the `stripe` package of the requirements speaks. It knows
nothing of Bureau or Django, needs the standard library only, and runs as a process of its own.
"""

from typing import Any

JSON = dict[str, Any]


class Refused(Exception):
    """A request that Stripe would refuse, with Stripe's status and code. The text is for whoever sent it."""

    def __init__(
        self, message: str, *, status: int = 400, code: str = "", param: str = "", kind: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.status = status
        told = {"code": code, "message": message, "param": param, "type": kind}
        self.body: JSON = {"error": {name: value for name, value in told.items() if value}}


def missing(kind: str, name: str, param: str) -> Refused:
    return Refused(f"No such {kind}: '{name}'", status=404, code="resource_missing", param=param)
