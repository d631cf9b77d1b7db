"""Errors that Django answers itself, in the house's words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.access import public


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    refused = render(request, "403_csrf.html", status=403)
    refused["X-Refused"] = "form"  # tells the script of a page that not the person is refused, but the form
    return refused
