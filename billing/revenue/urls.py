"""The pages of money, under those of the agency."""

from django.urls import path

from billing.revenue.views import clients, closed, partner, running, settings

urlpatterns = [
    path("", running.money, name="money"),
    path("compare/", running.compare, name="compare"),
    path("clients/<int:workspace_id>/", clients.client, name="money-client"),
    path("clients/<int:workspace_id>/terms/", clients.set_terms, name="set-terms"),
    path("terms/<int:client_terms_id>/withdraw/", clients.withdraw, name="withdraw-terms"),
    path("close/", closed.close, name="close-month"),
    path("months/", closed.history, name="months"),
    path("months/<int:statement_id>/", closed.month, name="month"),
    path("months/<int:statement_id>/sheet/", closed.sheet, name="month-sheet"),
    path("months/<int:statement_id>/paper/", closed.paper, name="month-paper"),
    path("partner/", partner.partner, name="partner"),
    path("settings/", settings.settings, name="money-settings"),
    path("settings/currency/", settings.set_currency, name="set-currency"),
    path("settings/models/", settings.price_model, name="price-model"),
    path("settings/rates/", settings.set_rate, name="set-rate"),
]
