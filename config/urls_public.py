"""The public door: what visitors reach."""

from django.urls import include, path

urlpatterns = [path("", include("chatbots.public.urls")), path("", include("billing.public.urls"))]
