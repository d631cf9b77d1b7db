"""Pictures: looked at strictly, then drawn anew, so that nothing of the file but its colours comes out."""

import io
import re
from base64 import b64encode
from typing import Any

from PIL import Image, ImageOps

from chatbots.knowledge.reading.documents import Unreadable

SIDE = 256  # pixels of what comes out
LONGEST_SIDE, MOST_PIXELS = 8000, 16_000_000  # of what comes in
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
USE = "Use PNG, JPEG, WebP or GIF."
VECTOR = "This is an SVG, which can hold scripts. Save it as PNG, and upload that."
OTHER = f"This is no picture of a kind that can be shown. {USE}"
MORE = "There is something else in this file beside the picture. Save the picture anew as PNG, and upload that."
BROKEN = "This picture is damaged. Save it anew as PNG, and upload that."
HUGE = "The picture has {width:,} × {height:,} pixels. Use one of at most 8,000 on a side, and 16 million in all."
SVG = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!doctype[^>]*>\s*)*<svg\b", re.I | re.S)
OTHERS = re.compile(rb"<script[\s>]|<svg\s|<!doctype\s|<html[\s>]|<\?php\s|<iframe\s", re.I)
PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def read(data: bytes) -> dict[str, Any]:
    """A square PNG of SIDE pixels, the middle of the first frame. Raises Unreadable."""
    if SVG.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable(VECTOR)
    if not ends_as_it_should(data):
        raise Unreadable(MORE)
    if OTHERS.search(data) or b"%PDF-" in data[:1024]:
        raise Unreadable(MORE)
    try:
        return {"png": b64encode(drawn(data)).decode()}
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError) as error:
        raise Unreadable(BROKEN) from error


def ends_as_it_should(data: bytes) -> bool:
    """Whether the file ends where its picture does. Raises Unreadable for what begins as none."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data.endswith(PNG_END) and data.count(PNG_END) == 1
    if data.startswith(b"\xff\xd8\xff"):
        return data.rstrip(b"\0").endswith(b"\xff\xd9")
    if data.startswith((b"GIF87a", b"GIF89a")):
        return data.endswith(b";")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        told = int.from_bytes(data[4:8], "little") + 8
        return len(data) in (told, told + told % 2)
    raise Unreadable(OTHER)


def drawn(data: bytes) -> bytes:
    Image.MAX_IMAGE_PIXELS = None  # looked at here, before anything is unpacked, and with our own words
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
            raise Unreadable(HUGE.format(width=width, height=height))
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is unpacked no larger than needed
        upright = ImageOps.exif_transpose(picture)
        square = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    clean, out = Image.new("RGBA", square.size), io.BytesIO()
    clean.paste(square)
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
