"""Forms of reports: which month, what the agency says to it, whom it is sent to, and when by itself."""

import re
from datetime import date
from typing import Any

from django import forms

from agencies.addresses import EmailField
from chatbots.models.reports import LAST_DAY, LONGEST_COMMENT, MOST_RECIPIENTS

NO_MONTH = "Please choose a month that is over."
LONGEST_ADDRESS = 254


class MonthField(forms.TypedChoiceField):
    """One of the months that are offered, as 2026-10."""

    def __init__(self, **options: Any) -> None:
        wrong = dict.fromkeys(("required", "invalid_choice"), NO_MONTH)
        super().__init__(label="Month", coerce=month_of, error_messages=wrong, **options)

    def offer(self, months: list[date]) -> None:
        self.choices = [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in months]


def month_of(value: str) -> date:
    return date.fromisoformat(f"{value}-01")


class MonthForm(forms.Form):
    """The month that is looked at, or drawn up."""

    month = MonthField()

    def __init__(self, data: Any, *, months: list[date]) -> None:
        super().__init__(data)
        self.fields["month"].offer(months)  # type: ignore[attr-defined]


class RecipientsField(forms.CharField):
    """Addresses, a line or a comma between them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label="Send it to",
            max_length=(LONGEST_ADDRESS + 2) * MOST_RECIPIENTS,
            widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "placeholder": "name@client.example"}),
            help_text=f"Up to {MOST_RECIPIENTS} addresses, with commas between them.",
            error_messages={"required": "Please enter whom to send it to."},
            **options,
        )

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        people = [email.lower() for email in re.split(r"[\s,;]+", super().to_python(value) or "") if email]
        if len(people) > MOST_RECIPIENTS:
            raise forms.ValidationError(f"These are more than {MOST_RECIPIENTS} addresses.")
        for email in people:
            self.refuse_other(email)
        return list(dict.fromkeys(people))

    def refuse_other(self, email: str) -> None:
        try:
            EmailField().clean(email)
        except forms.ValidationError as error:
            raise forms.ValidationError("%(email)s is not an e-mail address.", params={"email": email}) from error
        if len(email) > LONGEST_ADDRESS:
            raise forms.ValidationError("An address may have up to 254 characters.")

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class CommentForm(forms.Form):
    """What the agency says to the numbers; the client reads it above them."""

    comment = forms.CharField(
        label="Your comment",
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="Stands above the numbers.",
    )


class ApproveForm(forms.Form):
    """Names the comment that was read: somebody may have written another one meanwhile."""

    read = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)


class SendForm(forms.Form):
    recipients = RecipientsField()


class RuleForm(forms.Form):
    """The day of each month on which a client's report is sent by itself."""

    day = forms.IntegerField(
        label="On this day of each month",
        required=False,
        min_value=1,
        max_value=LAST_DAY,
        help_text="In the morning of your time zone. Empty: reports are sent by hand.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"Please enter a day from 1 to {LAST_DAY}, or leave it empty."
        ),
    )
    recipients = RecipientsField(required=False)
    unread = forms.BooleanField(
        label="Send it even if nobody has approved it", required=False, help_text="Otherwise it waits for you."
    )

    def clean(self) -> None:
        if self.cleaned_data.get("day") and not self.cleaned_data.get("recipients") and "recipients" not in self.errors:
            self.add_error("recipients", "Please enter whom to send it to.")
