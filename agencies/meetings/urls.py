"""Meetings with support: public, or behind a signed link."""

from django.urls import path

from agencies.meetings import views

app_name = "meetings"
urlpatterns = [
    path("", views.schedule, name="schedule"),
    path("<str:key>/", views.show, name="show"),
    path("<str:key>/reschedule/", views.reschedule, name="reschedule"),
    path("<str:key>/cancel/", views.cancel, name="cancel"),
    path("<str:key>/invitation.ics", views.invitation, name="invitation"),
]
