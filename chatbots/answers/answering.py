"""What a chatbot says without a model: a quotation of its sources, a Q&A word for word, small talk, or that it knows
nothing. What a model says instead, `streaming` asks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chatbots.answers import quoting, small_talk
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


def answer(chatbot: Chatbot, *, question: str, hits: Sequence[Hit]) -> Answer:
    """Answer from `hits`, and from nothing else.

    A Q&A of the very question is given word for word and small talk needs no source, whether there is a model or not;
    nor can a model say more where the sources hold nothing of what was asked.
    """
    if same := [hit for hit in hits if hit.is_the_question]:
        return quoted(max(same, key=lambda hit: hit.close))
    if said := small_talk.reply(chatbot, question):
        return Answer(said)
    return replace(embedded(chatbot, hits), for_model=bool(hits))


def embedded(chatbot: Chatbot, hits: Sequence[Hit]) -> Answer:
    """A quotation of the best hit, unless it is not sure."""
    if not hits or not hits[0].sure:
        return Answer(UNKNOWN.get(Chatbot.Language(chatbot.language), UNKNOWN_OTHERWISE), found=False)
    return quoted(hits[0])


def quoted(hit: Hit) -> Answer:
    """A Q&A's answer word for word, or the sentences of another passage that answer."""
    is_qa = hit.passage.source.kind == DataSource.Kind.QA
    return Answer(hit.passage.text if is_qa else quoting.quote(hit), [hit.passage.cited])
