"""Answers a question from a chatbot's passages: by the configured model, or by quoting them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from chatbots.answers import llm, quoting, small_talk
from chatbots.knowledge.retrieval import Hit
from chatbots.models import Chatbot, DataSource

UNKNOWN = {
    Chatbot.Language.GERMAN: "Darauf habe ich in meinen Quellen keine Antwort gefunden.",
    Chatbot.Language.SPANISH: "No he encontrado una respuesta a eso en mis fuentes.",
    Chatbot.Language.FRENCH: "Je n'ai pas trouvé de réponse à cela dans mes sources.",
    Chatbot.Language.TURKISH: "Kaynaklarımda buna bir yanıt bulamadım.",
    Chatbot.Language.ARABIC: "لم أجد إجابة عن ذلك في مصادري.",
}
UNKNOWN_OTHERWISE = "I could not find an answer to that in what I have learned."


@dataclass(frozen=True)
class Answer:
    """A reply, the titles of the sources it came from, and whether they held an answer."""

    text: str
    cited: list[str] = field(default_factory=list)
    found: bool = True


async def answer(chatbot: Chatbot, *, question: str, hits: list[Hit], history: list[llm.Line]) -> Answer:
    """Answer from `hits`, and from nothing else. Raises llm.Unavailable when a configured provider fails."""
    if ready := without_model(chatbot, question=question, hits=hits):
        return ready
    text = await llm.complete(chatbot, question=question, passages=[hit.passage for hit in hits], history=history)
    return Answer(text, cited(hits))


def without_model(chatbot: Chatbot, *, question: str, hits: Sequence[Hit]) -> Answer | None:
    """The answer where no model is needed, or none is configured; None where one is to be asked.

    Needed is none for a Q&A of the very question, which is given word for word; for small talk; and where the
    sources hold nothing of what was asked.
    """
    if same := [hit for hit in hits if hit.is_the_question]:
        return quoted(max(same, key=lambda hit: hit.close))
    if said := small_talk.reply(chatbot, question):
        return Answer(said)
    if hits and settings.LLM_BASE_URL:
        return None
    return embedded(chatbot, hits)


def embedded(chatbot: Chatbot, hits: Sequence[Hit]) -> Answer:
    """The answer that needs no model: a quotation of the best hit, unless it is not sure."""
    if not hits or not hits[0].sure:
        return Answer(UNKNOWN.get(Chatbot.Language(chatbot.language), UNKNOWN_OTHERWISE), found=False)
    return quoted(hits[0])


def quoted(hit: Hit) -> Answer:
    """A Q&A's answer word for word, or the sentences of another passage that answer."""
    source = hit.passage.source
    return Answer(hit.passage.text if source.kind == DataSource.Kind.QA else quoting.quote(hit), [source.title])


def cited(hits: Sequence[Hit]) -> list[str]:
    return list(dict.fromkeys(hit.passage.source.title for hit in hits))
