"""Answers a question from a chatbot's passages: by the configured model, or by quoting them."""

from dataclasses import dataclass, field

from django.conf import settings

from chatbots.answers import llm
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
    if not hits:
        return Answer(UNKNOWN.get(Chatbot.Language(chatbot.language), UNKNOWN_OTHERWISE), found=False)
    cited = list(dict.fromkeys(hit.passage.source.title for hit in hits))
    best = hits[0].passage
    if best.source.kind == DataSource.Kind.QA or not settings.LLM_BASE_URL:
        return Answer(best.text, [best.source.title])
    text = await llm.complete(chatbot, question=question, passages=[hit.passage for hit in hits], history=history)
    return Answer(text, cited)
