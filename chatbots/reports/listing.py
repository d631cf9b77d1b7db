"""A month's reports of all clients of an agency, with those that nobody has drawn up yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Lower

from agencies.models import Agency
from chatbots.models import Report, ReportRule
from workspaces.models import Workspace


@dataclass(frozen=True)
class Row:
    client: Workspace
    report: Report | None
    rule: ReportRule | None


def clients(agency: Agency) -> QuerySet[Workspace]:
    """The open workspaces of its clients, by name."""
    every = Workspace.objects.filter(agency=agency, is_main=False, archived_at=None)
    return every.select_related("agency").order_by(Lower("name"), "pk")


def rows(some: Sequence[Workspace], month: date) -> list[Row]:
    reports = {each.workspace_id: each for each in Report.objects.filter(workspace__in=some, month=month)}
    rules = {each.workspace_id: each for each in ReportRule.objects.filter(workspace__in=some)}
    return [Row(client, reports.get(client.pk), rules.get(client.pk)) for client in some]
