"""Numbers of agencies, workspaces and chatbots, as pages and as CSV; and the overview of all clients."""

from django.urls import path

from chatbots.insights.views import analytics, overview

AGENCY, WORKSPACE = "agencies/<int:agency_id>", "workspaces/<int:workspace_id>"
CHATBOT = f"{WORKSPACE}/chatbots/<int:chatbot_id>"

urlpatterns = [
    path(f"{AGENCY}/overview/", overview.show, name="overview"),
    path(f"{AGENCY}/overview/export/", overview.export, name="overview-export"),
    path(f"{AGENCY}/analytics/", analytics.of_agency, name="agency-analytics"),
    path(f"{AGENCY}/analytics/export/", analytics.export_of_agency, name="agency-analytics-export"),
    path(f"{AGENCY}/analytics/questions/", analytics.questions_of_agency, name="agency-analytics-questions"),
    path(f"{WORKSPACE}/analytics/", analytics.of_workspace, name="workspace-analytics"),
    path(f"{WORKSPACE}/analytics/export/", analytics.export_of_workspace, name="workspace-analytics-export"),
    path(f"{WORKSPACE}/analytics/questions/", analytics.questions_of_workspace, name="workspace-analytics-questions"),
    path(f"{CHATBOT}/analytics/", analytics.of_chatbot, name="analytics"),
    path(f"{CHATBOT}/analytics/export/", analytics.export_of_chatbot, name="analytics-export"),
    path(f"{CHATBOT}/analytics/questions/", analytics.questions_of_chatbot, name="analytics-questions"),
]
