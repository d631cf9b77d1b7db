"""What comes in at the public door."""

from django.urls import path

from billing.public import views

app_name = "payments"
urlpatterns = [path("webhooks/stripe/", views.stripe, name="stripe")]
