"""The public door's pages."""

from django.urls import path

from chatbots.public.views import chat, leaving, people

app_name = "public"
urlpatterns = [
    path("c/<slug:public_id>/", chat.chat, name="chat"),
    path("c/<slug:public_id>/messages/", chat.ask, name="ask"),
    path("c/<slug:public_id>/leave/", leaving.leave, name="leave"),
    path("c/<slug:public_id>/news/", people.news, name="news"),
    path("c/<slug:public_id>/person/", people.person, name="person"),
    path("c/<slug:public_id>/rate/", people.rate, name="rate"),
]
