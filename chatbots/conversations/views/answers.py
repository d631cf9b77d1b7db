"""The right answer to what was answered wrongly, or not at all."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, require
from agencies.permissions import Can
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.conversations import mending, unanswered
from chatbots.conversations.views.conversation import number, the
from chatbots.knowledge import sources as knowledge
from chatbots.knowledge.forms.texts import QAForm
from chatbots.models import Conversation, Message, RightAnswer
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def right_answer(request: Request, workspace: Workspace, conversation_id: int, message_id: int) -> HttpResponse:
    """The form with the question and what was said; it becomes a Q&A of that chatbot."""
    require(request.may, Can.HANDLE_CONVERSATIONS)  # the page shows what was said
    talk = the(workspace, conversation_id)
    line = get_object_or_404(talk.messages.filter(author=Message.Author.AI), pk=message_id)
    form = QAForm(request.POST or request.draft or None, initial=begun(talk, line))
    if request.method == "POST" and form.is_valid():
        words = {"by": request.user, "now": timezone.now(), **form.cleaned_data}
        try:
            mending.mend(talk.chatbot, message=line, **words)
        except (knowledge.SourcesExhausted, ElsewhereMeanwhile) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Learned. {talk.chatbot} answers this question so from now on.")
            return redirect("chatbots:conversation", workspace_id=workspace.pk, conversation_id=talk.pk)
    page = page_of(request, talk, line) | {"form": form}
    return render(request, "chatbots/right_answer.html", page, status=422 if request.method == "POST" else 200)


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    """Unanswered questions, the most frequent first."""
    chatbot = workspace.chatbots.filter(pk=number(request, "chatbot") or 0).first()
    page = {
        "workspace": workspace,
        "only": chatbot,
        "questions": unanswered.of_workspace(workspace, chatbot_id=chatbot.pk if chatbot else None, now=timezone.now()),
        "days": unanswered.DAYS,
        "may_teach": Can.MANAGE_SOURCES in request.may,
    }
    return render(request, "chatbots/unanswered.html", page)


def begun(talk: Conversation, line: Message) -> dict[str, Any]:
    """What was asked, and nothing of the wrong answer."""
    asked = talk.messages.filter(author=Message.Author.VISITOR, pk__lt=line.pk).last()
    longest = QAForm.base_fields["title"].max_length  # type: ignore[attr-defined]
    return {"title": " ".join(asked.text.split())[:longest] if asked else "", "request_key": uuid.uuid4()}


def page_of(request: Request, talk: Conversation, line: Message) -> dict[str, Any]:
    right = RightAnswer.objects.select_related("source", "chatbot").filter(message=line).first()
    is_staff = Can.SEE_AGENCY in request.may
    return {
        "workspace": talk.workspace,
        "conversation": talk,
        "line": line,
        "right": right,
        "again": mending.came_again(right) if right else 0,
        "room": knowledge.room(talk.workspace, is_staff=is_staff, now=timezone.now()),
        "is_staff": is_staff,
    }
