"""The queries a piece of work sends, and which of them ask what somebody may do."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import AgencyUserObjectPermission, Staff, SupportVisit
from workspaces.models import Membership, WorkspaceUserObjectPermission

ASKED = (AgencyUserObjectPermission, WorkspaceUserObjectPermission, Staff, Membership, SupportVisit)


def sent_by(call: Callable[[], Any]) -> list[str]:
    """The SQL of everything that `call` asks the database."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured.captured_queries]


def that_check(queries: list[str]) -> list[str]:
    """Those that look at guardian's grants, at roles or at support's visits."""
    return [sql for sql in queries if any(model._meta.db_table in sql for model in ASKED)]
