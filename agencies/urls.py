"""The agency's own pages."""

from django.urls import path

from agencies.views import agency, applications

app_name = "agencies"
urlpatterns = [
    path("<int:agency_id>/", agency.dashboard, name="dashboard"),
    path("<int:agency_id>/agency/", applications.apply, name="apply"),
]
