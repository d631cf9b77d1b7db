"""A chatbot's words as markup. They come from outside: what they say is shown, and what they do is taken away.

Markdown without HTML, then a short list of tags. No image is loaded, and a link leads away without saying from where.
"""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
MOST_CELLS = 5000  # of a table; a larger one stays text: a thousand short lines would become a million cells
SCHEMES = {"http", "https", "mailto"}


def of(text: str) -> SafeString:
    """Markup for the whole of a text, also of one that has not come to its end."""
    reader = plain if cells(text) > MOST_CELLS else with_tables
    return mark_safe(cleaner.clean(reader.render(text)))  # noqa: S308 - sanitised in this very line


def cells(text: str) -> int:
    """How many cells a table of the text has at most: each row is filled up to the widest, however short it is."""
    lines = text.splitlines()
    return max((line.count("|") for line in lines), default=0) * len(lines)


def made(*more: str) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", *more])
    reader.disable(["image", "code", "html_block", "html_inline"])  # an indented line is no program
    reader.add_render_rule("heading_open", lambda *_: "<p><strong>")
    reader.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    return reader


with_tables, plain = made("table"), made()
cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes=SCHEMES,
    link_rel="nofollow noopener noreferrer",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
