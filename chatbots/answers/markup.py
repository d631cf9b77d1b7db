"""A chatbot's words as markup. They come from outside: what they say is shown, and what they do is taken away.

Markdown without HTML, then a short list of tags. No image is loaded, and a link leads away without saying from where.
"""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
SCHEMES = {"http", "https", "mailto"}


def of(text: str) -> SafeString:
    """Markup for the whole of a text, also of one that has not come to its end."""
    return mark_safe(cleaner.clean(reader.render(text)))  # noqa: S308 - sanitised in this very line


reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
reader.disable(["image", "code", "html_block", "html_inline"])  # an indented line is no program
reader.add_render_rule("heading_open", lambda *_: "<p><strong>")
reader.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes=SCHEMES,
    link_rel="nofollow noopener noreferrer",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
