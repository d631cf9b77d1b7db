"""Takes text apart into what can be compared: folded words, their stems, and pieces of scripts that write no spaces.

`\\w` alone breaks Hindi, Thai and others at their vowel signs, which Unicode counts as marks: they belong to words.
"""

import re
import unicodedata
from collections.abc import Iterator

import Stemmer  # type: ignore[import-not-found]

MARKS = "".join(chr(code) for code in range(0x300, 0xABFF) if unicodedata.category(chr(code)).startswith("M"))
DENSE = (  # Han, Kana, Hangul: few signs make a word
    "\u3005\u3006\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uac00-\ud7a3\U00020000-\U0003ffff"
)
UNSPACED = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer: words without spaces between
PIECE_OF_DENSE, PIECE_OF_UNSPACED = 2, 3

# What is written in two ways and read as one: letters that no decomposition takes apart, and accents that are left out
# by whoever is in a hurry. Vowel signs of Indian and Thai script are marks too, and stay.
ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u09bc]")
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
    | {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا", "ۀ": "ه"}
)
INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)])
SHAPES = INVISIBLE | {ord("_"): " ", ord("’"): "'", ord("ʼ"): "'"}
DIGITS = {
    code: str(unicodedata.digit(chr(code))) for code in range(0x660, 0xAA60) if unicodedata.category(chr(code)) == "Nd"
}

LETTER = rf"\w{MARKS}"
WORD = re.compile(rf"[{DENSE}]+|[{UNSPACED}]+|(?:(?![{DENSE}{UNSPACED}])[{LETTER}])+")
# XR-200, 1,190, e-mail. A word is looked at from its first letter only: each of a long one would read all of it again.
JOINED = re.compile(rf"(?<![{LETTER}])[{LETTER}]+(?:[-./,:'·][{LETTER}]+)+")
JOINED_IN_ASCII = re.compile(r"(?<!\w)\w+(?:[-./,:']\w+)+", re.ASCII)
MIXED = re.compile(r"\b(?:\d+[^\W\d]|[^\W\d]+\d)\w*")  # XR200
ASCII = re.compile(r"\w+", re.ASCII)
DENSELY, LOOSELY = re.compile(rf"[{DENSE}]"), re.compile(rf"[{UNSPACED}]")
PART, DIGIT = re.compile(r"\d+|[^\W\d]+"), re.compile(r"\d")
STEMMED = frozenset(Stemmer.algorithms())
LONGEST = 40  # characters of a word that are compared


def fold(text: str) -> str:
    """As it is compared: one form for each character, small letters, plain digits, nothing that cannot be seen."""
    folded = unicodedata.normalize("NFKC", text).translate(SHAPES).casefold()
    return folded if folded.isascii() else folded.translate(DIGITS).replace("i̇", "i")


def unaccent(text: str) -> str:
    """Without accents, in Latin, Greek, Cyrillic, Hebrew and Arabic script."""
    if text.isascii():
        return text
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare).translate(LETTERS)


def words(folded: str) -> Iterator[str]:
    """The words of a folded text in their order. Of scripts whose words are not known, pieces that overlap."""
    if folded.isascii():
        yield from (word[:LONGEST] for word in ASCII.findall(folded))
        return
    for word in WORD.findall(folded):
        if DENSELY.match(word):
            yield from pieces(word, PIECE_OF_DENSE)
        elif LOOSELY.match(word):
            yield from pieces(word, PIECE_OF_UNSPACED)
        else:
            yield word[:LONGEST]


def pieces(run: str, size: int) -> Iterator[str]:
    """Every `size` characters in a row; the whole run when it is shorter."""
    yield from (run[start : start + size] for start in range(max(1, len(run) - size + 1)))


def joined(folded: str) -> Iterator[str]:
    """Codes, numbers and joined words in one piece, and the parts of those written in one: XR-200 is XR200."""
    for match in (JOINED_IN_ASCII if folded.isascii() else JOINED).finditer(folded):
        if any(map(str.isdigit, match[0])) or not set(".,:").intersection(match[0]):
            yield re.sub(r"\W", "", match[0])[:LONGEST]
    for match in MIXED.finditer(folded) if DIGIT.search(folded) else ():
        yield from PART.findall(match[0][:LONGEST])


def stems(found: list[str], language: str) -> list[str]:
    """The words' stems in a language, without accents. A stemmer belongs to one thread, and is made quickly."""
    if language in STEMMED:
        found = Stemmer.Stemmer(language, 0).stemWords(found)
    return [unaccent(word) for word in found]
