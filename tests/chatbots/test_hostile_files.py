"""Files that nobody should have: each is refused in words, the one who reads lives, and the next file is read."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from chatbots.knowledge.reading import Unreadable, child, questions, read
from chatbots.knowledge.reading.child import HOUSE
from tests.chatbots.files import numbered, pdf, with_part, word

WORDS = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
EMPTY = b"PK\x05\x06" + bytes(18)  # a ZIP file without parts
LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))


def document(markup: str, before: str = "") -> bytes:
    """A DOCX file with other markup in it."""
    whole = before + WORDS.format(markup)
    return with_part(word(lambda document: None), "word/document.xml", whole.encode())


def protected() -> bytes:
    writer, made = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Secret"])))), io.BytesIO()
    writer.encrypt("a password", algorithm="AES-256")
    writer.write(made)
    return made.getvalue()


def pdf_of(stream: bytes, filters: bytes) -> bytes:
    """A PDF file with one page of this stream."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    packed = b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(stream), filters, stream)
    return numbered([b"<< /Type /Catalog /Pages 2 0 R >>", pages, page, packed, b"<< >>"])


def bomb() -> bytes:
    """100 MB of blanks, packed three times over."""
    packed = zlib.compress(zlib.compress(zlib.compress(b" " * 100_000_000, 9), 9), 9)
    return pdf_of(packed, b"[/FlateDecode /FlateDecode /FlateDecode]")


def circle() -> bytes:
    """A PDF whose pages are inside each other."""
    return numbered([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>", b"<< >>"])


def lying() -> bytes:
    """A DOCX whose part says that it is small."""
    made = bytearray(document("<w:p/>" * 10_000_000))
    true, said = len(WORDS) - 2 + 60_000_000, 1_000
    assert made.count(true.to_bytes(4, "little")) == 2  # in the part's own head, and in the list at the end
    return bytes(made.replace(true.to_bytes(4, "little"), said.to_bytes(4, "little")))


def many_parts() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("word/document.xml", WORDS.format(""))
        for number in range(6_000):
            packed.writestr(f"word/{number}.xml", b"")
    return made.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "protected.pdf": (protected, "protected by a password. Save it without one"),
    "scanned.pdf": (lambda: pdf([], []), "The PDF has no text layer"),
    "bomb.pdf": (bomb, r"too large or too complex|damaged|no text layer"),
    "circle.pdf": (circle, r"damaged|no text layer"),
    "broken.pdf": (lambda: pdf(["Hello"])[:200], "damaged"),
    "only a head.pdf": (lambda: b"%PDF-1.7", "damaged"),
    "rubbish.pdf": (lambda: b"%PDF-1.7\n" + os.urandom(100_000), r"damaged|no text layer"),
    "bomb.docx": (lambda: document("<w:p/>" * 10_000_000), "unpacks to far more"),
    "lying bomb.docx": (lying, r"damaged|unpacks to far more"),
    "pictures.docx": (
        lambda: with_part(word(lambda document: None), "word/media/a.png", bytes(300_000_000)),
        "unpacks to far more",
    ),
    "many parts.docx": (many_parts, "unpacks to far more"),
    "laughs.docx": (
        lambda: document("<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>", f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'),
        r"no text in it|damaged",
    ),
    "reader.docx": (
        lambda: document(
            "<w:p><w:r><w:t>&f;</w:t></w:r></w:p>", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        ),
        r"no text in it|damaged",
    ),
    "deep.docx": (lambda: document("<w:p>" * 5_000 + "</w:p>" * 5_000), r"damaged|no text"),
    "old.doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office format"),
    "protected.docx": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "table.xlsx": (
        lambda: with_part(word(lambda document: None), "xl/workbook.xml", b"")[:9] + b"xl/workbook",
        "spreadsheet",
    ),
    "packed.zip": (
        lambda: with_part(b"PK\x05\x06" + bytes(18), "a.txt", b"hello"),
        "a packed file, which cannot be read",
    ),
    "bomb.gz": (lambda: b"\x1f\x8b\x08" + bytes(100), "a packed file, which cannot be read"),
    "picture.png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture, which cannot be read"),
    "letter.rtf": (lambda: rb"{\rtf1 hello}", "an RTF file"),
    "program": (lambda: b"\x7fELF" + bytes(100), "a program"),
    "noise.txt": (lambda: bytes(range(256)) * 40, "not text of a kind"),
    "nothing.txt": (lambda: b"", "The file is empty"),
    "blank.txt": (lambda: b" \n\t\n", "The file is empty"),
    "invisible.txt": (lambda: "\ufeff\u200b\u00ad".encode(), "no text in it"),
    "long.txt": (lambda: b"0123456789 " * 200_000, "longer than 2 MB"),
    "quote.csv": (lambda: b'a,b\n1,"' + b"x" * 2_100_000, "from row 2 on"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_the_next_one_is_read(name: str) -> None:
    make, said = HOSTILE[name]
    with pytest.raises(Unreadable, match=said) as refused:
        read(make(), name=name)
    assert len(str(refused.value)) <= 300
    assert read(b"Hello there", name="next.txt").text == "Hello there"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<table><tr>" * 20_000,
        "<b><i>" * 50_000 + "deep",
        "<ul><li>" * 30_000 + "deep",
        "<table><tr><td colspan=999999999 rowspan=999999999>wide",
        "&amp" * 500_000,
        "<a href='" + "a" * 1_000_000 + "'>",
        "<svg><script>" * 10_000,
        '<!DOCTYPE html [<!ENTITY a "aaaa">]><p>&a;',
    ],
    ids=["deep", "tables", "inline", "lists", "wide", "entities", "link", "vectors", "own entities"],
)
def test_a_hostile_page_ends_one_way_or_the_other(html: str) -> None:
    try:
        found = read(f"<!doctype html><body>{html}".encode(), name="x").text
    except Unreadable as refusal:
        found = str(refusal)
    assert 0 < len(found.encode()) <= 2_000_000


