"""What a site asks of robots: robots.txt as RFC 9309 reads it, with * and $ and the longest rule first.

The standard library's parser takes the first rule that fits and knows no stars, so it fetches what a site forbids.
"""

from dataclasses import dataclass, field
from urllib.parse import quote

from chatbots.knowledge.fetching import fetcher, urls
from chatbots.knowledge.fetching.fetcher import AGENT
from chatbots.knowledge.fetching.refusals import Refused, Unreachable

LONGEST = 512_000  # bytes that are read; RFC 9309 asks for as many at least
MOST_RULES = 2_000
LONGEST_DELAY = 10.0  # seconds between two pages that a site may ask for
UNREACHABLE = "robots.txt of {host} could not be read, so nothing there may be fetched for now. Try again later."


@dataclass(frozen=True)
class Rules:
    """What a site allows, and where it lists its pages."""

    rules: list[tuple[str, bool]] = field(default_factory=list)  # a pattern, and whether it allows
    sitemaps: list[str] = field(default_factory=list)
    delay: float = 0.0  # seconds between two pages
    refusal: str = ""  # why nothing at all is allowed, for the user's eyes

    def may(self, url: str) -> bool:
        """Whether a page may be fetched: the longest rule that fits decides, and of two as long the one that allows."""
        if self.refusal:
            return False
        try:
            path = same_spelling(urls.place(url).path)
        except Refused:
            return False
        fitting = [(len(pattern), allows) for pattern, allows in self.rules if fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


def allowed(site_url: str) -> Rules:
    """The rules of the site of a page. A missing robots.txt allows all, an unreachable one nothing.

    Raises Refused for what is no address.
    """
    place = urls.place(site_url)
    address = f"{place.scheme}://{place.netloc}/robots.txt"
    try:
        fetched = fetcher.fetch(address)
    except Unreachable as refusal:
        return Rules(refusal=UNREACHABLE.format(host=place.host) if refusal.status else str(refusal))
    except Refused:
        return Rules()
    return parse(fetched.body[:LONGEST].decode("utf-8-sig", "replace"), address)


def parse(text: str, address: str = "") -> Rules:
    """The rules for us: of the groups that name us, or else of those for everybody."""
    groups: dict[str, list[tuple[str, str]]] = {}
    sitemaps: list[str] = []
    named: list[str] = []
    naming = False
    for key, value in fields(text):
        if key == "sitemap":
            sitemaps += [value]
        elif key == "user-agent":
            named = [*named, product(value)] if naming else [product(value)]
            naming = True
            groups.setdefault(named[-1], [])
        else:
            naming = False
            for name in named:
                groups[name].append((key, value))
    mine = groups.get(AGENT.lower(), groups.get("*", []))
    return Rules(rules_of(mine), known(sitemaps, address), delay_of(mine))


def fields(text: str) -> list[tuple[str, str]]:
    lines = (line.partition("#")[0].partition(":") for line in text.splitlines())
    found = [(key.strip().lower(), value.strip()) for key, colon, value in lines if colon]
    return [pair for pair in found if pair[0] in {"user-agent", "allow", "disallow", "crawl-delay", "sitemap"}]


def product(value: str) -> str:
    """The name that a group is for, without its version."""
    return value.split("/")[0].split()[0].lower() if value.split("/")[0].split() else ""


def rules_of(group: list[tuple[str, str]]) -> list[tuple[str, bool]]:
    """An empty rule says nothing."""
    rules = [(same_spelling(value), key == "allow") for key, value in group if key in {"allow", "disallow"} and value]
    return rules[:MOST_RULES]


def delay_of(group: list[tuple[str, str]]) -> float:
    asked = [value for key, value in group if key == "crawl-delay" and value.replace(".", "", 1).isdecimal()]
    return min(float(asked[0]), LONGEST_DELAY) if asked and asked[0].isascii() else 0.0


def known(sitemaps: list[str], address: str) -> list[str]:
    """The sitemaps named, as addresses that can be fetched."""
    found: list[str] = []
    for sitemap in sitemaps[:100]:
        try:
            found.append(urls.normal(sitemap, address))
        except Refused:
            continue
    return list(dict.fromkeys(found))


def same_spelling(path: str) -> str:
    """With every letter beyond ASCII escaped, and none besides that needs no escape."""
    return urls.ESCAPED.sub(urls.plain, quote(path, safe="/:@!$&'()*+,;=~%?[]|"))


def fits(pattern: str, path: str) -> bool:
    if pattern.endswith("$"):
        return urls.starred(pattern[:-1], path, whole=True)
    return urls.starred(pattern, path, whole=False)
