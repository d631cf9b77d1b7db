"""Which language a text is in, and the words of it that say nothing of a topic (`function_words.txt`)."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from chatbots.knowledge import words

LISTED = Path(__file__).with_name("function_words.txt").read_text(encoding="utf-8")
FUNCTION_WORDS = {name: some.split() for name, some in re.findall(r"^\[(\w+)\]\n([^\[]+)", LISTED, re.MULTILINE)}
UNSPACED = ("chinese", "japanese", "korean", "thai")
ALPHABETS = {  # a language for each script that is not the Latin one
    "russian": re.compile("[\u0400-\u052f]"),
    "greek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "hindi": re.compile("[\u0900-\u097f]"),
    "tamil": re.compile("[\u0b80-\u0bff]"),
    "armenian": re.compile("[\u0530-\u058f]"),
    "korean": re.compile("[\uac00-\ud7a3]"),
    "thai": re.compile("[\u0e00-\u0e7f]"),
    "japanese": re.compile("[\u3040-\u30ff]"),
    "chinese": re.compile("[\u4e00-\u9fff]"),
}
OF_THE_SCRIPT = {"hindi": {"nepali"}, "russian": {"serbian"}, "hebrew": {"yiddish"}}  # others that are written in it
PERSIAN, SOME = re.compile("[پچژگ]"), 40  # one in so many characters
LATIN = [name for name, some in FUNCTION_WORDS.items() if name not in ALPHABETS and name != "persian"]
LOOKED_AT = 2000  # characters of a text
CERTAIN = 0.2  # of a text's words, when they are function words of the usual language
ENOUGH, CLEARLY = 2, 1.5  # function words of another language, and times as many as of the usual one


@cache
def function_words(language: str) -> frozenset[str]:
    """Those of a language, as `words` writes them: folded, and without accents too."""
    listed = [words.fold(word) for word in FUNCTION_WORDS.get(language, ())]
    if language not in UNSPACED:
        listed = [part for word in listed for part in words.words(word)]
    return frozenset(listed) | {words.unaccent(word) for word in listed}


@cache
def spoken_with() -> dict[str, list[str]]:
    """The Latin languages that each function word is one of."""
    known: dict[str, list[str]] = {}
    for language in LATIN:
        for word in function_words(language):
            known.setdefault(word, []).append(language)
    return known


def of_text(text: str, *, usual: str) -> str:
    """The language of a text: `usual`, unless its script or its function words say another one."""
    text = text[:LOOKED_AT]
    if not text.isascii() and (script := script_of(text)):
        return usual if usual in OF_THE_SCRIPT.get(script, ()) else script
    return of_function_words(text, usual=usual)


def script_of(text: str) -> str:
    """The language that most of the text's letters tell; none when they are Latin ones."""
    letters = Counter({name: len(script.findall(text)) for name, script in ALPHABETS.items()})
    if letters["japanese"]:
        letters["japanese"] += letters.pop("chinese")
    script, most = letters.most_common(1)[0]
    if most * 2 <= sum(map(str.isalpha, text)):
        return ""
    return "persian" if script == "arabic" and len(PERSIAN.findall(text)) * SOME > len(text) else script


def of_function_words(text: str, *, usual: str) -> str:
    """The Latin language most of whose function words the text holds; `usual` when no other clearly beats it."""
    found = list(words.words(words.fold(text)))
    own = sum(word in function_words(usual) for word in found)
    if own > CERTAIN * len(found):
        return usual
    counts = Counter(language for word in found for language in spoken_with().get(word, ()))
    best, most = counts.most_common(1)[0] if counts else (usual, 0)
    return best if most >= ENOUGH and most > CLEARLY * own else usual
