"""Tokens of own models, summed by day while they are spent: a month's costs read sums, and never messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

ADD = """
    INSERT INTO billing_modeluse
        (agency_id, workspace_id, chatbot_id, day, model, answers, estimated, input_tokens, output_tokens)
    VALUES (%s, %s, %s, %s, %s, 1, %s, %s, %s)
    ON CONFLICT (agency_id, day, workspace_id, chatbot_id, model) DO UPDATE SET
        answers = billing_modeluse.answers + excluded.answers,
        estimated = billing_modeluse.estimated + excluded.estimated,
        input_tokens = billing_modeluse.input_tokens + excluded.input_tokens,
        output_tokens = billing_modeluse.output_tokens + excluded.output_tokens
"""
LONGEST_MODEL = 120  # characters


@dataclass(frozen=True)
class Spent:
    """What one reply of a model has read and written, in tokens."""

    model: str
    read: int
    written: int
    is_estimated: bool


@transaction.atomic
def record(spent: Iterable[Spent], *, agency_id: int, workspace_id: int, chatbot_id: int, now: datetime) -> None:
    """Add it to the day's sums. The day is UTC's, as the billing period's are."""
    day = now.astimezone(UTC).date()
    with connection.cursor() as cursor:
        for each in sorted(spent, key=lambda each: each.model):  # in one order: two exchanges never wait crosswise
            told: list[Any] = [each.model[:LONGEST_MODEL], int(each.is_estimated), each.read, each.written]
            cursor.execute(ADD, [agency_id, workspace_id, chatbot_id, day, *told])
