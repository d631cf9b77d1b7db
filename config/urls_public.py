"""The public door: what visitors and programs reach."""

from django.urls import include, path

urlpatterns = [
    path("", include("chatbots.public.urls")),
    path("", include("chatbots.api.urls")),
    path("", include("billing.public.urls")),
]
