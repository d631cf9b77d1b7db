"""Finds the passages of one chatbot that answer a question.

PostgreSQL gives the stems and the candidates; BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework",
2009; k1 1.5, b 0.75) ranks them. A passage counts as an answer when it covers enough of what the question asks.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from chatbots.models import Chatbot, Passage

K1, B = 1.5, 0.75
ENOUGH = 0.55  # of the question's weight, by rarity, that the passage must cover
UNSEEN = 0.7  # how much a stem that no passage holds weighs: it may be said in other words
BEST = 4

# What people say around a question, and PostgreSQL's stop words leave in.
CHATTER: dict[str, str] = {
    Chatbot.Language.ENGLISH: (
        "also could get guys hello hey hi know like long many may might much need please something tell thank thanks "
        "us want would"
    ),
    Chatbot.Language.GERMAN: "bitte danke gerne gibt hallo kommt möchte sag wieviel würde",
    Chatbot.Language.SPANISH: "favor gracias gustaría hola puedo puede quiero quisiera saber",
    Chatbot.Language.FRENCH: "aimerais bonjour combien merci plaît peux savoir voudrais",
}
STEMS = """
    SELECT coalesce(array_agg(lexeme), '{}') FROM unnest(to_tsvector(%s::regconfig, %s))
    WHERE NOT lexeme = ANY(tsvector_to_array(to_tsvector(%s::regconfig, %s)))
"""
CORPUS = "SELECT count(*), coalesce(avg(length(search)), 0) FROM chatbots_passage WHERE chatbot_id = %s"
CANDIDATES = """
    SELECT p.id, word.lexeme, cardinality(word.positions), length(p.search), 'A' = ANY(word.weights)
    FROM chatbots_passage p, unnest(p.search) AS word
    WHERE p.chatbot_id = %s AND p.search @@ %s::tsquery AND word.lexeme = ANY(%s)
"""


@dataclass(frozen=True)
class Hit:
    """A passage, its BM25 score, and how much of the question's weight it covers (0 to 1)."""

    passage: Passage
    score: float
    covers: float


def search(chatbot: Chatbot, question: str, *, kind: str = "") -> list[Hit]:
    """The best passages for a question, best first; empty when the chatbot's sources hold no answer.

    With `kind` those of such sources only, which must cover as much as among all the others.
    """
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [chatbot.language, question, chatbot.language, CHATTER.get(chatbot.language, "")])
        stems = cursor.fetchone()[0]
        if not stems:
            return []
        cursor.execute(CORPUS, [chatbot.pk])
        passages, average = cursor.fetchone()
        cursor.execute(CANDIDATES, [chatbot.pk, any_of(stems), stems])
        rows = cursor.fetchall()
    ranked = rank(stems, rows, int(passages), float(average))
    covering = [(pk, score, covers) for pk, score, covers in ranked if covers >= ENOUGH]
    best = (of_kind(kind, covering) if kind else covering)[:BEST]
    found = Passage.objects.select_related("source").in_bulk([pk for pk, _, _ in best])
    return [Hit(found[pk], score, covers) for pk, score, covers in best if pk in found]


def of_kind(kind: str, ranked: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Those whose passages come from sources of this kind, in their order."""
    wanted = Passage.objects.filter(pk__in=[pk for pk, _, _ in ranked], source__kind=kind)
    known = set(wanted.values_list("pk", flat=True))
    return [row for row in ranked if row[0] in known]


def rank(
    stems: list[str], rows: Iterable[tuple[int, str, int, int, bool]], passages: int, average: float
) -> list[tuple[int, float, float]]:
    """(passage id, BM25, coverage) from rows of (passage id, stem, times, length, in the title), best first.

    A stem in the source's title counts once more: people name things by their titles.
    """
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    titled: dict[int, set[str]] = defaultdict(set)
    lengths: dict[int, int] = {}
    for pk, stem, times, length, in_title in rows:
        counts[pk][stem] = times
        lengths[pk] = length
        if in_title:
            titled[pk].add(stem)
    weight = {stem: rarity(sum(stem in words for words in counts.values()), passages) for stem in stems}
    whole = sum(weight.values())
    ranked = []
    for pk, words in counts.items():
        damping = K1 * (1 - B + B * lengths[pk] / average)
        score = sum(weight[stem] * times * (K1 + 1) / (times + damping) for stem, times in words.items())
        score += sum(weight[stem] for stem in titled[pk])
        ranked.append((pk, score, sum(weight[stem] for stem in words) / whole))
    return sorted(ranked, key=lambda row: (-row[1], row[0]))


def rarity(holding: int, passages: int) -> float:
    """Inverse document frequency, above zero also for a stem that every passage holds."""
    return (1 if holding else UNSEEN) * math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def any_of(stems: list[str]) -> str:
    """A tsquery that matches any of these stems, each quoted."""
    return " | ".join("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems)
