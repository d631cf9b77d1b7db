"""The Agency page: what the agency model is, and how one's application stands."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import access, applications
from agencies.access import Request, agency_view
from agencies.forms import ApplicationForm
from agencies.models import Agency
from agencies.permissions import Can


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.SEE_AGENCY)
def apply(request: Request, agency: Agency) -> HttpResponse:
    form = ApplicationForm(request.POST or request.draft or None)
    if request.method == "POST":
        access.require(request.may, Can.APPLY)
    if request.method == "POST" and form.is_valid():
        try:
            applications.submit(agency, by=request.user, now=timezone.now(), **form.cleaned_data)
        except applications.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("agencies:apply", agency_id=agency.pk)
    latest = agency.applications.order_by("-submitted_at").first()
    page = {"agency": agency, "form": form, "application": latest, "may_apply": Can.APPLY in request.may}
    return render(request, "agencies/apply.html", page, status=422 if request.method == "POST" else 200)
