"""Finds what a visitor's message asks for, also when it only makes sense after the one before."""

from collections.abc import Sequence

from chatbots.answers import llm
from chatbots.knowledge import judging, languages, retrieval, words
from chatbots.knowledge.retrieval import Hit
from chatbots.models import Chatbot

# Words that lean on what was said before: the first ones where they begin a message, the others anywhere.
BEGINS = (
    "and or but also what about how about then und oder aber auch dann y o pero también entonces et ou mais "
    "aussi alors ve veya ama peki و أو لكن e o ma anche allora mas também então en maar ook dan а и или но тогда "
    "τότε και ή αλλά și sau dar atunci i lub ale और या लेकिन và còn hoặc och eller men og"
)
LEANS = (
    "it its they them their that those this these there one ones same er sie es ihn ihm ihnen das dies diese "
    "dieser dafür dazu davon damit darauf dort eso esa ese esto esta lo la los las ahí allí mismo ça cela ce "
    "celui celle ils elles y en là bu şu o onu ona bunu orada هذا هذه ذلك تلك هناك it quello questo lì isso isto "
    "aquilo ali dat die deze hij zij daar это этот эта эти он она они там αυτό αυτά αυτή εκεί asta acesta "
    "aceasta acolo यह वह ये वे वहाँ इसका उसका nó đó đây 它 他 她 那 这"
)
BEGINNING = frozenset(words.unaccent(words.fold(word)) for word in BEGINS.split())
LEANING = frozenset(words.unaccent(words.fold(word)) for word in LEANS.split())
FEW, VERY_FEW = 3, 2  # words of its own
REMEMBERED = 3  # questions before


def find(chatbot: Chatbot, *, question: str, history: Sequence[llm.Line]) -> list[Hit]:
    """The passages for a message. One that leans on the question before is searched with its words too."""
    alone = retrieval.search(chatbot, question)
    if (said := own_words(chatbot, question)) is None:
        return alone
    context = before(chatbot, history)
    leans = len(said) <= VERY_FEW and leans_on(question)
    if context and (leans or (len(said) <= FEW and not (alone and alone[0].sure))):
        together = retrieval.search(chatbot, question, context=context)
        if together and together[0].sure:
            return together
    return alone


def own_words(chatbot: Chatbot, text: str) -> list[str] | None:
    """The words that say what a message is about; None when it asks nothing, such as "no" or a smile."""
    folded = words.fold(text)
    content = judging.content(folded, [languages.of_text(text, usual=chatbot.language)])
    asks = len(list(words.words(folded))) > 1 or text.rstrip().endswith(("?", "？", "؟", ";"))
    return content if content or asks else None


def leans_on(text: str) -> bool:
    """Whether a message begins like an addition, or speaks of something it does not name."""
    said = [words.unaccent(word) for word in words.words(words.fold(text))]
    return bool(said) and (said[0] in BEGINNING or not LEANING.isdisjoint(said))


def before(chatbot: Chatbot, history: Sequence[llm.Line]) -> str:
    """The visitor's last question that stands on its own, with those that lean on it."""
    asked: list[str] = []
    for line in reversed([line["content"] for line in history if line["role"] == "user"][-REMEMBERED:]):
        asked.insert(0, line)
        if not leans_on(line) and own_words(chatbot, line):
            break
    return " ".join(asked)
