"""Keeps live links of invitations and meetings out of the log: Django names the path of each refused request there."""

import logging
import re

LINK = re.compile(r"(/(?:invitations|meetings)/)[^/\s]+")


class MaskLinks(logging.Filter):
    """Puts `…` in the place of a link's token."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = LINK.sub(r"\1…", str(record.getMessage()))
        record.args = ()
        return True
