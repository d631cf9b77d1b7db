"""Why something was not fetched, in words for the person who gave its address: what happened, and what to do."""


class Refused(Exception):
    """The address was not fetched. `status` is the server's answer, 0 when none came."""

    def __init__(self, text: str, *, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class Unreachable(Refused):
    """Nobody answered, or a server with a fault of its own. Another time it may go well."""


NOT_A_URL = "This is not a web address. Write it as the browser shows it, such as https://example.org/page."
NOT_HTTP = "Only addresses that begin with https:// or http:// can be learned."
CREDENTIALS = "The address has a name or a password before an @. Leave them out: only public pages can be learned."
PORT = "Only the usual ports 80 and 443 are reached, not {port}. Leave the port out, or publish the page there."
INNER = "{host} is an inner address, of a private network or of a machine itself. Only public pages can be learned."
INNER_PROVIDER = "{host} is an inner address, of a private network or of a machine itself. Take one on the public web."
NO_NAME = "There is no server with the name {host}. Look for a typing mistake in the address."
NO_ANSWER = "{host} could not be reached. Open the address in a browser; if it works there, try again later."
CERTIFICATE = "{host} has no valid certificate, so it cannot be told whether it is the real one. Ask whoever runs it."
SLOW = "{host} took longer than {seconds:g} seconds. Try again later, or save the page and upload it as a file."
LARGE = "The page is larger than {megabytes:g} MB. Learn a smaller one, or upload the part that matters as a file."
RUBBISH = "{host} broke off, or sent what is no web page. Try again later."
ROUND = "The address leads on more than {hops} times. Give the address at which the page is shown in the end."
NOWHERE = "The address leads on, but does not say where to. Give the address at which the page is shown in the end."
TYPE = "The address shows {kind}, which has no text. Pages, PDF, DOCX, Markdown, CSV and text files can be learned."
ENCODING = "{host} sent the page packed in a way that was not asked for ({encoding}). Save it and upload it as a file."
NOTHING = "{host} sent an empty page. Open the address in a browser to see whether something is there."

LOGIN = "The page asks for a login or forbids robots ({status}). Make it public, or save it and upload it as a file."
STATUSES = {
    401: LOGIN,
    403: LOGIN,
    407: LOGIN,
    404: "There is no page at this address (404). Look for a typing mistake, or whether the page has moved.",
    410: "The page was removed (410). Take another address.",
    429: "{host} says that it was asked too often (429). Try again in an hour.",
}
WRONG = "{host} refused the request ({status}). Open the address in a browser; if it works there, upload it as a file."
BROKEN = "{host} has a fault of its own just now ({status}). Try again later."


def of_status(status: int, host: str) -> Refused:
    """What an answer means that is neither the page nor a way to it."""
    text = STATUSES.get(status, BROKEN if status >= 500 else WRONG)
    kind = Unreachable if status >= 500 else Refused
    return kind(text.format(host=host, status=status), status=status)
