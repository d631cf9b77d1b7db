"""Which type a file has, by what is in it. Its name and its sender's word only tell one kind of text from another."""

import re

from chatbots.knowledge.reading.documents import Unreadable

SUPPORTED = "Use PDF, DOCX, Markdown, plain text, CSV or HTML."
PROTECTED = "The file is protected by a password. Save it without one, and upload it again."
OLD_OFFICE = "The file has an old Office format. Open it, save it as DOCX or PDF, and upload that."
OTHER = f"The file is {{what}}, which cannot be read. {SUPPORTED}"
BINARY = f"The file is not text of a kind that can be read. {SUPPORTED}"

OTHERS = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture or a recording",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"ID3": "a recording",
    b"OggS": "a recording",
    b"fLaC": "a recording",
    b"\x1f\x8b": "a packed file",
    b"BZh": "a packed file",
    b"\xfd7zXZ": "a packed file",
    b"7z\xbc\xaf": "a packed file",
    b"Rar!": "a packed file",
    b"{\\rtf": "an RTF file",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"SQLite format 3": "a database",
}
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
HTML = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|title)\b", re.I | re.S)
XML = re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml\s")
TAG = re.compile(rb"<(p|div|h[1-6]|ul|ol|table|article|section|main|span|a|br|meta|link|script)[\s/>]", re.I)
ENDINGS = {
    "markdown": (".md", ".markdown", ".mdown", ".mkd"),
    "csv": (".csv", ".tsv", ".tab"),
    "html": (".html", ".htm", ".xhtml"),
}
TYPES = {
    "markdown": ("text/markdown", "text/x-markdown"),
    "csv": ("text/csv", "text/tab-separated-values"),
    "html": ("text/html", "application/xhtml+xml"),
}


def kind(data: bytes, *, name: str = "", content_type: str = "") -> str:
    """pdf, docx, html, markdown, csv or text. Raises Unreadable for everything else."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return zipped(data)
    only_text(data)
    start = data[:4096].replace(b"\0", b"")  # as UTF-16 writes ASCII
    if HTML.match(start.lstrip(b"\xef\xbb\xbf\xff\xfe")):
        return "html"
    if XML.match(start):
        return "html"  # feeds and the like: what is between the tags is text
    told = hint(name.lower(), content_type.partition(";")[0].strip().lower())
    if told == "html" and not TAG.search(data[:65_536].replace(b"\0", b"")):
        return "text"
    return told


def zipped(data: bytes) -> str:
    """Of the formats that are ZIP files inside, DOCX is read."""
    if b"word/document" in data:
        return "docx"
    for mark, what in ((b"xl/workbook", "a spreadsheet"), (b"ppt/presentation", "a presentation")):
        if mark in data:
            raise Unreadable(OTHER.format(what=what))
    raise Unreadable(OTHER.format(what="a packed file"))


def only_text(data: bytes) -> None:
    """Refuse what is no text."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # also what Word wraps a file in that has a password
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise Unreadable(PROTECTED if encrypted else OLD_OFFICE)
    for mark, what in OTHERS.items():
        if data.startswith(mark):
            raise Unreadable(OTHER.format(what=what))
    if not data.startswith(BOMS) and (b"\0" in data or unprintable(data[:65_536])):
        raise Unreadable(BINARY)


def unprintable(data: bytes) -> bool:
    """Whether there are more control characters than any text has."""
    return len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", data)) > 2 + len(data) / 100


def hint(name: str, content_type: str) -> str:
    for told, endings in ENDINGS.items():
        if name.endswith(endings):
            return told
    for told, types in TYPES.items():
        if content_type in types:
            return told
    return "text"
