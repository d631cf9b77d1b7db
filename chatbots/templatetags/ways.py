"""The address of a page whose name and ids a domain module gave."""

from collections.abc import Iterable

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def spread(page: str, place: Iterable[int]) -> str:
    return reverse(page, args=list(place))
