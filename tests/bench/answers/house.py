"""An agency whose chatbots learn the paragraphs as texts, and answer without a model."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from agencies.models import Agency
from billing.models import Plan, Subscription
from chatbots.answers import answering, finding
from chatbots.answers.answering import Answer
from chatbots.knowledge import sources
from chatbots.models import Chatbot, DataSource
from tests.bench.answers.corpora import Corpus
from workspaces.models import Workspace

LANGUAGES = {
    "en": Chatbot.Language.ENGLISH,
    "de": Chatbot.Language.GERMAN,
    "es": Chatbot.Language.SPANISH,
    "fr": Chatbot.Language.FRENCH,
    "tr": Chatbot.Language.TURKISH,
    "ar": Chatbot.Language.ARABIC,
}


@dataclass(frozen=True)
class Reply:
    """What a chatbot answered, and the numbers of the paragraphs that it found, best first, each once."""

    answer: Answer
    found: tuple[int, ...]


def open_one() -> Workspace:
    now = timezone.now()
    agency = Agency.objects.create(name="Corpora", approved_at=now, created_at=now, source_limit=None)
    plan = Plan.objects.create(code="bench", name="Bench", messages=1)
    Subscription.objects.create(agency=agency, plan=plan, started_at=now)
    return Workspace.objects.create(agency=agency, name="Corpora")


class Pupil:
    """A chatbot that has learned some paragraphs of a corpus."""

    def __init__(self, workspace: Workspace, corpus: Corpus, numbers: Iterable[int]) -> None:
        language = LANGUAGES.get(corpus.language, Chatbot.Language.OTHER)
        self.chatbot = Chatbot.objects.create(workspace=workspace, name=corpus.language, language=language)
        self.learned = {self.learn(number, corpus.paragraphs[number][1]): number for number in numbers}

    def learn(self, number: int, text: str) -> int:
        """The title tells nothing: what is found is found by the text."""
        title, kind = f"Text {number}", DataSource.Kind.TEXT
        return sources.add(self.chatbot, kind=kind, title=title, text=text, by=None, now=timezone.now()).pk

    def ask(self, question: str) -> Reply:
        hits = finding.find(self.chatbot, question=question, history=[])
        said = answering.answer(self.chatbot, question=question, hits=hits)
        return Reply(said, tuple(dict.fromkeys(self.learned[hit.passage.source.pk] for hit in hits)))

    def passages(self) -> list[tuple[int, str]]:
        """Every passage, with the number of its paragraph."""
        rows = self.chatbot.passages.order_by("pk").values_list("source", "text")
        return [(self.learned[source], text) for source, text in rows]
