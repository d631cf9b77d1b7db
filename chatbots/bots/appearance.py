"""A chatbot's look as a stylesheet: tokens of fixed forms, so that nothing of it can be a style of somebody else's.

A colour is chosen once. What stands on it is black or white, whichever is read more easily; where it would drown in
the page, in light or in dark, it is moved towards the other end until it stands out as WCAG asks.
"""

import re
from collections.abc import Mapping
from typing import Any

from chatbots.models.settings import COLOUR, Look

DEFAULT, LIGHT, DARK = "#3c4fe0", "#ffffff", "#161c19"  # the accent, and the surfaces it stands on
SHAPES, WORDS = 3.0, 4.5  # contrast of a button with the page, and of words with what they stand on
SEEN = {"light": "light", "dark": "dark", "system": "light dark"}
FONTS = {
    "system": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", sans-serif',
    "sans": '"Geist", system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif',
    "serif": 'ui-serif, Georgia, "Times New Roman", "Noto Serif", "Noto Naskh Arabic", serif',
    "mono": 'ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", monospace',
}
PRESETS: dict[str, tuple[str, dict[str, Any]]] = {  # looks to begin with, and their names
    "indigo": ("Indigo", {"accent": "#3c4fe0", "theme": "system", "radius": 16, "font": "system", "launcher": "chat"}),
    "forest": ("Forest", {"accent": "#0b6b50", "theme": "light", "radius": 10, "font": "sans", "launcher": "chat"}),
    "night": ("Night", {"accent": "#8b7bff", "theme": "dark", "radius": 20, "font": "sans", "launcher": "hello"}),
    "paper": ("Paper", {"accent": "#7a3e1d", "theme": "light", "radius": 4, "font": "serif", "launcher": "question"}),
    "candy": ("Candy", {"accent": "#d6336c", "theme": "system", "radius": 28, "font": "system", "launcher": "hello"}),
    "terminal": ("Terminal", {"accent": "#2f9e44", "theme": "dark", "radius": 0, "font": "mono", "launcher": "chat"}),
}


def stylesheet(values: Mapping[str, Any]) -> str:
    """The custom properties of a look. What is none of the known forms, in whatever way it came, is the default's."""
    accent = colour(values.get("accent"))
    light, dark = mended(accent, LIGHT), mended(accent, DARK)
    tokens = {
        "color-scheme": SEEN.get(str(values.get("theme")), SEEN["system"]),
        "--accent": f"light-dark({light}, {dark})",
        "--on-accent": f"light-dark({text_on(light)}, {text_on(dark)})",
        "--accent-dark": dark,
        "--on-accent-dark": text_on(dark),
        "--accent-strong": f"light-dark({mended(accent, LIGHT, WORDS)}, {mended(accent, DARK, WORDS)})",
        "--accent-soft": f"light-dark({mixed(LIGHT, light, 0.12)}, {mixed(DARK, dark, 0.2)})",
        "--radius": f"{radius(values.get('radius'))}px",
        "--font": FONTS.get(str(values.get("font")), FONTS["system"]),
    }
    return ":root {\n" + "".join(f"  {name}: {value};\n" for name, value in tokens.items()) + "}\n"


def advice(accent: str) -> str:
    """What becomes of a colour that would drown in the page, in a sentence; empty where it stands out."""
    chosen, told = colour(accent), []
    for surface, where in ((LIGHT, "on white"), (DARK, "in the dark")):
        shown = mended(chosen, surface)
        if shown != chosen:
            told.append(f"{shown} {where}")
    return f"So that it stands out, visitors get {' and '.join(told)}." if told else ""


def colour(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch(COLOUR.strip("^$"), value) else DEFAULT


def radius(value: Any) -> int:
    known = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), 28) if known else int(Look._meta.get_field("radius").get_default())


def text_on(background: str) -> str:
    """Black or white: one of them has a contrast above 4.5 with every colour."""
    return max("#ffffff", "#000000", key=lambda text: contrast(text, background))


def mended(chosen: str, surface: str, wanted: float = SHAPES) -> str:
    """The colour itself, or the first towards black or white that stands out on this surface."""
    end = text_on(surface)
    shades = (mixed(chosen, end, step / 50) for step in range(51))
    return next(shade for shade in shades if contrast(shade, surface) >= wanted)


def mixed(one: str, other: str, share: float) -> str:
    """`one` with this share of `other`."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it: 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(of: str) -> float:
    red, green, blue = (linear(channel / 255) for channel in channels(of))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def channels(of: str) -> tuple[int, int, int]:
    return int(of[1:3], 16), int(of[3:5], 16), int(of[5:7], 16)
