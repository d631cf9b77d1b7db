"""A report as plain values for its page, and on paper. Both say the same."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from agencies.documents import Document
from chatbots.models import Chatbot, Report
from chatbots.reports import figures, reports
from chatbots.reports.figures import Row

LEADING = ("Conversations", "Messages of visitors", "Answered from your content", "Without an answer")
PLAIN = "#3b4252"  # of a client without a chatbot


@dataclass(frozen=True)
class Shown:
    """What is read, of whom, from whom. `share` is None where no question needed a source."""

    report: Report
    colour: str
    rows: list[Row]
    share: int | None
    share_before: int | None
    answered: int
    unanswered: int
    chatbots: list[dict[str, Any]]
    days: list[tuple[date, int]]
    opened: date | None  # where the month before was no whole one
    written: list[str]
    more_written: int

    @property
    def brand(self) -> str:
        return str(self.report.workspace.agency.name)

    @property
    def client(self) -> str:
        return str(self.report.workspace.name)

    @property
    def leading(self) -> list[Row]:
        """The figures that stand above the others."""
        return [row for row in self.rows if row.name in LEADING]


def of(report: Report) -> Shown:
    found = reports.figures_of(report)
    return Shown(
        report=report,
        colour=colour_of(report),
        rows=figures.rows(found),
        share=figures.answered_share(found["now"]),
        share_before=None if found["opened"] else figures.answered_share(found["before"]),
        answered=found["now"]["answered"],
        unanswered=found["now"]["unanswered"],
        chatbots=[row | {"share": figures.answered_share(row)} for row in found["chatbots"]],
        days=[(date.fromisoformat(day), count) for day, count in found["days"]],
        opened=date.fromisoformat(found["opened"]) if found["opened"] else None,
        written=found["written"],
        more_written=found["written_in_all"] - len(found["written"]),
    )


def colour_of(report: Report) -> str:
    """That of the client's first chatbot: the client knows it from its own site."""
    first = Chatbot.objects.filter(workspace=report.workspace_id).order_by("pk").first()
    return first.accent if first else PLAIN


def paper(report: Report) -> bytes:
    """The report as a PDF: the same report, the same bytes."""
    shown = of(report)
    title = f"{shown.client}: {report}"
    made_at = report.sent_at or report.made_at
    document = Document(title=title, brand=shown.brand, made_at=made_at, colour=shown.colour)
    if report.comment:
        document.paragraph(report.comment)
    document.figures([(row.name, f"{row.now:,}") for row in shown.leading])
    if shown.share is not None:
        document.paragraph(share_in_words(shown))
    document.heading("Messages of visitors by day")
    document.columns([(f"{day:%-d %b}", count) for day, count in shown.days])
    document.heading("Beside the month before")
    cells = [(row.name, f"{row.now:,}", f"{row.before:,}", row.change) for row in shown.rows]
    document.table(["", str(report), "Month before", "Change"], cells)
    if shown.opened:
        document.paragraph(f"The workspace was opened on {shown.opened:%-d %B}, so nothing is compared.", muted=True)
    if shown.chatbots:
        document.heading("By chatbot")
        document.table(["Chatbot", "Messages", "Answered", "Without an answer", "Handed over"], by_chatbot(shown))
    if shown.written:
        document.heading("Answers that were written")
        more = [f"and {shown.more_written:,} more"] if shown.more_written > 0 else []
        document.paragraph("\n".join([*shown.written, *more]))
    return document.to_bytes()


def share_in_words(shown: Shown) -> str:
    words = f"{shown.share} % of the questions that needed your content were answered from it"
    return f"{words}; {shown.share_before} % in the month before." if shown.share_before is not None else f"{words}."


def by_chatbot(shown: Shown) -> list[tuple[str, ...]]:
    return [
        (
            row["name"] or "A chatbot that is not here any more",
            *(f"{row[key]:,}" for key in ("visitor_messages", "answered", "unanswered", "handed_over")),
        )
        for row in shown.chatbots
    ]
