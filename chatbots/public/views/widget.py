"""What a site loads: the script, the same for every chatbot, and what one chatbot's launcher looks like."""

import gzip
import hashlib
import re
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import public
from chatbots.bots import appearance
from chatbots.embed import seen
from chatbots.public import speech
from chatbots.public.views.turns import reachable

SCRIPT = settings.BASE_DIR / "static" / "js" / "widget.js"
KEPT = {"script": 3600, "configuration": 60}  # seconds
TOKEN = re.compile(r"(--[a-z-]+): *(?:light-dark\()?(#[0-9a-f]{6})")  # its colour in the light
SHOWN = ("name", "teaser", "theme", "launcher", "position", "size", "radius")  # columns, and no others
COLOURS = {"accent": "--accent", "onAccent": "--on-accent", "accentDark": "--accent-dark"}
COLOURS |= {"onAccentDark": "--on-accent-dark"}
WORDS = {
    "open": "Open the conversation",
    "close": "Close the conversation",
    "dismiss": "Dismiss",
    "unread": "There is a new answer",
}


@require_safe
@public
def script(request: HttpRequest) -> HttpResponse:
    """widget.js. Any site may load it; nothing in it depends on who asks."""
    plain, packed, etag = built()
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        answer = HttpResponse(packed if is_packed else plain, content_type="text/javascript; charset=utf-8")
        if is_packed:
            answer["Content-Encoding"] = "gzip"
    answer["ETag"], answer["Vary"] = etag, "Accept-Encoding"
    return for_sites(answer, seconds=KEPT["script"])


@cache
def built() -> tuple[bytes, bytes, str]:
    """The script as it is, and packed, with its mark."""
    plain = SCRIPT.read_bytes()
    return plain, gzip.compress(plain, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:16]}"'


@require_safe
@public
def configuration(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is needed before somebody opens the conversation, and nothing that is not shown on the site anyway."""
    chatbot = reachable(public_id).first()
    if chatbot is None:
        return for_every_site(JsonResponse({}, status=HTTPStatus.NOT_FOUND))
    seen.note(chatbot, address=request.headers.get("Origin", ""), now=timezone.now())
    spoken = speech.of(chatbot, asked=request.headers.get("Accept-Language", ""))
    tokens = dict(TOKEN.findall(appearance.stylesheet(model_to_dict(chatbot))))
    told: dict[str, Any] = {name: getattr(chatbot, name) for name in SHOWN}
    told |= {name: tokens.get(token, "") for name, token in COLOURS.items()}
    told |= {"speech": spoken.code, "words": {name: spoken.say(phrase) for name, phrase in WORDS.items()}}
    return for_every_site(JsonResponse(told))


def for_every_site(answer: HttpResponse) -> HttpResponse:
    """The script of any site may read it. No cookie is known here that could come with the request."""
    answer["Access-Control-Allow-Origin"], answer["Vary"] = "*", "Accept-Language"
    return for_sites(answer, seconds=KEPT["configuration"])


def for_sites(answer: HttpResponse, *, seconds: int) -> HttpResponse:
    """Any site may use it, for so long."""
    answer["Cache-Control"] = f"public, max-age={seconds}"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
