"""Pictures of the demo's chatbots, drawn here: a loaf, a book, a leaf."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

SIDE, FINER = 256, 4  # pixels; drawn so many times larger first, for smooth edges
Draw = ImageDraw.ImageDraw


def loaf(draw: Draw) -> None:
    """A loaf with three cuts."""
    draw.ellipse((150, 330, 874, 780), fill="#d98e4a")
    draw.ellipse((150, 310, 874, 730), fill="#e9ab63")
    for x in (300, 450, 600):
        draw.line((x, 640, x + 130, 400), fill="#fff1dc", width=46)
        draw.ellipse((x - 23, 617, x + 23, 663), fill="#fff1dc")
        draw.ellipse((x + 107, 377, x + 153, 423), fill="#fff1dc")


def book(draw: Draw) -> None:
    """An open book."""
    draw.polygon([(512, 350), (180, 270), (180, 700), (512, 780)], fill="#f4efe4")
    draw.polygon([(512, 350), (844, 270), (844, 700), (512, 780)], fill="#ffffff")
    draw.line((512, 350, 512, 780), fill="#c9bfa8", width=14)
    for y in (400, 490, 580):
        draw.line((250, y - 10, 440, y + 36), fill="#8fa3b8", width=22)
        draw.line((584, y + 36, 774, y - 10), fill="#8fa3b8", width=22)


def leaf(draw: Draw) -> None:
    """A leaf on its stalk."""
    draw.polygon(
        [(770, 250), (760, 520), (640, 700), (430, 740), (300, 700), (270, 560), (350, 390), (530, 280)], fill="#cfeccb"
    )
    draw.line((240, 790, 700, 330), fill="#2f7d32", width=30)
    for x, y in ((400, 630), (500, 530), (600, 430)):
        draw.line((x, y, x + 130, y + 10), fill="#2f7d32", width=20)


PICTURES: dict[str, tuple[str, Callable[[Draw], None]]] = {
    "Counter": ("#9a4d1c", loaf),
    "Bookseller": ("#1f4e79", book),
    "Gardener": ("#2f7d32", leaf),
}


def of(name: str) -> bytes | None:
    """The picture of the chatbot of that name as a PNG of 256 × 256 pixels, None for one without."""
    if name not in PICTURES:
        return None
    ground, drawn = PICTURES[name]
    image = Image.new("RGB", (SIDE * FINER, SIDE * FINER), ground)
    drawn(ImageDraw.Draw(image))
    kept = BytesIO()
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(kept, "PNG", optimize=True)
    return kept.getvalue()
