"""Who waits for approval: approve as agency, decline with a reason, ask a question, keep a note."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from agencies import applications, questions
from agencies.forms import DeclineForm, NoteForm, QuestionForm
from agencies.models import Application
from agencies.pages import attempt
from billing import subscriptions
from billing.admin.support import supporter

TITLES = {"decline": "Decline", "ask": "Ask", "note": "Note on"}


class StateFilter(admin.SimpleListFilter):
    """Waiting ones first; they are what support comes for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All"), *Application.Decision.choices]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Waiting",
        }
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == str(value), "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        match self.value():
            case None:
                return queryset.filter(decided_at=None)
            case "approved" | "declined" | "withdrawn" as decision:
                return queryset.filter(decision=decision)
            case _:
                return queryset


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """Each step is a button with a page of its own. It stands on this floor since approval starts the trial plan."""

    list_display = ("agency", "submitted_at", "submitted_by", "clients", "messages", "state")
    list_filter = (StateFilter,)
    list_select_related = ("agency", "submitted_by")
    search_fields = ("agency__name", "submitted_by__email", "website")
    actions = ("approve_as_agency",)
    change_form_template = "admin/agencies/application/change_form.html"
    readonly_fields = [field.name for field in Application._meta.fields if field.name != "id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="state")
    def state(self, application: Application) -> str:
        return "Waiting" if application.is_waiting else application.get_decision_display()

    @admin.action(description="Approve as Agency", permissions=["change"])
    def approve_as_agency(self, request: HttpRequest, queryset: QuerySet[Application]) -> None:
        # The chosen ones and not `queryset`, in which the filter leaves out what somebody else decided meanwhile.
        for application in self.get_queryset(request).filter(pk__in=request.POST.getlist("_selected_action")):
            self.approve(request, application)

    def get_urls(self) -> list[URLPattern]:
        steps = {
            "approve": self.approve_view,
            "decline": self.decline_view,
            "ask": self.ask_view,
            "note": self.note_view,
        }
        own = self.admin_site.admin_view
        paths = [path(f"<int:pk>/{step}/", own(view), name=f"application-{step}") for step, view in steps.items()]
        return [*paths, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if application := kwargs.get("obj"):
            context |= {"entries": application.entries.select_related("by"), "question": QuestionForm()}
            context |= {"note": NoteForm(), "may_act": self.has_change_permission(request, application)}
        return super().render_change_form(request, context, *args, **kwargs)

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.wanted(request, pk)
        if request.method == "POST":
            self.approve(request, application)
        return self.back_to(application)

    def approve(self, request: HttpRequest, application: Application) -> None:
        step = partial(subscriptions.approve, application, by=supporter(request), now=timezone.now())
        told = f"{application.agency} is an agency now, on the trial plan. Its owner gets a mail."
        attempt(request, step, told, applications.Refused)

    def decline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        told = "{} was declined, and its owner gets the reason by mail."
        return self.with_words(request, pk, "decline", DeclineForm, applications.decline, told)

    def ask_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        told = "{} gets your question by mail and on its page. The answer comes to you by mail."
        return self.with_words(request, pk, "ask", QuestionForm, questions.ask, told)

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.with_words(request, pk, "note", NoteForm, questions.note, "Your note on {} is kept for support.")

    def with_words(
        self, request: HttpRequest, pk: int, step: str, form_of: type[Form], take: Callable[..., object], told: str
    ) -> HttpResponse:
        """A step that takes a text: its page, and then the step."""
        application = self.wanted(request, pk)
        form = form_of(request.POST or None)
        if request.method == "POST" and form.is_valid():
            taken = partial(take, application, by=supporter(request), now=timezone.now(), **form.cleaned_data)
            if attempt(request, taken, told.format(application.agency), applications.Refused):
                self.log_change(request, application, f"{step.title()}.")
            return self.back_to(application)
        page = {**self.admin_site.each_context(request), "application": application, "form": form, "opts": self.opts}
        page |= {"title": f"{TITLES[step]} {application.agency}"}
        status = 422 if request.method == "POST" else 200
        return render(request, f"admin/agencies/application/{step}.html", page, status=status)

    def back_to(self, application: Application) -> HttpResponse:
        return redirect("admin:agencies_application_change", application.pk)

    def wanted(self, request: HttpRequest, pk: int) -> Application:
        application: Application | None = self.get_object(request, str(pk))
        if application is None or not self.has_change_permission(request, application):
            raise Http404
        return application
