"""PDF documents: readable in any script, the same bytes from the same content."""

from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from agencies.documents import LACKING, Document

MADE = datetime(2026, 11, 1, tzinfo=UTC)


def document(*paragraphs: str, rows: int = 0) -> bytes:
    made = Document(title="October", brand="Northwind", made_at=MADE, colour="#0f766e")
    for paragraph in paragraphs:
        made.paragraph(paragraph)
    made.figures([("Conversations", 412)])
    made.columns([("1 Oct", 3), ("2 Oct", 0)])
    made.table(("Client", "Units"), [(f"Client {n}", n) for n in range(rows)], total=("Total", rows))
    return made.to_bytes()


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_names_of_any_script_can_be_read() -> None:
    read = words(document("Łódź", "Ελλάδα", "Привет", "北京", "日本語", "한국어", "ไทย", "Ünïcode"))
    assert [
        name for name in ("Łódź", "Ελλάδα", "Привет", "北京", "日本語", "한국어", "Ünïcode") if name not in read
    ] == []


def test_arabic_letters_are_joined() -> None:
    """Joined, the letters of a word are other glyphs than apart, so a document of both needs more of them."""
    joined, apart = document("العربية"), document("ا ل ع ر ب ي ة")
    assert "ل" in words(joined)
    assert joined != apart


def test_a_letter_that_no_font_has_is_marked() -> None:
    assert f"Well done {LACKING}!" in words(document("Well done 👍!"))


def test_the_same_content_gives_the_same_bytes() -> None:
    assert document("Łódź", rows=3) == document("Łódź", rows=3)
    assert document("Łódź", rows=3) != document("Łódź", rows=4)


def test_a_long_table_repeats_its_header_and_numbers_its_pages() -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(document(rows=80))).pages]
    assert all("Units" in page for page in pages[1:])
    assert f"{len(pages)} / {len(pages)}" in pages[-1]


def test_control_characters_do_no_harm() -> None:
    assert "ab" in words(document("a\x00\x1b\u202eb"))
