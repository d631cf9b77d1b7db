"""Answers a question from a chatbot's passages by quoting them; what a model may say instead, `streaming` asks for."""

from dataclasses import dataclass, field

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
    """A reply, the titles of the sources it came from, and whether they held an answer.

    `for_model`: it quotes passages, and a configured model says it better. `mishap`: a Message.Mishap.
    """

    text: str
    cited: list[str] = field(default_factory=list)
    found: bool = True
    for_model: bool = False
    mishap: str = ""


async def answer(chatbot: Chatbot, *, question: str, hits: list[Hit], history: list[llm.Line]) -> Answer:
    """Answer from `hits`, and from nothing else, without a model."""
    if not hits:
        return Answer(UNKNOWN.get(Chatbot.Language(chatbot.language), UNKNOWN_OTHERWISE), found=False)
    best = hits[0].passage
    return Answer(best.text, [best.source.title], for_model=best.source.kind != DataSource.Kind.QA)
