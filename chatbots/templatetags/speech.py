"""The visitor's language, and the public door's addresses, in templates that the console renders too."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from chatbots.public import speech
from chatbots.public.speech import Speech

register = template.Library()


@register.simple_tag(takes_context=True, name="speech")
def speech_of(context: dict[str, Any]) -> Speech:
    """The language of this page."""
    request = context.get("request")
    return speech.of(context.get("chatbot"), asked=request.headers.get("Accept-Language", "") if request else "")


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], phrase: str, **values: object) -> str:
    """The phrase in the language of this page. It is text: what a template spells out would count as markup."""
    return speech_of(context).say("".join([phrase]), **values)


@register.simple_tag(takes_context=True)
def door(context: dict[str, Any], name: str) -> str:
    """The chatbot's address of that name at the public door; empty where there is none."""
    try:
        return reverse(f"public:{name}", args=[context["chatbot"].public_id], urlconf=settings.PUBLIC_URLCONF)
    except NoReverseMatch:
        return ""
