"""What frames every page of a site: menus, footers, boxes about cookies. Learned with each page, it is all over."""

import re
from typing import Any

from chatbots.knowledge.reading.layout import squeezed

FRAME = ("nav", "footer", "form", "dialog")
OUTSIDE = ("aside", "header")  # frames, unless they are inside what the page is about
ROLES = {"navigation", "contentinfo", "search", "dialog", "alertdialog"}
COOKIES = re.compile(r"(^|[\s_-])(cookies?|consent|gdpr|cookiebar|cookiebanner|skip-link)([\s_-]|$)", re.I)
MENUS = re.compile(
    r"(^|[\s_-])(nav|navbar|navigation|menu|breadcrumbs?|sidebar|footer|pagination|pager|social|share)([\s_-]|$)", re.I
)
LINKED = 0.7  # of its text is in links: a menu, and not the dishes of one


def without_frame(tree: Any) -> Any:
    """Take the frame out of a page."""
    most = len(tree.text_content()) / 2  # what holds more is the page itself: some put all of it into one form
    for element in list(tree.iter()):
        if element.getparent() is not None and frames(element) and len(element.text_content()) <= most:
            element.drop_tree()
    return tree


def frames(element: Any) -> bool:
    if element.tag in FRAME or element.get("role") in ROLES:
        return True
    if element.tag in OUTSIDE:
        inside = next(element.iterancestors("main", "article"), None) is not None
        return not inside and next(element.iterdescendants("h1"), None) is None
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(COOKIES.search(names)) or (bool(MENUS.search(names)) and linked(element) >= LINKED)


def linked(element: Any) -> float:
    """How much of its text is in links."""
    whole = len(squeezed(element.text_content()))
    return sum(len(squeezed(link.text_content())) for link in element.iter("a")) / whole if whole else 0
