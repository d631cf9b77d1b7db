"""The gap board of an agency: unanswered questions of all its clients, and the answer, written once."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view, require
from agencies.models import Agency
from agencies.permissions import Can
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.conversations import mending, unanswered
from chatbots.conversations.views.conversation import number
from chatbots.gaps import board, closing
from chatbots.knowledge import sources as knowledge
from chatbots.knowledge.forms.texts import QAForm
from workspaces.models import Workspace


@require_safe
@agency_view(Can.HANDLE_CONVERSATIONS)
def gaps(request: Request, agency: Agency) -> HttpResponse:
    """Of all clients, or of the one in the address."""
    places = Workspace.objects.filter(agency=agency, archived_at=None)
    only = places.filter(pk=number(request, "workspace") or 0).first()
    page = {
        "agency": agency,
        "only": only,
        "board": board.of(agency, workspace=only, now=timezone.now()),
        "days": unanswered.DAYS,
        "may_teach": Can.MANAGE_SOURCES in request.may,
    }
    return render(request, "chatbots/gaps/board.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_SOURCES)
def close(request: Request, agency: Agency, message_id: int) -> HttpResponse:
    """The answer to one of them, which becomes a Q&A of its chatbot."""
    require(request.may, Can.HANDLE_CONVERSATIONS)  # the page shows what visitors asked
    line = get_object_or_404(closing.lines(agency), pk=message_id)
    bot, asked = line.conversation.chatbot, closing.question(line)
    initial = {"title": asked[: QAForm.base_fields["title"].max_length], "request_key": uuid.uuid4()}  # type: ignore[attr-defined]
    form = QAForm(request.POST or request.draft or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            mending.mend(bot, message=line, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (knowledge.SourcesExhausted, ElsewhereMeanwhile) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Learned. {bot} answers this question so from now on.")
            return redirect("chatbots:gaps", agency_id=agency.pk)
    room = knowledge.room(bot.workspace, is_staff=True, now=timezone.now())
    page = {"agency": agency, "bot": bot, "line": line, "asked": asked, "form": form}
    page |= {"room": room, "is_staff": True}
    return render(request, "chatbots/gaps/close.html", page, status=422 if request.method == "POST" else 200)
