"""A report as a file."""

from django.http import HttpResponse
from django.utils.text import slugify

from chatbots.models import Report
from chatbots.reports import showing


def paper_of(report: Report) -> HttpResponse:
    name = slugify(f"{report.workspace} {report.month:%Y-%m}") or f"report-{report.month:%Y-%m}"
    answer = HttpResponse(showing.paper(report), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
