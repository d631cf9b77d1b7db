"""Fields of a chatbot's settings. What is refused is told together with what to write instead."""

import re
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from agencies.zones import known_zone
from chatbots.knowledge import reading

LARGEST_PICTURE = 5 * 1024 * 1024  # bytes
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(\*\.)?(?=.{{1,253}}$)({LABEL}\.)*{LABEL}", re.A)


class LinesField(forms.CharField):
    """Several short texts, one in a line; empty lines and repetitions are left out."""

    def __init__(self, *, most: int, longest: int, what: str, **options: Any) -> None:
        self.most, self.longest, self.what = most, longest, what
        widget = forms.Textarea(attrs={"rows": 4, "dir": "auto", "spellcheck": "false"})
        super().__init__(required=False, widget=widget, strip=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        typed = (" ".join(line.split()) for line in str(super().clean(value)).splitlines())
        lines = list(dict.fromkeys(filter(None, typed)))
        if len(lines) > self.most:
            raise ValidationError(f"Please keep it to {self.most} {self.what}: these are {len(lines):,}.")
        return list(dict.fromkeys(map(self.line, lines)))

    def line(self, line: str) -> str:
        if len(line) > self.longest:
            raise ValidationError(f"Please keep each to {self.longest} characters: “{line[:40]}…” has {len(line):,}.")
        return line


class DomainsField(LinesField):
    """Hosts as browsers write them: no scheme, port or path, in ASCII; `*.` in front stands for all below."""

    def line(self, line: str) -> str:
        typed = line.lower()
        host = re.sub(r"^[a-z][a-z0-9+.-]*:/*", "", typed) if "://" in typed else typed
        host = re.split(r"[/?#\\]", host.rpartition("@")[2])[0]
        host = re.sub(r":\d*$", "", host).strip().removesuffix(".")
        if host != typed.removesuffix("."):
            told = f": write {host}" if HOST.fullmatch(ascii_of(host)) else ""
            raise ValidationError(f"“{line[:80]}” is more than a host{told}. Leave out scheme, port and path.")
        if not HOST.fullmatch(ascii_of(host)):
            raise ValidationError(f"“{line[:80]}” is no host. Examples: shop.example, *.shop.example for all below.")
        return super().line(ascii_of(host))


def ascii_of(host: str) -> str:
    """The host as browsers send it; empty where there is no such name."""
    star, name = ("*.", host[2:]) if host.startswith("*.") else ("", host)
    if name.isascii():
        return star + name
    try:
        return star + idna.encode(name[:255], uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        return ""


class ColourField(forms.CharField):
    """A colour as #rrggbb; also without #, in capitals, or with three digits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"type": "color"}), **options)

    def clean(self, value: Any) -> str:
        digits = str(value or "").strip().lower().removeprefix("#")
        if re.fullmatch(r"[0-9a-f]{3}", digits, re.A):
            digits = "".join(2 * digit for digit in digits)
        if not re.fullmatch(r"[0-9a-f]{6}", digits, re.A):
            raise ValidationError("This is not a colour. Write # and six digits of 0–9 and a–f, such as #3c4fe0.")
        return f"#{digits}"


class ZoneField(forms.CharField):
    """A name of the time zone database; empty stands for the agency's."""

    def clean(self, value: Any) -> str:
        name = str(super().clean(value))
        if name:
            known_zone(name)
        return name


class PictureField(forms.FileField):
    """A picture, drawn anew; its bytes, None without one."""

    def __init__(self, **options: Any) -> None:
        widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"})
        super().__init__(required=False, widget=widget, **options)
        self.error_messages["empty"] = "This file is empty. Look whether the right one was chosen."

    def clean(self, data: Any, initial: Any = None) -> Any:
        if isinstance(data, str):  # a preview names the file, and holds none of it
            return None
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return None
        if (upload.size or 0) > LARGEST_PICTURE:
            raise ValidationError("This picture is larger than 5 MB. Save it smaller, and upload that.")
        try:
            return reading.picture(upload.read())
        except reading.Unreadable as refusal:
            raise ValidationError(str(refusal)) from refusal
