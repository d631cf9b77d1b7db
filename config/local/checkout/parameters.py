"""Reads what Stripe's clients send: form fields whose names nest, such as `line_items[0][price_data][currency]`."""

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

from config.local.checkout import JSON, Refused

MOST_FIELDS = 1000
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
LARGEST_AMOUNT = 99_999_999  # minor units, Stripe's own bound


def parsed(text: str) -> JSON:
    """The fields, nested; what is a list has the numbers from 0 as its names."""
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise Refused("The form cannot be read.") from error
    nested: JSON = {}
    for name, value in fields:
        _put(nested, name, value)
    return nested


def _put(nested: JSON, name: str, value: str) -> None:
    match = NAME.fullmatch(name)
    if match is None:
        raise Refused(f"Invalid parameter name: {name}", param=name)
    *folders, last = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    at = nested
    for folder in folders:
        at = at.setdefault(folder or str(len(at)), {})
        if not isinstance(at, dict):
            raise Refused(f"Invalid object: {name}", param=name)
    at[last or str(len(at))] = value


def known_only(fields: JSON, names: Collection[str], *, inside: str = "") -> None:
    """A name that Stripe does not know is an error there too, so a misspelt one is found here."""
    for name in fields:
        if name not in names:
            full = f"{inside}[{name}]" if inside else name
            raise Refused(f"Received unknown parameter: {full}", code="parameter_unknown", param=full)


def required(fields: JSON, name: str, *, inside: str = "") -> str:
    value = fields.get(name)
    full = f"{inside}[{name}]" if inside else name
    if not isinstance(value, str) or not value:
        raise Refused(f"Missing required param: {full}.", code="parameter_missing", param=full)
    return value


def optional(fields: JSON, name: str) -> str | None:
    """A text, or None where it is not there or empty."""
    value = fields.get(name) or None
    if value is not None and not isinstance(value, str):
        raise Refused(f"Invalid string: {name}", param=name)
    return value


def folder(fields: JSON, name: str) -> JSON:
    """The fields below `name`, of which there may be none."""
    value = fields.get(name) or {}
    if not isinstance(value, dict):
        raise Refused("Invalid object", param=name)
    return value


def listed(fields: JSON, name: str) -> list[object]:
    return list(folder(fields, name).values())


def words(fields: JSON, name: str) -> dict[str, str]:
    """Metadata: at most 50 names of 40 characters with texts of 500."""
    given = folder(fields, name)
    if len(given) > 50 or any(not isinstance(v, str) or len(k) > 40 or len(v) > 500 for k, v in given.items()):
        raise Refused("Metadata can have up to 50 keys of 40 characters with values of 500.", param=name)
    return given


def whole(text: str, param: str, *, least: int = 0, most: int = LARGEST_AMOUNT) -> int:
    """A whole number from `least` to `most`, both allowed."""
    if not re.fullmatch(r"-?[0-9]{1,12}", text):
        raise Refused(f"Invalid integer: {text}", code="parameter_invalid_integer", param=param)
    if not least <= int(text) <= most:
        raise Refused(f"{param} must be from {least} to {most}.", code="parameter_invalid_integer", param=param)
    return int(text)


def switch(text: str, param: str) -> bool:
    if text not in {"true", "false"}:
        raise Refused(f"Invalid boolean: {text}", param=param)
    return text == "true"


def address(text: str, param: str) -> str:
    """An http(s) address: it becomes a link, a redirect and part of a header, so nothing else passes."""
    parts = urlsplit(text) if re.fullmatch(r"[\x21-\x7e]+", text) else None
    if parts is None or parts.scheme not in {"http", "https"} or not HOST.fullmatch(parts.netloc):
        raise Refused("Not a valid URL", code="url_invalid", param=param)
    return text
