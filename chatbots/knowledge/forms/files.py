"""Files, several at once, or another one in a file's place."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

LARGEST = 20 * 1024 * 1024  # bytes of one file
MOST_FILES = 20  # at once
MEGABYTE = 1024 * 1024
READABLE = ".pdf,.docx,.md,.markdown,.txt,.csv,.html,.htm"


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
