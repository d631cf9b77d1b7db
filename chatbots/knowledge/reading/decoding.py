"""Bytes as letters: what they say they are, else UTF-8, else the likeliest of the old encodings."""

import codecs
import re

BOMS = (  # the longer first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
BROWSERS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
LATIN = ("cp1252", "cp1254", "cp1250")  # Western Europe, Turkey, Central Europe
OTHERS = [
    "cp1251", "cp1253", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "koi8_r", "gb18030", "big5", "shift_jis",
    "euc_jp", "euc_kr", "mac_roman", "cp850", "cp1250", "cp1254",
]  # fmt: skip
BROKEN = "\ufffd"
FEW = 3  # accents that say nothing about a text
# What letters turn into that are read in the wrong encoding: signs, signs inside words, and accents in a row.
ODD = re.compile(r"[\ufffd¤¦¨¬¯²³´¶¸¹¼½¾ðþÐÞ×÷ƒˆ˜˘˛˝‡†]|\w[¡¿£¥§±ªº]\w")
RUN = re.compile(r"[^\W\d_\x00-\x7f]{4}")
MIXTURES = [("øžš", "ìùè"), ("õ", "öü", "éá")]  # of no language: Czech and Slovak, and Hungarian, in the wrong one
SAMPLE = 200_000  # bytes that are guessed from


def text(data: bytes, content_type: str = "") -> str:
    """A text file's letters."""
    return marked(data) or utf8(data) or told(data, content_type) or guessed(data)


def html(data: bytes, content_type: str = "") -> str:
    """A page's letters: as its server or itself says."""
    declared = DECLARED.search(data[:4096])
    written = f"charset={declared[1].decode()}" if declared else ""
    return marked(data) or utf8(data) or told(data, content_type) or told(data, written) or guessed(data)


def marked(data: bytes) -> str:
    """By the mark at its beginning."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    return ""


def utf8(data: bytes) -> str:
    """UTF-8 is hardly ever right by accident, whatever is said, and one broken letter does not make it wrong."""
    if data.isascii():  # it may be something else that is written in ASCII
        return ""
    text = data.decode("utf-8", "replace")
    broken = text.count(BROKEN)
    if broken and sum(not letter.isascii() for letter in text) < 10 * broken:
        return ""
    return text.replace(BROKEN, "")


def told(data: bytes, content_type: str) -> str:
    """As it is said to be, if it can be but for a letter in a thousand: empty otherwise."""
    charset = CHARSET.search(content_type)
    name = charset[1].lower() if charset else "utf-8"
    if name.startswith("utf"):  # UTF-8 was tried, and the wider ones have a mark or are none
        return ""
    try:
        text = data.decode(BROWSERS.get(name, name), "replace")
    except (LookupError, UnicodeError):
        return ""
    return text.replace(BROKEN, "") if text.count(BROKEN) <= len(text) / 1000 else ""


def guessed(data: bytes) -> str:
    """The first of the Latin alphabets in which it makes sense, else the likeliest of all encodings."""
    for encoding in LATIN:
        if sensible(data[:SAMPLE].decode(encoding, "replace")):
            return data.decode(encoding, "replace")
    from charset_normalizer import from_bytes

    best = from_bytes(data[:SAMPLE], cp_isolation=OTHERS).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def sensible(sample: str) -> bool:
    """Whether a text reads as written in Latin letters: few accents, hardly side by side, no odd signs or mixtures."""
    letters = [letter for letter in sample if letter.isalpha()]
    accented = {letter for letter in letters if not letter.isascii()}
    accents = sum(letter in accented for letter in letters)
    return (
        (accents <= FEW or accents < len(letters) * 0.3)
        and len(ODD.findall(sample)) <= max(1, accents // 10)
        and not RUN.search(sample)
        and not any(all(accented & set(some) for some in mixture) for mixture in MIXTURES)
    )
