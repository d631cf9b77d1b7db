"""Profile → Team: the agency's people, who is invited, and whether they need a second factor."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import second_factor
from agencies import staff as domain
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can, StaffRole, is_above
from workspaces import invitations
from workspaces.forms.people import InviteStaffForm, StaffRoleForm

NEWEST = F("expires_at").desc()


@require_safe
@agency_view(Can.SEE_AGENCY)
def team(request: Request, agency: Agency) -> HttpResponse:
    return render(request, "workspaces/team.html", page_of(request, agency))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_STAFF)
def invite_staff(request: Request, agency: Agency) -> HttpResponse:
    form = InviteStaffForm(request.POST or request.draft or None, own=own_role(request, agency))
    if request.method == "POST" and form.is_valid():
        try:
            invited = invitations.invite_staff(agency, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (invitations.Refused, domain.Refused) as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"{invited.email} gets a mail with the invitation.")
            return redirect("workspaces:team", agency_id=agency.pk)
    page = page_of(request, agency) | {"form": form}
    return render(request, "workspaces/team.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_STAFF)
def resend_staff(request: Request, agency: Agency, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(agency.invitations, workspace=None, pk=invitation_id)
    told = f"{invitation.email} gets a new link. The old one is no longer good."
    return at_once(request, agency, partial(invitations.resend, invitation), told)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_STAFF)
def revoke_staff(request: Request, agency: Agency, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(agency.invitations, workspace=None, pk=invitation_id)
    told = f"The invitation of {invitation.email} is withdrawn."
    return at_once(request, agency, partial(invitations.revoke, invitation), told)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_STAFF)
def change_staff_role(request: Request, agency: Agency, staff_id: int) -> HttpResponse:
    staff = get_object_or_404(agency.staff.select_related("user"), pk=staff_id)
    role = request.POST.get("role", "")
    if request.method == "POST" and not StaffRoleForm(request.POST).is_valid():
        messages.error(request, "There is no such role. Nothing was changed.")
        return redirect("workspaces:team", agency_id=agency.pk)
    told = f"{staff.user} is {role} now."
    return at_once(request, agency, partial(domain.change_role, staff, role=role), told)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_STAFF)
def remove_staff(request: Request, agency: Agency, staff_id: int) -> HttpResponse:
    staff = get_object_or_404(agency.staff.select_related("user"), pk=staff_id)
    if request.method != "POST":
        return render(request, "workspaces/remove_staff.html", {"agency": agency, "staff": staff})
    return at_once(request, agency, partial(domain.remove, staff), f"{staff.user} is out of the team.")


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.SEE_AGENCY, while_suspended=True)
def leave_team(request: Request, agency: Agency) -> HttpResponse:
    """A person of the team takes themselves out; support on a visit has nothing to leave here."""
    staff = get_object_or_404(agency.staff.select_related("user"), user=request.user)
    if request.method != "POST":
        return render(request, "workspaces/remove_staff.html", {"agency": agency, "staff": staff})
    leave = partial(domain.remove, staff, by=request.user, now=timezone.now())
    left = attempt(request, leave, f"You have left {agency}.", domain.Refused)
    return redirect("home") if left else redirect("workspaces:team", agency_id=agency.pk)


def at_once(request: Request, agency: Agency, step: Callable[..., object], told: str) -> HttpResponse:
    """One step by one button."""
    if request.method != "POST":
        return press_again(request, "workspaces:team", agency_id=agency.pk)
    taken = partial(step, by=request.user, now=timezone.now())
    attempt(request, taken, told, invitations.Refused, domain.Refused)
    return redirect("workspaces:team", agency_id=agency.pk)


def own_role(request: Request, agency: Agency) -> str:
    """One's own role in the team; support on a visit stands below everybody."""
    return agency.staff.filter(user=request.user).values_list("role", flat=True).first() or StaffRole.ANALYST


def page_of(request: Request, agency: Agency) -> dict[str, object]:
    own, may_manage = own_role(request, agency), Can.MANAGE_STAFF in request.may
    waiting = agency.invitations.filter(workspace=None, accepted_at=None, revoked_at=None)
    people = list(agency.staff.select_related("user").order_by("since", "pk"))
    equipped = second_factor.holders(staff.user_id for staff in people)
    return {
        "agency": agency,
        "people": [(s, may_manage and not is_above(s.role, own), s.user_id in equipped) for s in people],
        "without": len(people) - len(equipped),
        "owners": sum(staff.role == StaffRole.OWNER for staff in people),
        "waiting": [(one, may_manage and not is_above(one.role, own)) for one in waiting.order_by(NEWEST)],
        "roles": [choice for choice in StaffRole.choices if not is_above(choice[0], own)],
        "form": InviteStaffForm(own=own),
        "may_manage": may_manage,
        "may_require": Can.REQUIRE_SECOND_FACTOR in request.may,
        "now": timezone.now(),
    }
