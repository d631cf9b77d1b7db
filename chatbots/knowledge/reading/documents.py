"""What reading gives: a document, or the reason why there is none."""

from dataclasses import dataclass, field

LONGEST = 2_000_000  # bytes of text of one document, in UTF-8
LONGEST_TITLE = 200  # characters, as the column holds
MOST_LINKS = 5_000  # of one page

TOO_LONG = "The text is longer than 2 MB. Split it into parts, and add those that matter."
EMPTY = "The file is empty. Look whether the right one was chosen."
DAMAGED = "The file could not be read: it is damaged, or not what its name says. Save it anew and upload that."
TOO_COMPLEX = "The file is too large or too complex to be read. Split it into parts, or save it as plain text."
NO_TEXT = "There is no text in it. Look whether the right file or page was chosen."


@dataclass(frozen=True)
class Document:
    """The text of a page or a file."""

    title: str
    text: str
    links: list[str] = field(default_factory=list)


class Unreadable(Exception):
    """A file or a page could not be read. The text says what happened and what to do."""
