"""The styleguide: what it shows is true, and nobody meets it in production."""

import sys
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, include, path, resolve

from config import urls
from config.styleguide import tokens


def test_words_can_be_read_on_everything_they_stand_on_in_both_themes() -> None:
    faint = [
        f"{pair.ink.name} on {pair.ground.name}: {pair.light:.1f} by day, {pair.dark:.1f} by night"
        for pair in tokens.words()
        if min(pair.light, pair.dark) < 4.5
    ]
    assert faint == []


def test_every_colour_of_the_stylesheet_is_shown() -> None:
    two = [name for name, value in tokens.values().items() if value.startswith("light-dark(")]
    assert [*tokens.colours()] == two
    assert len(two) > 20


def test_it_has_no_address_outside_of_development_and_demo() -> None:
    with pytest.raises(Resolver404):
        resolve("/styleguide/")


@pytest.mark.django_db
def test_it_shows_the_real_fragments_and_asks_the_database_nothing(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    in_development = ModuleType("urls_in_development")
    in_development.urlpatterns = [*urls.urlpatterns, path("styleguide/", include("config.styleguide.urls"))]
    monkeypatch.setitem(sys.modules, in_development.__name__, in_development)
    settings.ROOT_URLCONF = in_development.__name__
    with django_assert_num_queries(0):
        answer = client.get("/styleguide/")
    shown = {template.name for template in answer.templates}
    assert {"_shared/_field.html", "billing/_meter.html", "billing/_clients.html", "agencies/_step.html"} <= shown
    assert " style=" not in answer.content.decode()
    assert client.get("/styleguide/failing/").status_code == 503