def test_the_type_is_told_by_the_content_and_not_by_the_name() -> None:
    assert read(pdf(["Really a PDF."]), name="notes.txt", content_type="text/plain").text == "Really a PDF."
    assert read(word(lambda made: made.add_paragraph("Really Word.")), name="x.pdf").text == "Really Word."
    assert (
        read(b"<!doctype html><p>Really a page.</p>", name="data.csv", content_type="text/csv").text == "Really a page."
    )
    assert read(b"Really a text.", name="x.docx", content_type="application/pdf").text == "Really a text."


def test_questions_come_from_texts_only() -> None:
    with pytest.raises(Unreadable, match=r"not text of a kind|packed file"):
        questions(word(lambda document: None))


# --- the process that reads ------------------------------------------------------------------------------------------


def inside(code: str) -> "subprocess.CompletedProcess[str]":
    """Some code in a process with the limits of the one that reads."""
    whole = f"from chatbots.knowledge.reading.__main__ import limit; limit()\n{code}"
    return subprocess.run([sys.executable, "-c", whole], cwd=HOUSE, capture_output=True, text=True)


def test_it_may_take_so_much_memory_and_no_more() -> None:
    assert inside("bytearray(100_000_000)").returncode == 0
    assert "MemoryError" in inside("bytearray(300_000_000)").stderr


def test_it_may_write_so_much_and_no_more(tmp_path: object) -> None:
    assert "File too large" in inside(f"open('{tmp_path}/x', 'wb').write(bytes(17_000_000))").stderr


def test_its_limits_cannot_be_lifted() -> None:
    lifting = "import os, resource as r; os.getuid() or os.setuid(65534)\nr.setrlimit(r.RLIMIT_AS, (1 << 40, 1 << 40))"
    assert "not allowed to raise maximum limit" in inside(lifting).stderr


def test_its_processor_time_ends() -> None:
    spent = inside("import resource as r; r.setrlimit(r.RLIMIT_CPU, (1, 30))\nwhile True: pass")
    assert spent.returncode == -signal.SIGXCPU


def test_it_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary" * 10)
    shown = subprocess.run(["/usr/bin/env"], env=child.ENVIRONMENT, capture_output=True, text=True)
    assert "canary" not in shown.stdout
    assert (
        "django" not in inside("import sys; from chatbots.knowledge.reading import tasks; print(*sys.modules)").stdout
    )


def test_one_that_takes_too_long_is_ended_with_its_group() -> None:
    began = time.monotonic()
    with pytest.raises(Unreadable, match=r"took longer than 0\.01 seconds"):
        child.run("read", b"Hello", name="x.txt", seconds=0.01)
    assert time.monotonic() - began < 5
    assert not [line for line in children() if b"knowledge.reading" in line]  # nobody is left behind


def children() -> list[bytes]:
    """The command lines of this process's children."""
    pids = " ".join(tasks.read_text() for tasks in Path("/proc/self/task").glob("*/children")).split()
    return [line.read_bytes() for pid in pids if (line := Path("/proc", pid, "cmdline")).exists()]
