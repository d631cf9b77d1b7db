"""The button that takes the last step back, for the page that says it was taken."""

from django import template
from django.template.context import Context

from agencies import undoing

register = template.Library()


@register.simple_tag(takes_context=True)
def way_back(context: Context) -> undoing.WayBack | None:
    return undoing.take(context["request"].session)
