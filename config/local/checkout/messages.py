"""A request that came in over WSGI, and the answer that goes out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from config.local.checkout import JSON, Refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

LARGEST_BODY = 256 * 1024  # bytes


@dataclass(frozen=True)
class Request:
    """`headers` under their WSGI names without `HTTP_`, such as IDEMPOTENCY_KEY."""

    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    body: str
    status: int = 200
    kind: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)


def received(environ: dict[str, Any]) -> Request:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        raise Refused("This is too much at once.", status=413)
    try:
        body = environ["wsgi.input"].read(int(length)).decode()
    except UnicodeDecodeError as error:
        raise Refused("The form cannot be read.") from error
    headers = {name[5:]: str(value) for name, value in environ.items() if name.startswith("HTTP_")}
    path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
    return Request(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), body, headers)


def sent(answer: Answer, start_response: "StartResponse", *, without_body: bool) -> Iterable[bytes]:
    body = answer.body.encode()
    headers = {
        "Content-Type": f"{answer.kind}; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **answer.headers,
    }
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(headers.items()))
    return [] if without_body else [body]


def told(body: JSON, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(body, indent=2, ensure_ascii=False) + "\n", status, "application/json", named)


def elsewhere(url: str) -> Answer:
    """To another page, with GET whatever came in."""
    return Answer("", 303, headers={"Location": url})
