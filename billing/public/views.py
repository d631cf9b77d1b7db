"""The payment provider's webhook. Its signature says who calls; no cookie does."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from agencies.access import public
from billing import checkout, payments, webhooks

log = logging.getLogger(__name__)

LARGEST = 64 * 1024  # bytes, as at the whole public door


@csrf_exempt  # no cookie says who is calling, so there is nothing to forge
@require_POST
@public
def stripe(request: HttpRequest) -> HttpResponse:
    """Anything but a success is told again by Stripe, for up to three days."""
    if len(request.body) > LARGEST:
        return answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        told = webhooks.read(request.body, request.headers.get("Stripe-Signature", ""))
        if told:
            payments.receive(told, now=timezone.now())
    except webhooks.NotSigned:
        return answer(HTTPStatus.BAD_REQUEST)
    except webhooks.Unreadable as error:
        log.error("Stripe told something in an unknown shape: %s", error)
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY)
    except checkout.Unavailable:
        return answer(HTTPStatus.SERVICE_UNAVAILABLE)
    return answer(HTTPStatus.OK)


def answer(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(status.phrase, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"})
