"""What a program is told when there is no answer: a status, OpenAI's type and code, and a sentence."""

from dataclasses import dataclass

from billing import pools
from chatbots.answers import at_limit, exchange, llm, storing
from chatbots.api.requests import Malformed
from chatbots.keys import keys
from chatbots.public import limits

INVALID, SERVER, LIMIT = "invalid_request_error", "server_error", "requests"


class NoSuchModel(Exception):
    """The key's workspace has no chatbot of this id."""


@dataclass(frozen=True)
class Refusal:
    """`again`: whether sending the same once more may help, in seconds; None where it does not."""

    status: int
    kind: str
    code: str
    text: str = ""
    again: int | None = None


WRONG_KEY = Refusal(
    401,
    INVALID,
    "invalid_api_key",
    "This API key does not work: it is mistyped or revoked, or its workspace rests.",
)
NO_UNITS = Refusal(429, "insufficient_quota", "insufficient_quota", "No messages are left for this workspace.")
LATER = Refusal(503, SERVER, "unavailable", "There is no answer at the moment. Please try again.", 2)
RESTING = Refusal(503, SERVER, "model_paused", "This chatbot rests at the moment: its people have paused it.")
SUSPENDED = Refusal(503, SERVER, "account_suspended", "This account is suspended at the moment. Its owner knows why.")
RUNNING = Refusal(409, INVALID, "still_running", "The same question is being answered right now.", 1)
REFUSALS: dict[type[Exception], Refusal] = {
    keys.NotValid: WRONG_KEY,
    exchange.Suspended: SUSPENDED,  # before what it is a kind of
    exchange.NotAnswering: RESTING,
    Malformed: Refusal(400, INVALID, "invalid_value"),
    NoSuchModel: Refusal(404, INVALID, "model_not_found", "There is no such model. GET /v1/models lists yours."),
    pools.Refused: NO_UNITS,
    at_limit.FormInstead: NO_UNITS,
    limits.TooManyForNow: Refusal(429, LIMIT, "rate_limit_exceeded", "That was a lot for today."),
    limits.TooMany: Refusal(429, LIMIT, "rate_limit_exceeded", "That was a lot at once.", 60),
    pools.KeyReused: Refusal(409, INVALID, "idempotency_key_reused", "This key came with another question before."),
    storing.StillRunning: RUNNING,
    storing.AnsweredFree: RUNNING,
    pools.HoldGone: LATER,
    llm.Unavailable: LATER,
}


def of(error: Exception) -> Refusal:
    return next(REFUSALS[kind] for kind in REFUSALS if isinstance(error, kind))
