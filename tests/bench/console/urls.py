"""The console's URLs, and a page that does nothing but know who is signed in, to compare with."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html

from config.urls import urlpatterns as console

BARE = "/bare/"


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(format_html("<!doctype html><title>Hello</title><p>{}</p>", request.user))


urlpatterns = [*console, path(BARE.strip("/") + "/", bare)]
