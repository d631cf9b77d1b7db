"""Texts and questions with their answers, by hand or as a CSV."""

from django import forms
from django.core.exceptions import ValidationError

from chatbots.knowledge import reading
from chatbots.knowledge.forms.files import WORDS_OF_FILES, small_enough

LONGEST_TEXT = 200_000  # characters
LONGEST_QUESTION, LONGEST_ANSWER = 200, 2000  # characters
MOST_QUESTIONS = 500  # at once
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
