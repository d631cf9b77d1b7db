"""The chatbot's look, as a stylesheet of custom properties."""

from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from agencies.access import public
from chatbots.bots import appearance
from chatbots.public.views.turns import found, reachable

KEPT = 60  # seconds in which a change of the look may not be seen yet


@require_safe
@public
def look(request: HttpRequest, public_id: str) -> HttpResponse:
    chatbot = found(reachable(public_id).first())
    sheet = HttpResponse(appearance.stylesheet(model_to_dict(chatbot)), content_type="text/css; charset=utf-8")
    sheet["Cache-Control"] = f"public, max-age={KEPT}"
    return sheet
