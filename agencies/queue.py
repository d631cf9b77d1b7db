"""Hands work to Celery once the transaction has committed, so that no caller can forget.

When the broker is gone the work still stands in PostgreSQL, and the schedule takes it up: the caller goes on.
"""

import logging
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def after_commit(task: Task[Any, Any], *ids: int) -> None:
    """Enqueue `task` with plain ids after the commit."""

    def enqueue() -> None:
        try:
            task.delay(*ids)
        except OperationalError as error:
            log.warning("The broker did not take %s%s (%s); the schedule will.", task.name, ids, error)

    transaction.on_commit(enqueue)
