"""What visitors say and leave, in the console."""

from django.urls import path

from chatbots.conversations.views import answers, conversation, inbox, leads, many, reading, rules, saved, steps

AGENCY = "agencies/<int:agency_id>/conversations"
WORKSPACE = "workspaces/<int:workspace_id>"
ALL = f"{WORKSPACE}/conversations"
ONE = f"{ALL}/<int:conversation_id>"

urlpatterns = [
    path(f"{AGENCY}/", inbox.of_agency, name="all-conversations"),
    path(f"{AGENCY}/news/", inbox.news_of_agency, name="all-conversations-news"),
    path(f"{AGENCY}/export/", inbox.export_of_agency, name="all-conversations-export"),
    path(f"{AGENCY}/views/", saved.keep_of_agency, name="keep-agency-view"),
    path(f"{AGENCY}/views/delete/", saved.delete_of_agency, name="delete-agency-view"),
    path(f"{ALL}/", inbox.of_workspace, name="conversations"),
    path(f"{ALL}/news/", inbox.news_of_workspace, name="conversations-news"),
    path(f"{ALL}/export/", inbox.export_of_workspace, name="conversations-export"),
    path(f"{ALL}/views/", saved.keep_of_workspace, name="keep-view"),
    path(f"{ALL}/views/delete/", saved.delete_of_workspace, name="delete-view"),
    path(f"{AGENCY}/read/", reading.read_all_of_agency, name="read-agency-all"),
    path(f"{ALL}/read/", reading.read_all_of_workspace, name="read-all"),
    path(f"{AGENCY}/resolve/", many.resolve_of_agency, name="resolve-agency-chosen"),
    path(f"{AGENCY}/reopen/", many.reopen_of_agency, name="reopen-agency-chosen"),
    path(f"{AGENCY}/assign/", many.assign_of_agency, name="assign-agency-chosen"),
    path(f"{ALL}/resolve/", many.resolve_of_workspace, name="resolve-chosen"),
    path(f"{ALL}/reopen/", many.reopen_of_workspace, name="reopen-chosen"),
    path(f"{ALL}/assign/", many.assign_of_workspace, name="assign-chosen"),
    path(f"{ALL}/duty/", rules.duty, name="duty"),
    path(f"{ALL}/rules/", rules.rules, name="conversation-rules"),
    path(f"{ONE}/", conversation.conversation, name="conversation"),
    path(f"{ONE}/lines/", conversation.lines, name="conversation-lines"),
    path(f"{ONE}/claim/", steps.claim, name="claim"),
    path(f"{ONE}/hand-back/", steps.hand_back, name="hand-back"),
    path(f"{ONE}/resolve/", steps.resolve, name="resolve"),
    path(f"{ONE}/reopen/", steps.reopen, name="reopen"),
    path(f"{ONE}/reply/", steps.reply, name="reply"),
    path(f"{ONE}/notes/", steps.note, name="note"),
    path(f"{ONE}/tags/", steps.tag, name="tag"),
    path(f"{ONE}/assignee/", steps.assign, name="assign"),
    path(f"{ONE}/erase/", steps.erase, name="erase-visitor"),
    path(f"{ONE}/lines/<int:message_id>/right/", answers.right_answer, name="right-answer"),
    path(f"{WORKSPACE}/unanswered/", answers.of_workspace, name="unanswered"),
    path(f"{WORKSPACE}/leads/", leads.leads, name="leads"),
    path(f"{WORKSPACE}/leads/export/", leads.export, name="leads-export"),
    path(f"{WORKSPACE}/leads/done/", leads.handle_chosen, name="handle-leads"),
    path(f"{WORKSPACE}/leads/open/", leads.reopen_chosen, name="reopen-leads"),
    path(f"{WORKSPACE}/leads/<int:lead_id>/done/", leads.handle, name="handle-lead"),
    path(f"{WORKSPACE}/leads/<int:lead_id>/open/", leads.reopen, name="reopen-lead"),
]
