"""Quotes a passage: up to three sentences in a row, those that hold most of what was asked."""

from collections.abc import Iterator

from chatbots.knowledge import passages
from chatbots.knowledge.retrieval import Hit

SENTENCES = 3
LONG = 300  # characters; what has no full stops for longer is quoted in parts


def quote(hit: Hit) -> str:
    """At most SENTENCES sentences of the hit's passage; a passage that has no more, as it is."""
    found = [part for sentence in passages.sentences(hit.passage.text) for part in shorter(sentence)]
    if len(found) <= SENTENCES:
        return hit.passage.text
    rows = [found[start : start + SENTENCES] for start in range(len(found) - SENTENCES + 1)]
    best: list[str] = max(rows, key=lambda row: worth(hit, row))
    return "".join(best).strip()


def worth(hit: Hit, row: list[str]) -> tuple[float, float]:
    """What sentences cover together, and then what each of them does."""
    return hit.asked.covers("".join(row)), sum(map(hit.asked.covers, row))


def shorter(sentence: str) -> Iterator[str]:
    """A sentence, or its parts at white space when it is very long: some languages end none with a full stop."""
    part = ""
    for word in passages.WORD.findall(sentence):
        if part and len(part) + len(word) > LONG:
            yield part
            part = ""
        part += word
    yield part
