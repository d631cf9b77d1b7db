"""PDF documents: A4 in a brand's name, with headings, figures and tables. The same content gives the same bytes.

What Noto Sans lacks is taken from fonts for Arabic, Hebrew, Thai, Han and Hangul, and shaped: Arabic letters join and
run from right to left. Fonts: `agencies/fonts/`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import CellBordersLayout, TableBordersLayout, VAlign, XPos, YPos
from fpdf.fonts import FontFace, TTFFont
from fpdf.table import Table

FONTS = Path(__file__).parent / "fonts"
FAMILY = "noto"
FALLBACK = {
    "arabic": "NotoSansArabic-{}.ttf",
    "hebrew": "NotoSansHebrew-{}.ttf",
    "thai": "NotoSansThai-{}.ttf",
    "han": "WenQuanYiMicroHei.ttc",  # one weight: it stands in for both
}
LACKING = "\ufffd"  # what stands for a letter that no font has, such as a picture

MARGIN = 18.0  # mm
INK, MUTED, LINE = (24, 26, 32), (96, 100, 112), (214, 217, 224)
PLAIN = "#3b4252"  # the colour of a brand that has none
Cells = Sequence[object]


class Document:
    """One document, written from top to bottom, with the brand above and the number below each page.

    `colour` is `#rrggbb`; `logo` the bytes of a picture that was drawn anew on its way in.
    """

    def __init__(
        self, *, title: str, brand: str, made_at: datetime, colour: str = PLAIN, logo: bytes | None = None
    ) -> None:
        self.brand, self.colour = brand, rgb(colour)
        self.sheet = Sheet(title, brand, self.colour)
        self.sheet.set_creation_date(made_at)
        self.sheet.add_page()
        if logo:
            self.sheet.image(BytesIO(logo), h=14)
            self.sheet.ln(3)
        self.write(brand, size=10, colour=MUTED)
        self.write(title, size=20, bold=True)
        self.sheet.ln(3)

    def heading(self, text: str) -> None:
        """A heading, that never stands alone at the end of a page."""
        if self.sheet.will_page_break(30):
            self.sheet.add_page()
        self.sheet.ln(4)
        self.write(text, size=13, bold=True)
        self.sheet.ln(1)

    def paragraph(self, text: str, *, muted: bool = False) -> None:
        self.write(text, size=10, colour=MUTED if muted else INK)
        self.sheet.ln(2)

    def figures(self, pairs: Iterable[tuple[str, object]]) -> None:
        """Big numbers with their labels, up to four in a row."""
        every = [(self.sheet.shown(label), self.sheet.shown(value)) for label, value in pairs]
        for n in range(0, len(every), 4):
            self.row_of_figures(every[n : n + 4])

    def row_of_figures(self, pairs: Sequence[tuple[str, str]]) -> None:
        with self.grid([1] * len(pairs) if len(pairs) > 1 else [1, 3], line_height=5.2) as table:
            for part, style in ((1, FontFace(size_pt=16, emphasis="B")), (0, FontFace(size_pt=9, color=MUTED))):
                row = table.row()
                for pair in pairs:
                    row.cell(pair[part], style=style, border=CellBordersLayout.NONE)
        self.sheet.ln(3)

    def table(
        self,
        header: Cells,
        rows: Iterable[Cells],
        *,
        total: Cells | None = None,
        numbers_from: int = 1,
        widths: Sequence[int] | None = None,
    ) -> None:
        """A table; columns from `numbers_from` on are set to the right. The header stands on each page again."""
        align = ["LEFT" if n < numbers_from else "RIGHT" for n in range(len(header))]
        shares = widths or [3 if n < numbers_from else 2 for n in range(len(header))]
        with self.grid(shares, align=align, header=True) as table:
            row = table.row()
            for cell in header:
                row.cell(self.sheet.shown(cell), border=CellBordersLayout.BOTTOM)
            for cells in rows:
                row = table.row()
                for cell in cells:
                    row.cell(self.sheet.shown(cell), border=CellBordersLayout.BOTTOM)
            if total:
                row = table.row()
                for cell in total:
                    row.cell(self.sheet.shown(cell), style=FontFace(emphasis="B"), border=CellBordersLayout.NONE)
        self.sheet.ln(3)

    def columns(self, values: Sequence[tuple[str, int]], *, height: float = 32) -> None:
        """A chart of columns, the first and the last one named. Its numbers stand beside it too."""
        if not values:
            return
        if self.sheet.will_page_break(height + 8):
            self.sheet.add_page()
        top, most = self.sheet.get_y(), max(1, *(value for _, value in values))
        step = self.sheet.epw / len(values)
        with self.sheet.local_context(fill_color=self.colour):
            for n, (_, value) in enumerate(values):
                tall = height * max(value, 0) / most
                self.sheet.rect(MARGIN + n * step, top + height - tall, step * 0.72, tall, style="F")
        self.sheet.set_draw_color(*LINE)
        self.sheet.line(MARGIN, top + height, MARGIN + self.sheet.epw, top + height)
        self.sheet.set_xy(MARGIN, top + height + 1)
        self.face(8, colour=MUTED)
        self.sheet.cell(self.sheet.epw / 2, 5, self.sheet.shown(values[0][0]))
        self.sheet.cell(
            self.sheet.epw / 2, 5, self.sheet.shown(values[-1][0]), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.sheet.ln(2)

    def to_bytes(self) -> bytes:
        """The document; nothing can be written to it afterwards."""
        return bytes(self.sheet.output())

    def face(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.sheet.set_font(FAMILY, "B" if bold else "", size)
        self.sheet.set_text_color(*colour)

    def write(self, text: str, *, size: float, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.face(size, bold=bold, colour=colour)
        self.sheet.multi_cell(0, size * 0.52, self.sheet.shown(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    @contextmanager
    def grid(
        self, shares: Sequence[int], *, align: Sequence[str] = (), header: bool = False, line_height: float = 5.0
    ) -> Iterator[Table]:
        self.face(9)
        self.sheet.set_draw_color(*LINE)
        with self.sheet.table(
            col_widths=tuple(shares),
            text_align=tuple(align) or "LEFT",
            borders_layout=TableBordersLayout.NONE,
            headings_style=FontFace(emphasis="B", color=MUTED, size_pt=8.5),
            first_row_as_headings=header,
            line_height=line_height,
            v_align=VAlign.M,
            padding=(1, 1.2) if header else (0, 1.2, 0, 0),
        ) as table:
            yield table


class Sheet(FPDF):
    """A4, with the fonts, the band above and the number below."""

    def __init__(self, title: str, brand: str, colour: tuple[int, int, int]) -> None:
        super().__init__(format="A4")
        self.title_of, self.brand, self.band = title, brand, colour
        self.set_title(title)
        self.set_author(brand)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 4)
        self.letters: set[int] = set()
        self.add_fonts({FAMILY: "NotoSans-{}.ttf"})
        self.set_text_shaping(True)

    def add_fonts(self, files: dict[str, str]) -> None:
        for name, file in files.items():
            for style, weight in (("", "Regular"), ("B", "SemiBold")):
                self.add_font(name, style, FONTS / file.format(weight), collection_font_number=0)
        self.letters = {letter for font in self.fonts.values() if isinstance(font, TTFFont) for letter in font.cmap}

    def shown(self, cell: object) -> str:
        """The text of a cell: without control characters, and with a mark for what no font has."""
        text = "" if cell is None else str(cell)
        kept = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
        # Reading them takes a second, and few documents need it.
        if self.lacks(kept) and not FALLBACK.keys() <= self.fonts.keys():
            self.add_fonts(FALLBACK)
            self.set_fallback_fonts([*FALLBACK], exact_match=False)
        return "".join(LACKING if self.lacks(letter) else letter for letter in kept)

    def lacks(self, text: str) -> bool:
        return any(ord(letter) not in self.letters and letter != "\n" for letter in text)

    def header(self) -> None:
        with self.local_context(fill_color=self.band):  # what cells are filled with stays as it is
            self.rect(0, 0, self.w, 3, style="F")

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(*MUTED)
        self.cell(self.epw * 0.8, 6, self.shown(f"{self.brand} · {self.title_of}"))
        self.cell(self.epw * 0.2, 6, f"{self.page_no()} / {{nb}}", align="R")


def rgb(colour: str) -> tuple[int, int, int]:
    """(red, green, blue) of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
