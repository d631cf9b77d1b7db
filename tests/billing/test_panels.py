"""The dashboard's panels with many clients: they stay readable, and their cost does not follow the number."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from agencies.models import Agency, User
from billing import usage
from billing.models import UsageDay
from chatbots.models import Chatbot
from tests import queries
from workspaces.models import Workspace

PANELS = ["days/", "clients/", "chatbots/", "pool/"]


def open_clients(agency: Agency, number: int, now: datetime) -> list[Workspace]:
    """Workspaces with a chatbot each; the nth used n units today."""
    met = agency.workspaces.count()
    new = Workspace.objects.bulk_create(Workspace(agency=agency, name=f"Client {met + n}") for n in range(number))
    Chatbot.objects.bulk_create(Chatbot(workspace=each, name=f"Bot of {each}") for each in new)
    today = usage.today(agency, now)
    UsageDay.objects.bulk_create(
        UsageDay(agency=agency, workspace=each, chatbot_id=n, day=today, kind="ai", messages=1, units=n)
        for n, each in enumerate(new)
    )
    return new


def test_days_tell_the_busiest_apart_and_draw_the_others_as_one(
    ada: User, northwind: Agency, now: datetime, sign_in: Any
) -> None:
    new = open_clients(northwind, 60, now)
    answer = sign_in(ada).get(f"/agencies/{northwind.pk}/days/")
    assert [each for each, _ in answer.context["toned"]] == new[-8:]
    page = answer.content.decode()
    assert "53 others" in page  # with the main workspace
    assert f'<td class="number">{sum(range(52)):,}</td>' in page


def test_workspaces_and_chatbots_show_the_busiest_and_how_many_more(
    ada: User, northwind: Agency, now: datetime, sign_in: Any
) -> None:
    open_clients(northwind, 60, now)
    for panel in ("clients/", "chatbots/"):
        context = sign_in(ada).get(f"/agencies/{northwind.pk}/{panel}").context
        assert (len(context["rows"]), context["more"]) == (25, 36 if panel == "clients/" else 35)


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_asks_as_often_with_2_and_with_60_clients(
    panel: str, ada: User, northwind: Agency, now: datetime, sign_in: Any
) -> None:
    as_the_dashboard_does = {"headers": {"HX-Request": "true"}}
    opened, costs = partial(sign_in(ada).get, f"/agencies/{northwind.pk}/{panel}", **as_the_dashboard_does), []
    for number in (2, 58):
        open_clients(northwind, number, now)
        opened()
        costs.append(len(queries.sent_by(opened)))
    assert costs[0] == costs[1] <= 12
