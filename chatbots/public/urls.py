"""The public door's pages."""

from django.urls import path

from chatbots.public.views import chat, leaving, lines, look, people, try_out, widget

app_name = "public"
urlpatterns = [
    path("widget.js", widget.script, name="script"),
    path("c/<slug:public_id>/widget.json", widget.configuration, name="configuration"),
    path("c/<slug:public_id>/look.css", look.look, name="look"),
    path("c/<slug:public_id>/", chat.chat, name="chat"),
    path("c/<slug:public_id>/messages/", chat.ask, name="ask"),
    path("c/<slug:public_id>/lines/", lines.lines, name="lines"),
    path("c/<slug:public_id>/try/", try_out.try_out, name="try"),
    path("c/<slug:public_id>/avatar.png", look.avatar, name="avatar"),
    path("c/<slug:public_id>/leave/", leaving.leave, name="leave"),
    path("c/<slug:public_id>/news/", people.news, name="news"),
    path("c/<slug:public_id>/person/", people.person, name="person"),
    path("c/<slug:public_id>/rate/", people.rate, name="rate"),
]
