"""What visitors say and leave, in the console."""

from django.urls import path

from chatbots.conversations.views import leads

WORKSPACE = "workspaces/<int:workspace_id>"

urlpatterns = [
    path(f"{WORKSPACE}/leads/", leads.leads, name="leads"),
    path(f"{WORKSPACE}/leads/export/", leads.export, name="leads-export"),
    path(f"{WORKSPACE}/leads/<int:lead_id>/done/", leads.handle, name="handle-lead"),
    path(f"{WORKSPACE}/leads/<int:lead_id>/open/", leads.reopen, name="reopen-lead"),
]
