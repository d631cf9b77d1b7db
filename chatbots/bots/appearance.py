"""A chatbot's look as CSS custom properties: colours that can be read on each other, a corner and a font."""

import re
from collections.abc import Mapping
from typing import Any

from chatbots.models.settings import COLOUR, Look

FONTS = {
    Look.Font.SYSTEM: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", sans-serif',
    Look.Font.SANS: '"Geist", "Helvetica Neue", Arial, "Noto Sans Arabic", sans-serif',
    Look.Font.SERIF: 'Georgia, "Times New Roman", "Noto Naskh Arabic", serif',
    Look.Font.MONO: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
}
WIDEST = 28  # pixels
USUAL = "#3c4fe0"
READABLE = 4.5  # WCAG AA, of text


def stylesheet(values: Mapping[str, Any]) -> str:
    """Custom properties of a look. What is no colour, corner or font of ours is left at what is usual."""
    accent = str(values.get("accent", ""))
    accent = accent if re.fullmatch(COLOUR, accent) else USUAL
    dark = lighter(accent)
    radius = values.get("radius")
    radius = min(radius, WIDEST) if isinstance(radius, int) and radius >= 0 else 16
    font = FONTS.get(values.get("font", ""), FONTS[Look.Font.SYSTEM])
    lines = {
        "--accent": accent,
        "--on-accent": on(accent),
        "--accent-dark": dark,
        "--on-accent-dark": on(dark),
        "--radius": f"{radius}px",
        "--font": font,
    }
    return ":root {\n" + "".join(f"  {name}: {value};\n" for name, value in lines.items()) + "}\n"


def lighter(colour: str) -> str:
    """The colour, mixed with white until it stands out on a dark page."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    for step in range(11):
        mixed = "#" + "".join(f"{round(part + (255 - part) * step / 10):02x}" for part in (red, green, blue))
        if contrast(mixed, "#161c19") >= READABLE:
            return mixed
    return "#ffffff"


def on(colour: str) -> str:
    """White or near black, whichever is read better on it."""
    return max("#ffffff", "#10131a", key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    lighter_one, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter_one + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
