"""What a chatbot can be taught: by hand, from websites, from files, and many at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chatbots.knowledge import reading
from chatbots.knowledge.crawling import DEEPEST, MOST_PAGES
from chatbots.knowledge.fetching import Refused, urls
from chatbots.models import DataSource

LONGEST_TEXT = 200_000  # characters
LONGEST_QUESTION, LONGEST_ANSWER = 200, 2000  # characters
LARGEST = 20 * 1024 * 1024  # bytes of one file
MOST_FILES = 20  # at once
MOST_WEBSITES = 100  # at once
MOST_QUESTIONS = 500  # at once
MEGABYTE = 1024 * 1024
READABLE = ".pdf,.docx,.md,.markdown,.txt,.csv,.html,.htm"
TOO_LONG = f"A text may have up to {LONGEST_TEXT:,} characters. Upload a longer one as a file."


class TextForm(forms.Form):
    """A text."""

    title = forms.CharField(
        label="Title",
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "placeholder": "Opening hours"}),
        help_text="Answers name it as their source.",
        error_messages={"required": "Please give it a title."},
    )
    text = forms.CharField(
        label="Text",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        error_messages={"required": "Please enter the text to learn.", "max_length": TOO_LONG},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class QAForm(forms.Form):
    """A question with its answer."""

    title = forms.CharField(
        label="Question",
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput(
            attrs={"dir": "auto", "autocomplete": "off", "placeholder": "Do you bake without gluten?"}
        ),
        error_messages={"required": "Please enter the question."},
    )
    text = forms.CharField(
        label="Answer",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="Visitors get it word for word.",
        error_messages={"required": "Please enter the answer."},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


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


class FilesInput(forms.ClearableFileInput):
    """Takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, none of them empty or larger than LARGEST."""

    widget = FilesInput(attrs={"accept": READABLE})

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        if len(sent) > MOST_FILES:
            raise ValidationError(
                f"These are {len(sent):,} files, and up to {MOST_FILES} are taken at once. None was added: "
                "please choose them in parts."
            )
        return [small_enough(super(FilesField, self).clean(file, initial)) for file in sent or [None]]


def small_enough(file: Any) -> Any:
    """The file. Raises ValidationError for one that is larger than LARGEST."""
    if file and file.size > LARGEST:
        raise ValidationError(
            f"{file.name} has {file.size / MEGABYTE:,.0f} MB, and a file may have up to {LARGEST // MEGABYTE} MB. "
            "Divide it into several."
        )
    return file


WORDS_OF_FILES = {
    "required": "Please choose a file.",
    "empty": "There is nothing in this file.",
    "max_length": "The name of this file is too long.",
    "missing": "Please choose a file.",
    "invalid": "Please choose a file.",
}


class FilesForm(forms.Form):
    """Files to learn, each of which becomes a source."""

    files = FilesField(  # type: ignore[assignment] # a form has `files` of its own, which are read by then
        label="Files",
        help_text=f"PDF, Word (DOCX), Markdown, plain text, CSV or HTML: up to {MOST_FILES} at once, "
        f"each up to {LARGEST // MEGABYTE} MB. Each is a data source.",
        error_messages=WORDS_OF_FILES,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class FileForm(forms.Form):
    """A file's name, and another file in its place."""

    title = forms.CharField(
        label="Name",
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        error_messages={"required": "Please give it a name."},
    )
    file = forms.FileField(
        label="Another file in its place",
        required=False,
        widget=forms.FileInput(attrs={"accept": READABLE}),
        help_text="What the old one said is answered until the new one is learned.",
        error_messages=WORDS_OF_FILES,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_file(self) -> Any:
        return small_enough(self.cleaned_data["file"])


class QuestionsForm(forms.Form):
    """A CSV of questions and answers, each pair of which becomes a source."""

    pairs = forms.FileField(
        label="CSV file",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=f"Two columns, question and answer, up to {MOST_QUESTIONS} rows. Each row is a data source.",
        error_messages=WORDS_OF_FILES,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_pairs(self) -> list[tuple[str, str]]:
        """The questions with their answers; a row that is amiss is named."""
        file = small_enough(self.cleaned_data["pairs"])
        try:
            pairs = reading.questions(file.read())
        except reading.Unreadable as failure:
            raise ValidationError(str(failure)) from failure
        if not pairs:
            raise ValidationError("There are no questions in this file. Put one into each row, with its answer.")
        if len(pairs) > MOST_QUESTIONS:
            raise ValidationError(f"These are {len(pairs):,} rows, and up to {MOST_QUESTIONS} are taken at once.")
        for number, (question, answer) in enumerate(pairs, start=1):
            if len(question) > LONGEST_QUESTION:
                raise ValidationError(f"Question {number:,} is longer than {LONGEST_QUESTION} characters.")
            if len(answer) > LONGEST_ANSWER:
                raise ValidationError(f"Answer {number:,} is longer than {LONGEST_ANSWER:,} characters.")
        return pairs
