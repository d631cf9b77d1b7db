"""Registers the roof's system checks and its management commands."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "roof"

    def ready(self) -> None:
        from django.core.checks import register

        from config import checks
        from config.celery import app

        app.set_default()  # tasks find their broker only once the Celery application is loaded
        register(checks.every_view_says_who_may_call_it)
        register(checks.no_inner_host_is_fetched)
