"""Panels and pages of what things take."""

from django.urls import path

from billing.views import alerts, caps, panels

app_name = "billing"
urlpatterns = [
    path("agencies/<int:agency_id>/pool/", panels.pool, name="pool"),
    path("agencies/<int:agency_id>/days/", panels.days, name="days"),
    path("agencies/<int:agency_id>/clients/", panels.clients, name="clients"),
    path("agencies/<int:agency_id>/messages/", panels.messages_left, name="messages-left"),
    path("agencies/<int:agency_id>/alerts/", alerts.alerts, name="alerts"),
    path("agencies/<int:agency_id>/alerts/change/", alerts.change, name="change-alerts"),
    path("workspaces/<int:workspace_id>/use/", panels.use, name="use"),
    path("workspaces/<int:workspace_id>/days/", panels.workspace_days, name="workspace-days"),
    path("workspaces/<int:workspace_id>/caps/", caps.change, name="caps"),
]
