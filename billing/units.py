"""What the message quota counts, and the rule that a ledger row names."""

from dataclasses import dataclass

from billing.models import LedgerEntry

LONG_REPLY = 200  # words; above it an AI reply is 2 units, at it still 1
MOST_PER_EXCHANGE = 3  # a visitor message and a long AI reply


@dataclass(frozen=True)
class Charge:
    """What one message costs, and why."""

    kind: str
    words: int
    units: int
    rule: str
    speaker: str = ""  # of a human reply, who wrote it


def words_in(text: str) -> int:
    """Words, as divided by white space."""
    return len(text.split())


def visitor(text: str) -> Charge:
    return Charge(LedgerEntry.Kind.VISITOR, words_in(text), 1, "A visitor message → 1 unit")


def ai(text: str) -> Charge:
    words = words_in(text)
    units = 2 if words > LONG_REPLY else 1
    rule = f"{words:,} {'word' if words == 1 else 'words'} → {units} {'unit' if units == 1 else 'units'}"
    return Charge(LedgerEntry.Kind.AI, words, units, rule)


def person(text: str, *, speaker: str) -> Charge:
    return Charge(LedgerEntry.Kind.HUMAN, words_in(text), 1, "A person's reply → 1 unit", speaker)
