"""HTML made plainer before it is read: without what nobody sees, and with what belongs together in one place."""

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from chatbots.knowledge.reading.grids import rows
from chatbots.knowledge.reading.markup import LEVELS

SILENT = ["script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "select"]
SILENT += ["textarea", "audio", "video", "datalist"]
INLINE = ("kbd", "samp", "var", "tt", "b", "strong", "i", "em", "u", "mark", "small", "abbr", "cite", "font")
HIDDEN = "//*[@hidden or @aria-hidden='true' or contains(translate(@style, ' ', ''), 'display:none')]"
OPENING = ("aria-expanded", "aria-controls", "data-target", "data-bs-target", "data-toggle", "data-bs-toggle")


def simplify(tree: Any) -> None:
    """Change a page so that its blocks can be told by their tags alone."""
    etree.strip_elements(tree, *SILENT, with_tail=False)
    hidden(tree)
    buttons(tree)
    etree.strip_tags(tree, *INLINE)  # else trafilatura makes blocks of some
    for code in list(tree.iter("code")):
        if next(code.iterancestors("pre"), None) is None:
            code.drop_tag()
    terms(tree)
    tables(tree)


def hidden(tree: Any) -> None:
    """Take out what nobody sees. What a click unfolds is seen: answers under their questions, panels under tabs."""
    opened = {
        target
        for name in ("aria-controls", "href", "data-target", "data-bs-target")
        for target in tree.xpath(f"//@{name}")
    }
    opened = {name.lstrip("#") for target in opened for name in str(target).split()}
    for element in tree.xpath(HIDDEN):
        if element.get("id") in opened or element.tag in {"body", "html"}:
            for name in ("hidden", "aria-hidden", "style"):
                element.attrib.pop(name, None)
        elif element.getparent() is not None:
            element.drop_tree()


def buttons(tree: Any) -> None:
    """What unfolds something is its heading; what other buttons say, and links inside the page, is no text."""
    for summary in list(tree.iter("summary")):
        summary.tag = "div" if next(summary.iterdescendants(*LEVELS), None) is not None else "h4"
    for button in list(tree.iter("button", "a")):
        if button.tag == "a" and not (button.get("href") or "").startswith("#"):
            continue
        headed = next(button.iterancestors(*LEVELS), None) is not None
        unfolds = any(button.get(name) for name in OPENING) or "accordion" in (button.get("class") or "")
        if headed and len(button.text_content().strip()) > 1:
            button.drop_tag()
        elif unfolds and not headed:
            button.tag = "h4"
        else:
            button.drop_tree()


def tables(tree: Any) -> None:
    """Rows of tables as paragraphs, each with its headers."""
    for table in list(tree.iter("table")):
        if found := rows(table):
            for element in list(table):
                table.remove(element)
            table.tag, table.text = "div", None
            for row in found:
                etree.SubElement(table, "p").text = row


def terms(tree: Any) -> None:
    """Terms with their meanings as items of a list, so that neither is lost without the other."""
    for term in list(tree.iter("dt")):
        term.tag = "li"
        meaning = term.getnext()
        while meaning is not None and meaning.tag == "dd":
            term.append(meaning)
            meaning.tag = "span"
            meaning.text = f"{', ' if meaning.getprevious() is not None else ': '}{meaning.text or ''}"
            meaning = term.getnext()
    for tag, plain in (("dd", "li"), ("dl", "ul")):
        for element in list(tree.iter(tag)):
            element.tag = plain
