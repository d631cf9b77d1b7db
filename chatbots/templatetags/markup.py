"""A chatbot's words on a page."""

from django import template
from django.utils.safestring import SafeString

from chatbots.answers import markup

register = template.Library()


@register.filter
def markup_of(text: str) -> SafeString:
    return markup.of(text)
