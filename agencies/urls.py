"""The agency's own pages."""

from django.urls import path

from agencies.views import agency, applications, second_factor, visits

app_name = "agencies"
urlpatterns = [
    path("visit/leave/", visits.leave, name="leave-visit"),
    path("<int:agency_id>/", agency.dashboard, name="dashboard"),
    path("<int:agency_id>/agency/", applications.apply, name="apply"),
    path("<int:agency_id>/agency/timeline/", applications.timeline, name="timeline"),
    path("<int:agency_id>/agency/answer/", applications.answer, name="answer"),
    path("<int:agency_id>/agency/withdraw/", applications.withdraw, name="withdraw"),
    path("<int:agency_id>/second-factor/require/", second_factor.require, name="require-second-factor"),
    path("<int:agency_id>/second-factor/relax/", second_factor.relax, name="relax-second-factor"),
]
