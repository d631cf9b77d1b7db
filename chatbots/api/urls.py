"""What programs reach at the public door."""

from django.urls import path

from chatbots.api import views

app_name = "api"
urlpatterns = [
    path("v1/models", views.models, name="models"),
    path("v1/chat/completions", views.completions, name="completions"),
]
