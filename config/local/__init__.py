"""Bureau on one machine: finds or starts what it needs, runs it, and ends it all together.

`python -m config.local <command>` is what the Makefile calls. Everything here is standard library, because it runs
before Django's settings can be read: those need the addresses that are made here. Three modules import Django and are
imported by none of the others: `prepare`, a process of its own, `maildrop`, where mail goes, and `mailbox`, a page of
the console that shows it.
"""


class CannotStart(Exception):
    """Why Bureau cannot start here. The text goes to the person as it is: what happened, why, and what to do."""
