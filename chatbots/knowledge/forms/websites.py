"""Websites, one or a list of them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chatbots.knowledge.crawling import DEEPEST, MOST_PAGES
from chatbots.knowledge.fetching import Refused, urls
from chatbots.models import DataSource

MOST_WEBSITES = 100  # at once


class AddressField(forms.CharField):
    """The address of a website, in one spelling. Where it leads is looked at when it is fetched."""

    widget = forms.TextInput(
        attrs={"inputmode": "url", "autocomplete": "url", "spellcheck": "false", "placeholder": "https://example.com/"}
    )

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return urls.normal(urls.typed(typed))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal


class FetchingForm(forms.Form):
    """How much of a website is learned, and how often."""

    reach = forms.ChoiceField(
        label="What to learn",
        choices=DataSource.Reach.choices,
        initial=DataSource.Reach.SITE,
        help_text=f"Of one site, up to {MOST_PAGES} pages and {DEEPEST} clicks deep, as far as its robots.txt allows.",
    )
    schedule = forms.ChoiceField(
        label="Learn it anew",
        choices=DataSource.Schedule.choices,
        initial=DataSource.Schedule.NEVER,
        help_text="Only pages that changed are fetched and learned again.",
    )


class WebsiteForm(FetchingForm):
    """A website."""

    url = AddressField(
        label="Address",
        max_length=2000,
        help_text="Of a page, or of a sitemap.",
        error_messages={"required": "Please enter the address of the website."},
    )
    title = forms.CharField(
        label="Name",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text="Without one it is called by its address.",
    )
    include = forms.CharField(
        label="Only these paths",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "/help", "spellcheck": "false"}),
        help_text="One a line; /help is that page and all below it, and * is anything.",
    )
    exclude = forms.CharField(
        label="Not these paths",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "/blog/*/archive", "spellcheck": "false"}),
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("url", "title", "reach", "include", "exclude", "schedule", "request_key")


class WebsitesForm(FetchingForm):
    """A list of addresses, each of which becomes a source."""

    addresses = forms.CharField(
        label="Addresses",
        max_length=MOST_WEBSITES * 2001,
        widget=forms.Textarea(attrs={"rows": 10, "placeholder": "https://example.com/help", "spellcheck": "false"}),
        help_text=f"One a line, up to {MOST_WEBSITES}. Each is a data source; the same one again counts once.",
        error_messages={
            "required": "Please enter at least one address.",
            "max_length": f"Up to {MOST_WEBSITES} addresses are taken at once. Please send the rest after these.",
        },
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("addresses", "reach", "schedule", "request_key")

    def clean_addresses(self) -> list[str]:
        """Each address once, in its one spelling; lines that are none are named."""
        lines = [line for line in self.cleaned_data["addresses"].splitlines() if line.strip()]
        if len(lines) > MOST_WEBSITES:
            raise ValidationError(
                f"These are {len(lines):,} lines, and up to {MOST_WEBSITES} addresses are taken at once."
            )
        chosen: dict[str, None] = {}
        for number, line in enumerate(lines, start=1):
            try:
                chosen[urls.normal(urls.typed(line))] = None
            except Refused as refusal:
                raise ValidationError(f"Line {number:,}: {refusal}") from refusal
        return list(chosen)
