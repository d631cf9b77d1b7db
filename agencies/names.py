"""What a name may be: of an agency, a workspace, a chatbot. Any script, emoji too; nothing invisible."""

import unicodedata

from django import forms

LONGEST = 80
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
JOINERS = "‌‍"  # letters of Persian and Indic scripts, and emoji, need them


class NameField(forms.CharField):
    """A name of 1 to 80 characters, in one Unicode form, without control or direction characters."""

    def __init__(self, *, label: str, help_text: str = "", placeholder: str = "") -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "placeholder": placeholder})
        messages = {"required": "Please enter a name.", "max_length": f"Please keep it to {LONGEST} characters."}
        super().__init__(label=label, help_text=help_text, max_length=LONGEST, widget=widget, error_messages=messages)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, object]:
        return {}  # without `maxlength`: a browser would cut a longer name without a word

    def to_python(self, value: object) -> str:
        text = unicodedata.normalize("NFC", str(value or ""))
        text = "".join(c for c in text if c in JOINERS or unicodedata.category(c) not in INVISIBLE)
        text = " ".join(text.split())
        return "" if not text.strip(JOINERS) else text
