"""Reports of clients, in the console."""

from django.urls import path

from chatbots.reports.views import agency, client

REPORTS = "agencies/<int:agency_id>/reports"
ONE = f"{REPORTS}/<int:report_id>"
OF_A_CLIENT = f"{REPORTS}/clients/<int:workspace_id>"

urlpatterns = [
    path(f"{REPORTS}/", agency.all_reports, name="reports"),
    path(f"{OF_A_CLIENT}/draw-up/", agency.draw_up, name="draw-up-report"),
    path(f"{OF_A_CLIENT}/schedule/", agency.schedule, name="schedule-reports"),
    path(f"{ONE}/", agency.report, name="report"),
    path(f"{ONE}/comment/", agency.comment, name="comment-report"),
    path(f"{ONE}/approve/", agency.approve, name="approve-report"),
    path(f"{ONE}/send/", agency.send, name="send-report"),
    path(f"{ONE}/close/", agency.close, name="close-report"),
    path(f"{ONE}/report.pdf", agency.paper, name="report-paper"),
    path("reports/<str:key>/", client.report, name="client-report"),
    path("reports/<str:key>/report.pdf", client.paper, name="client-report-paper"),
]
