"""The one way out to the web. Nothing else in the house asks a server that somebody named (SSRF ends here)."""

from chatbots.knowledge.fetching.fetcher import Fetched, fetch
from chatbots.knowledge.fetching.refusals import Refused

__all__ = ["Fetched", "Refused", "fetch"]
