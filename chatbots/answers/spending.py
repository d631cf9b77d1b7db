"""What providers that people typed in charge for: tokens, as the stream tells them, or else estimated from the text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from billing.revenue import model_use
from billing.revenue.model_use import Spent
from chatbots.answers.providers import Provider

BYTES_A_TOKEN = 4  # roughly, whatever the language
MOST = 1_000_000_000  # tokens of one answer; more is no number that a provider would mean


class Tally:
    """One reply of one provider, from the moment in which it began to answer."""

    def __init__(self, provider: Provider, messages: Sequence[Any]) -> None:
        self.model = provider.model
        self.asked = sum(len(str(message["content"]).encode()) for message in messages)
        self.said = 0
        self.told: tuple[int, int] | None = None

    def hear(self, chunk: dict[str, Any]) -> None:
        """The numbers, where a chunk of the stream has them."""
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            numbers = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
            if all(type(number) is int and 0 <= number <= MOST for number in numbers):
                self.told = numbers  # type: ignore[assignment]

    def say(self, words: str) -> None:
        self.said += len(words.encode())

    @property
    def spent(self) -> Spent:
        if self.told:
            return Spent(self.model, *self.told, is_estimated=False)
        asked, said = (-(-size // BYTES_A_TOKEN) for size in (self.asked, self.said))
        return Spent(self.model, asked, said, is_estimated=True)


class Meter:
    """What one exchange has used of own providers, more than one where one failed. What Bureau's cost is Bureau's."""

    def __init__(self) -> None:
        self.tallies: list[Tally] = []

    def begin(self, provider: Provider, messages: Sequence[Any]) -> Tally:
        tally = Tally(provider, messages)
        if provider.is_guarded:
            self.tallies.append(tally)
        return tally

    def record(self, *, agency_id: int, workspace_id: int, chatbot_id: int, now: datetime) -> None:
        """Write it down, in the transaction that the caller has open or in one of its own."""
        spent = [tally.spent for tally in self.tallies]
        if spent:
            place = {"agency_id": agency_id, "workspace_id": workspace_id, "chatbot_id": chatbot_id}
            model_use.record(spent, **place, now=now)

    def clear(self) -> None:
        """It is written down."""
        self.tallies.clear()
