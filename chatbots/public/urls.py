"""The public door's pages."""

from django.urls import path

from chatbots.public import views

app_name = "public"
urlpatterns = [
    path("c/<slug:public_id>/", views.chat, name="chat"),
    path("c/<slug:public_id>/messages/", views.ask, name="ask"),
    path("c/<slug:public_id>/leave/", views.leave, name="leave"),
]
