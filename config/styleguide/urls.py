"""Under /styleguide/, where the settings show it."""

from django.urls import path

from config.styleguide import views

urlpatterns = [
    path("", views.styleguide, name="styleguide"),
    path("failing/", views.failing, name="styleguide-failing"),
]
