"""Whether an agency is ready to launch: four things that are so, or not yet."""

from dataclasses import dataclass

from agencies.models import Agency, Staff
from chatbots.models import DataSource, Embedding
from chatbots.onboarding import progress, steps
from chatbots.onboarding.progress import clients
from chatbots.onboarding.steps import Key
from workspaces.models import Membership

A_NAME, OWN_MACHINE = r"\.[a-z]{2,}", r"\.local(host)?(:[0-9]+)?$"  # of hosts: no bare address, no developer's own


@dataclass(frozen=True)
class Condition:
    """One thing that has to be so, and where to see to it: the name of a page, and the ids in its address."""

    title: str
    why: str
    is_met: bool
    button: str
    page: str
    place: tuple[int, ...]


def of(agency: Agency) -> list[Condition]:
    workspace, chatbot = progress.first_places(agency)
    at_workspace = (workspace.pk,) if workspace else None
    at_chatbot = (chatbot.workspace_id, chatbot.pk) if chatbot else None
    return [
        condition(
            agency,
            "A client with a contact",
            "Somebody of the client can log in, and sees their workspace and nothing else.",
            clients_contacts(agency),
            ("Invite a contact", "workspaces:members", at_workspace),
        ),
        condition(
            agency,
            "A chatbot with trained sources",
            "A client's chatbot has learned something that it can answer from.",
            is_trained(agency),
            ("Add a data source", "chatbots:sources", at_chatbot),
        ),
        condition(
            agency,
            "An embed seen on a real page",
            "The chatbot stands on the client's site, and somebody opened that page.",
            seen_anywhere(agency),
            ("Embed it", "chatbots:embed", at_chatbot),
        ),
        condition(
            agency,
            "Allocation understood",
            "A client has a cap or a guarantee, given by somebody of your team.",
            is_allocated(agency),
            ("Open Allocation", "billing:allocation", (agency.pk,)),
        ),
    ]


def condition(
    agency: Agency, title: str, why: str, is_met: bool, way: tuple[str, str, tuple[int, ...] | None]
) -> Condition:
    """With the way to what is missing; to onboarding, where there is no such place yet."""
    button, page, place = way
    if place is None:
        button, page, place = "See onboarding", "chatbots:onboarding", (agency.pk,)
    return Condition(title, why, is_met, button, page, place)


def clients_contacts(agency: Agency) -> bool:
    """Whether a client's workspace has a member who is not of the agency's own team."""
    team = Staff.objects.filter(agency=agency).values("user")
    return Membership.objects.filter(workspace__in=clients(agency)).exclude(user__in=team).exists()


def is_trained(agency: Agency) -> bool:
    sources = DataSource.objects.filter(workspace__in=clients(agency), status=DataSource.Status.TRAINED)
    return sources.filter(passages__isnull=False).exists()


def seen_anywhere(agency: Agency) -> bool:
    """Whether a browser has loaded a client's chatbot on a site that others can reach too."""
    seen = Embedding.objects.filter(workspace__in=clients(agency), host__regex=A_NAME)
    return seen.exclude(host__regex=OWN_MACHINE).exists()


def is_allocated(agency: Agency) -> bool:
    known = progress.remembered(agency)
    return Key.ALLOCATION in known or Key.ALLOCATION in steps.happened(agency, [Key.ALLOCATION])
