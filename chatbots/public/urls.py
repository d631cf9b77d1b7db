"""The public door's pages."""

from django.urls import path

from chatbots.public.views import chat, leaving, look

app_name = "public"
urlpatterns = [
    path("c/<slug:public_id>/", chat.chat, name="chat"),
    path("c/<slug:public_id>/messages/", chat.ask, name="ask"),
    path("c/<slug:public_id>/look.css", look.look, name="look"),
    path("c/<slug:public_id>/avatar.png", look.avatar, name="avatar"),
    path("c/<slug:public_id>/leave/", leaving.leave, name="leave"),
]
