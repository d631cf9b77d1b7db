"""CSV: rows as sentences, or as questions with their answers."""

import csv
import io
import re
from collections.abc import Sequence

from chatbots.knowledge.reading.documents import Document, Unreadable
from chatbots.knowledge.reading.layout import pair, row, squeezed

DELIMITERS = ",;\t|"
SAMPLE = 50  # rows that the delimiter is told from
MOST_PAIRS = 10_000
QUESTION = {
    "question",
    "questions",
    "q",
    "frage",
    "fragen",
    "pregunta",
    "domanda",
    "vraag",
    "pytanie",
    "вопрос",
    "问题",
}
ANSWER = {
    "answer",
    "answers",
    "a",
    "antwort",
    "respuesta",
    "réponse",
    "reponse",
    "risposta",
    "antwoord",
    "ответ",
    "答案",
}

BROKEN = "The table could not be read from row {row} on: a quotation mark may be missing there. Save it anew as CSV."
ONE_COLUMN = "Questions and answers need two columns, and the file has one. Put each answer into the second column."
NO_ANSWER = "Row {row} has a question without an answer. Write one, or delete the row."
NO_QUESTION = "Row {row} has an answer without a question. Write one, or delete the row."
NO_PAIRS = "There are no questions in the file. Put a question and its answer into each row, in two columns."
TOO_MANY = "The file has more than {most:,} questions. Split it into several."


def read(text: str) -> Document:
    """Every row as a paragraph, with the headers of the first row, if that is what they are."""
    rows = [cells for _, cells in table(text)]
    if rows and headed(rows):
        return Document(title="", text="\n\n".join(filter(None, (row(rows[0], cells) for cells in rows[1:]))))
    return Document(title="", text="\n\n".join(filter(None, map(pair, rows))))


def table(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold something, each with its number as a spreadsheet counts."""
    csv.field_size_limit(2_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                rows.append((number, [squeezed(cell) for cell in cells]))
    except csv.Error as error:
        raise Unreadable(BROKEN.format(row=number + 1)) from error
    return rows


def delimiter(text: str) -> str:
    """The sign that parts most rows into the same number of cells, the more the better."""
    sample = "\n".join(text.splitlines()[: SAMPLE * 2])

    def agreement(sign: str) -> tuple[float, int]:
        try:
            widths = [len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if cells]
        except csv.Error:
            return (0, 0)
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) / len(widths), usual) if usual > 1 else (0, 0)

    return max(DELIMITERS, key=agreement)


def headed(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: every cell a name of its own, no number, no sentence."""
    first = rows[0]
    names = [cell for cell in first if cell]
    return (
        len(rows) > 1
        and len(names) == len(first) == len({name.lower() for name in names})
        and not any(re.search(r"^\W*\d|[.?!。？]$|@|://", name) or len(name) > 60 for name in names)
        and (len(first) > 1 or len(first[0].split()) < 4)
    )


def questions(text: str) -> list[tuple[str, str]]:
    """The first two columns, or those that are called question and answer. Raises Unreadable for a row without one."""
    rows = table(text)
    if rows and max(len(cells) for _, cells in rows) < 2:
        raise Unreadable(ONE_COLUMN)
    asked, answered, named = columns(rows[0][1]) if rows else (0, 1, False)
    pairs: list[tuple[str, str]] = []
    for number, cells in rows[1:] if named else rows:
        question, answer = (cells[at] if at < len(cells) else "" for at in (asked, answered))
        if not question and not answer:
            continue
        if not question or not answer:
            raise Unreadable((NO_ANSWER if question else NO_QUESTION).format(row=number))
        pairs.append((question, answer))
    if not pairs:
        raise Unreadable(NO_PAIRS)
    if len(pairs) > MOST_PAIRS:
        raise Unreadable(TOO_MANY.format(most=MOST_PAIRS))
    return pairs


def columns(first: Sequence[str]) -> tuple[int, int, bool]:
    """Where questions and answers stand, and whether the first row says so."""
    names = [name.lower().strip(" :*") for name in first]
    asked = next((at for at, name in enumerate(names) if name in QUESTION), None)
    answered = next((at for at, name in enumerate(names) if name in ANSWER), None)
    if asked is None or answered is None:
        return 0, 1, False
    return asked, answered, True
