"""Chatbots in the console."""

from django.urls import path

from chatbots.bots.views import bots, moving
from chatbots.closing import views as closing
from chatbots.knowledge import views as sources

app_name = "chatbots"
urlpatterns = [
    path("agencies/<int:agency_id>/chatbots/", bots.of_agency, name="of-agency"),
    path("agencies/<int:agency_id>/sources/", sources.left, name="sources-left"),
    path("agencies/<int:agency_id>/pool/sources/", sources.pool, name="sources-pool"),
    path("agencies/<int:agency_id>/allocation/sources/", sources.allocation, name="sources-allocation"),
    path("agencies/<int:agency_id>/allocation/<int:workspace_id>/sources/", sources.allocate, name="allocate-sources"),
    path(
        "agencies/<int:agency_id>/allocation/<int:workspace_id>/sources/preview/",
        sources.preview_allocation,
        name="preview-sources",
    ),
    path("workspaces/<int:workspace_id>/owned/", sources.owned, name="owned"),
    path("workspaces/<int:workspace_id>/frees/", closing.frees, name="frees"),
    path("workspaces/<int:workspace_id>/restore/", closing.restore, name="restore"),
    path("workspaces/<int:workspace_id>/chatbots/", bots.of_workspace, name="of-workspace"),
    path("workspaces/<int:workspace_id>/chatbots/new/", bots.create, name="create"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/", bots.preview, name="preview"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/settings/", bots.configure, name="settings"),
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
