"""Panels and pages of what things take."""

from django.urls import include, path

from billing.views import addons, agency_page, alerts, allocation, calendar, forecast, orders, panels
from workspaces.models import Resource

MESSAGES, SEATS = {"resource": Resource.MESSAGES}, {"resource": Resource.SEATS}

app_name = "billing"
urlpatterns = [
    path("agency/", agency_page.agency_page, name="agency-page"),
    path("agencies/<int:agency_id>/pool/", panels.pool, name="pool"),
    path("agencies/<int:agency_id>/forecast/", forecast.show, name="forecast"),
    path("agencies/<int:agency_id>/pool/seats/", panels.seats_pool, name="seats-pool"),
    path("agencies/<int:agency_id>/days/", panels.days, name="days"),
    path("agencies/<int:agency_id>/clients/", panels.clients, name="clients"),
    path("agencies/<int:agency_id>/time-zone/", calendar.time_zone, name="time-zone"),
    path("agencies/<int:agency_id>/messages/", panels.messages_left, name="messages-left"),
    path("agencies/<int:agency_id>/alerts/", alerts.alerts, name="alerts"),
    path("agencies/<int:agency_id>/alerts/change/", alerts.change, name="change-alerts"),
    path("agencies/<int:agency_id>/allocation/", allocation.show, MESSAGES, name="allocation"),
    path("agencies/<int:agency_id>/allocation/seats/", allocation.show, SEATS, name="seats-allocation"),
    path(
        "agencies/<int:agency_id>/allocation/<int:workspace_id>/messages/",
        allocation.allocate,
        MESSAGES,
        name="allocate-messages",
    ),
    path(
        "agencies/<int:agency_id>/allocation/<int:workspace_id>/messages/preview/",
        allocation.preview,
        MESSAGES,
        name="preview-messages",
    ),
    path(
        "agencies/<int:agency_id>/allocation/<int:workspace_id>/seats/",
        allocation.allocate,
        SEATS,
        name="allocate-seats",
    ),
    path(
        "agencies/<int:agency_id>/allocation/<int:workspace_id>/seats/preview/",
        allocation.preview,
        SEATS,
        name="preview-seats",
    ),
    path(
        "agencies/<int:agency_id>/allocation/undo/<int:audit_entry_id>/",
        allocation.undo,
        name="undo-allocation",
    ),
    path("agencies/<int:agency_id>/money/", include("billing.revenue.urls")),
    path("agencies/<int:agency_id>/add-ons/", addons.show, name="add-ons"),
    path("agencies/<int:agency_id>/add-ons/order/", addons.order, name="order"),
    path("agencies/<int:agency_id>/orders/<int:order_id>/pay/", orders.pay, name="pay"),
    path("agencies/<int:agency_id>/orders/<int:order_id>/cancel/", orders.cancel, name="cancel"),
    path("agencies/<int:agency_id>/receipts/<int:receipt_id>/", orders.receipt, name="receipt"),
    path("workspaces/<int:workspace_id>/use/", panels.use, name="use"),
    path("workspaces/<int:workspace_id>/days/", panels.workspace_days, name="workspace-days"),
    path("workspaces/<int:workspace_id>/resume/", allocation.resume, name="resume"),
]
