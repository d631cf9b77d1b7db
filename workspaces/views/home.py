"""Where a person lands, the agency's Profile with its workspaces, and one workspace."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies import sorting
from agencies.access import Request, agency_view, signed_in
from agencies.models import Agency, Staff
from agencies.permissions import Can
from workspaces import closing, switcher
from workspaces.access import workspace_view
from workspaces.models import Workspace

PAGE, MOST_CLOSED = 50, 50
WIDE = ("sources", "seats", "opened")  # columns that a phone leaves out


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    if staff := Staff.objects.filter(user=request.user).order_by("pk").first():
        return redirect("agencies:dashboard", agency_id=staff.agency_id)
    scope = switcher.scope_of(request.user)
    last = switcher.recent(request.session, scope) or switcher.find(scope, size=1).workspaces
    if last:
        return redirect("workspaces:show", workspace_id=last[0].pk)
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "workspaces/nowhere.html")


@require_safe
@agency_view(Can.SEE_AGENCY)
def profile(request: Request, agency: Agency) -> HttpResponse:
    """The agency's workspaces, in pages and by name, and the ones that are closed."""
    name = request.GET.get("q", "").strip()[:80]
    sort = sorting.asked(request.GET.get("sort", ""), switcher.SORTS)
    opened = switcher.ordered(agency.workspaces.all(), name, sort=sort)
    closed = agency.workspaces.filter(archived_at__isnull=False, erased_at=None, name__icontains=name)
    archived, deleted = closed.filter(deleted_at=None), closed.exclude(deleted_at=None)
    page = {
        "agency": agency,
        "name": name,
        "workspaces": Paginator(opened, PAGE).get_page(request.GET.get("page")),
        "archived": archived.order_by(Lower("name"), "pk")[:MOST_CLOSED],
        "deleted": [(each, closing.erased_on(each)) for each in deleted.order_by("deleted_at", "pk")[:MOST_CLOSED]],
        "columns": sorting.columns(switcher.SORTS, sort, kept={"q": name}, words=("name", "opened"), wide=WIDE),
        "query": urlencode({key: value for key, value in (("sort", sort), ("q", name)) if value}),
        "may_add": Can.MANAGE_WORKSPACES in request.may,
        "may_close": Can.CLOSE_WORKSPACES in request.may,
    }
    return render(request, "workspaces/profile.html", page)


@require_safe
@workspace_view(Can.SEE)
def show(request: Request, workspace: Workspace) -> HttpResponse:
    return render(request, "workspaces/show.html", {"workspace": workspace, "may": request.may})
