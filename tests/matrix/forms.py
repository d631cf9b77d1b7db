"""What pages let one send: every form with its fields, filled in as a person would."""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

TYPED = {
    "email": "somebody.new@example.com",
    "url": "https://somebody.example/",
    "number": "5",
    "password": "a long and winding road",
    "date": "2026-03-04",
    "datetime-local": "2026-03-04T05:06",
}
PRESSED = {"submit", "button", "image", "reset"}


@dataclass
class Form:
    """A form that posts: where to, each field's value, and the fields whose values are keys of rows."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def key_fields(self) -> list[str]:
        """Fields that name a row: by their name, or by what they hold or offer."""
        return [name for name in self.fields if is_key(name, [self.fields[name], *self.options.get(name, [])])]


def is_key(name: str, values: list[str]) -> bool:
    named = re.search(r"(^|_)(ids?|pk|workspace|agency|chatbot|source|member|user)$", name)
    return bool(named) or any(re.fullmatch(r"\d{6,}", value) for value in values)


class Reader(HTMLParser):
    """Collects the forms of one page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = urlsplit(page).path
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.named: dict[str, Form] = {}  # by their id: a field elsewhere on the page may belong to one
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open = Form(has.get("action") or self.page) if has.get("method", "get").lower() == "post" else None
            if self.open:
                self.forms.append(self.open)
                self.named[has.get("id", "")] = self.open
        elif tag == "input" and has.get("form") in self.named:
            self.read_input(self.named[has["form"]], has.get("name", ""), has)
        elif self.open and (tag == "button" or has.get("name") or (tag == "option" and self.select)):
            name = has.get("name") or (self.select if tag == "option" else "")
            getattr(self, f"read_{tag}", lambda *_: None)(self.open, name, has)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag in ("select", "textarea"):
            self.select = self.area = ""

    def handle_data(self, data: str) -> None:
        if self.open and self.area and data.strip():
            self.open.fields[self.area] = data.strip()

    def read_input(self, form: Form, name: str, has: dict[str, str]) -> None:
        kind = has.get("type", "text")
        form.kinds[name] = kind
        if kind in ("radio", "checkbox"):
            form.options.setdefault(name, []).append(has.get("value", "on"))
            form.fields.setdefault(name, has.get("value", "on"))
        elif kind not in PRESSED:
            form.fields[name] = typed(kind, has)

    def read_button(self, form: Form, name: str, has: dict[str, str]) -> None:
        if name:
            form.fields.setdefault(name, has.get("value", ""))
        if "formaction" in has:  # another way to send the same fields
            self.forms.append(replace(form, action=has["formaction"]))

    def read_select(self, form: Form, name: str, has: dict[str, str]) -> None:
        self.select = name
        form.kinds[name] = "select"
        form.fields.setdefault(name, "")

    def read_option(self, form: Form, name: str, has: dict[str, str]) -> None:
        form.options.setdefault(name, []).append(has.get("value", ""))
        if "selected" in has or not form.fields[name]:
            form.fields[name] = has.get("value", "")

    def read_textarea(self, form: Form, name: str, has: dict[str, str]) -> None:
        self.area = name
        form.kinds[name] = "textarea"
        form.fields.setdefault(name, "Something that somebody typed.")


def typed(kind: str, has: dict[str, str]) -> str:
    """What stands there, a little longer where it is words; else something that fits."""
    value, numeric = has.get("value", ""), has.get("inputmode") == "numeric"
    if kind == "text" and not numeric:
        return f"{value} too" if value else "Something typed"
    return value or TYPED.get(kind, "7" if numeric else "")


def read(page: str, html: str) -> list[Form]:
    """The forms of a page that post, as they would be sent."""
    reader = Reader(page)
    reader.feed(html)
    for form in reader.forms:
        form.fields.pop("csrfmiddlewaretoken", None)
    return [form for form in reader.forms if form.action]


def changed(form: Form, **instead: Any) -> dict[str, Any]:
    return form.fields | instead
