"""Chatbots in the console."""

from django.urls import path

from chatbots.answers import views as providers
from chatbots.bots.views import bots, moving
from chatbots.closing import views as closing
from chatbots.conversations import views as conversations
from chatbots.insights import views as insights
from chatbots.knowledge import views as sources
from chatbots.use.views import alerts, asking

app_name = "chatbots"
urlpatterns = [
    path("agencies/<int:agency_id>/chatbots/", bots.of_agency, name="of-agency"),
    path("agencies/<int:agency_id>/sources/", sources.left, name="sources-left"),
    path("agencies/<int:agency_id>/provider/", providers.of_agency, name="agency-provider"),
    path("agencies/<int:agency_id>/provider/remove/", providers.remove_from_agency, name="remove-agency-provider"),
    path("agencies/<int:agency_id>/near/", alerts.of_agency, name="near"),
    path("agencies/<int:agency_id>/asked/", asking.asked, name="asked"),
    path("agencies/<int:agency_id>/asked/<int:cap_request_id>/grant/", asking.grant, name="grant"),
    path("agencies/<int:agency_id>/asked/<int:cap_request_id>/decline/", asking.decline, name="decline"),
    path("workspaces/<int:workspace_id>/near/", alerts.of_workspace, name="workspace-near"),
    path("workspaces/<int:workspace_id>/asked/", asking.own, name="own-asked"),
    path("workspaces/<int:workspace_id>/ask/<slug:resource>/", asking.ask, name="ask"),
    path("agencies/<int:agency_id>/pool/sources/", sources.pool, name="sources-pool"),
    path("agencies/<int:agency_id>/allocation/sources/", sources.allocation, name="sources-allocation"),
    path("agencies/<int:agency_id>/allocation/<int:workspace_id>/sources/", sources.allocate, name="allocate-sources"),
    path(
        "agencies/<int:agency_id>/allocation/<int:workspace_id>/sources/preview/",
        sources.preview_allocation,
        name="preview-sources",
    ),
    path("workspaces/<int:workspace_id>/owned/", sources.owned, name="owned"),
    path("agencies/<int:agency_id>/ledger/", insights.of_agency, name="ledger"),
    path("agencies/<int:agency_id>/ledger/export/", insights.export_of_agency, name="ledger-export"),
    path("workspaces/<int:workspace_id>/ledger/", insights.of_workspace, name="workspace-ledger"),
    path("workspaces/<int:workspace_id>/ledger/export/", insights.export_of_workspace, name="workspace-ledger-export"),
    path("workspaces/<int:workspace_id>/frees/", closing.frees, name="frees"),
    path("workspaces/<int:workspace_id>/restore/", closing.restore, name="restore"),
    path("workspaces/<int:workspace_id>/leads/", conversations.leads, name="leads"),
    path("workspaces/<int:workspace_id>/leads/export/", conversations.export, name="leads-export"),
    path("workspaces/<int:workspace_id>/leads/<int:lead_id>/done/", conversations.handle, name="handle-lead"),
    path("workspaces/<int:workspace_id>/leads/<int:lead_id>/open/", conversations.reopen, name="reopen-lead"),
    path("workspaces/<int:workspace_id>/chatbots/", bots.of_workspace, name="of-workspace"),
    path("workspaces/<int:workspace_id>/chatbots/new/", bots.create, name="create"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/", bots.preview, name="preview"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/settings/", bots.configure, name="settings"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/provider/", providers.of_chatbot, name="provider"),
    path(
        "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/provider/remove/",
        providers.remove_from_chatbot,
        name="remove-provider",
    ),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/move/", moving.move, name="move"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/clone/", moving.clone, name="clone"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/delete/", bots.delete, name="delete"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/sources/", sources.sources, name="sources"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/sources/text/", sources.add_text, name="add-text"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/sources/qa/", sources.add_qa, name="add-qa"),
    path(
        "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/sources/<int:source_id>/",
        sources.revise,
        name="revise-source",
    ),
    path(
        "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/sources/<int:source_id>/delete/",
        sources.delete,
        name="delete-source",
    ),
]
