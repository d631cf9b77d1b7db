"""DOCX by python-docx. A DOCX is a ZIP file, so what it would unpack to is counted before anything is built from it."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

from chatbots.knowledge.reading.documents import DAMAGED, TOO_COMPLEX, Document, Unreadable
from chatbots.knowledge.reading.layout import heading, item, joined, pair, row, squeezed

MOST_PARTS = 5_000
MOST_MARKUP = 30_000_000  # bytes of XML, unpacked
MOST_PICTURES = 200_000_000  # bytes that are there but never unpacked
PICTURES = ("word/media/", "word/embeddings/", "word/fonts/")
BOMB = "The file unpacks to far more than a document needs, so it was not opened. Save its text as a new document."


def read(data: bytes) -> Document:
    """Headings, paragraphs, lists and tables, in their order."""
    try:
        document = docx.Document(BytesIO(slim(data)))
        blocks = list(written(document))
        title = squeezed(document.core_properties.title or "")
    except (zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise Unreadable(DAMAGED) from error
    return Document(title=title, text=joined(blocks))


def slim(data: bytes) -> bytes:
    """The file with its pictures emptied. Refuses one that says it unpacks to too much, and one that does."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        parts = packed.infolist()
        said = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or said > MOST_PICTURES:
            raise Unreadable(BOMB)
        if sum(part.file_size for part in parts if not part.filename.startswith(PICTURES)) > MOST_MARKUP:
            raise Unreadable(BOMB)
        kept = BytesIO()
        room = MOST_MARKUP
        with zipfile.ZipFile(kept, "w") as slimmed:
            for part in parts:
                content = b"" if part.filename.startswith(PICTURES) else unpacked(packed, part, room)
                room -= len(content)
                slimmed.writestr(part.filename, content)
    return kept.getvalue()


def unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> bytes:
    """One part, read no further than there is room for."""
    if part.flag_bits & 1:
        raise Unreadable(TOO_COMPLEX)
    with packed.open(part) as opened:
        content = opened.read(room + 1)
    if len(content) > room:
        raise Unreadable(BOMB)
    return content


def written(document: Word) -> Iterator[str]:
    for block in inside(document.element.body):
        if block.tag == qn("w:tbl"):
            yield from rows(Table(block, document))
        else:
            yield paragraph(Paragraph(block, document))


def inside(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those in content controls and in marked changes."""
    for child in parent.iterchildren():
        if child.tag in {qn("w:p"), qn("w:tbl")}:
            yield child
        elif child.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:smartTag"), qn("w:customXml")}:
            yield from inside(child)


def paragraph(of: Paragraph) -> str:
    text = text_of(of._p)
    level = level_of(of)
    if level:
        return heading(level, text)
    return item(text) if is_item(of) else "\n".join(filter(None, map(squeezed, text.split("\n"))))


def text_of(element: Any) -> str:
    """What is read: also links and insertions, without deletions, and pictures' text once."""
    words: list[str] = []
    for node in element.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")):
        if any(
            above.tag == "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
            for above in node.iterancestors()
        ):
            continue
        if node.tag == qn("w:t"):
            words.append(node.text or "")
        elif node.tag == qn("w:noBreakHyphen"):
            words.append("-")
        elif node.getparent().tag == qn("w:r"):
            words.append(" " if node.tag == qn("w:tab") else "\n")
    return "".join(words)


def styles(of: Paragraph) -> Iterator[Any]:
    """A paragraph's style, and those that it is built on."""
    style: Any = of.style
    for _ in range(10):
        if style is None:
            return
        yield style
        style = style.base_style


def level_of(of: Paragraph) -> int:
    """1 to 6 for a heading, 0 for what is none."""
    for style in styles(of):
        name = (style.name or "").lower()
        if name == "title":
            return 1
        if name.startswith("heading ") and name[8:].isdecimal():
            return min(int(name[8:]), 6)
        outline = style.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if outline is not None and (value := outline.get(qn("w:val"), "")).isdecimal() and int(value) < 9:
            return min(int(value) + 1, 6)
    return 0


def is_item(of: Paragraph) -> bool:
    numbered = of._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    return numbered is not None or any((style.name or "").lower().startswith("list ") for style in styles(of))


def rows(table: Table) -> Iterator[str]:
    """Each row as a paragraph, named by the first row where that has a name for every column."""
    lines = [cells_of(line) for line in table._tbl.iterchildren(qn("w:tr"))]
    lines = [cells for cells in lines if any(cells)]
    if len(lines) > 1 and len(lines[0]) > 1 and headed(table, lines):
        yield from (row(lines[0], cells) for cells in lines[1:])
    else:
        yield from map(pair, lines)


def cells_of(line: Any) -> list[str]:
    cells: list[str] = []
    for cell in line.iter(qn("w:tc")):
        if any(above.tag == qn("w:tc") for above in cell.iterancestors(qn("w:tc"))):
            continue  # of a table in a table: its text is in the outer cell
        text = squeezed(" ".join(text_of(block) for block in cell.iter(qn("w:p"))))
        wide = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        span = wide.get(qn("w:val"), "1") if wide is not None else "1"
        cells += [text, *[""] * (min(int(span), 50) - 1 if span.isdecimal() else 0)]
    return cells


def headed(table: Table, lines: list[list[str]]) -> bool:
    """Whether the first row names the columns: it says so, or every cell of three and more is a name."""
    first = lines[0]
    said = table._tbl.find(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    names = [cell for cell in first if cell and len(cell) <= 60 and not cell[0].isdigit()]
    return said or (len(names) == len(first) == len(set(names)) and (len(first) > 2 or len(lines) > 2))
