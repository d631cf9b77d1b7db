"""Chatbots in the console."""

from django.urls import path

from chatbots.answers import views as providers
from chatbots.bots.views import blueprints, bots, moving, pausing, preview, settings
from chatbots.closing import views as closing
from chatbots.conversations import urls as conversations
from chatbots.embed import views as embedding
from chatbots.gaps import views as gaps
from chatbots.insights import urls as numbers
from chatbots.insights.views import ledger as insights
from chatbots.keys import views as keys
from chatbots.knowledge.views import adding, pool, several, tab
from chatbots.launch import views as launching
from chatbots.onboarding import views as onboarding
from chatbots.palette import views as palette
from chatbots.reports import urls as reports
from chatbots.today import views as today
from chatbots.use.views import alerts, asking

SOURCES = "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/sources"
SETTINGS = "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/settings"

app_name = "chatbots"
urlpatterns = [
    path("go/", palette.go, name="go"),
    path("shortcuts/", palette.shortcuts, name="shortcuts"),
    path("agencies/<int:agency_id>/chatbots/", bots.of_agency, name="of-agency"),
    path("agencies/<int:agency_id>/sources/", pool.left, name="sources-left"),
    path("agencies/<int:agency_id>/provider/", providers.of_agency, name="agency-provider"),
    path("agencies/<int:agency_id>/provider/remove/", providers.remove_from_agency, name="remove-agency-provider"),
    path("agencies/<int:agency_id>/provider/try/", providers.try_of_agency, name="try-agency-provider"),
    path("agencies/<int:agency_id>/today/", today.today, name="today"),
    path("agencies/<int:agency_id>/gaps/", gaps.gaps, name="gaps"),
    path("agencies/<int:agency_id>/gaps/<int:message_id>/", gaps.close, name="close-gap"),
    path("agencies/<int:agency_id>/near/", alerts.of_agency, name="near"),
    path("agencies/<int:agency_id>/asked/", asking.asked, name="asked"),
    path("agencies/<int:agency_id>/asked/<int:cap_request_id>/grant/", asking.grant, name="grant"),
    path("agencies/<int:agency_id>/asked/<int:cap_request_id>/decline/", asking.decline, name="decline"),
    path("workspaces/<int:workspace_id>/near/", alerts.of_workspace, name="workspace-near"),
    path("workspaces/<int:workspace_id>/asked/", asking.own, name="own-asked"),
    path("workspaces/<int:workspace_id>/ask/<slug:resource>/", asking.ask, name="ask"),
    path("agencies/<int:agency_id>/pool/sources/", pool.pool, name="sources-pool"),
    path("agencies/<int:agency_id>/allocation/sources/", pool.allocation, name="sources-allocation"),
    path("agencies/<int:agency_id>/allocation/<int:workspace_id>/sources/", pool.allocate, name="allocate-sources"),
    path(
        "agencies/<int:agency_id>/allocation/<int:workspace_id>/sources/preview/",
        pool.preview_allocation,
        name="preview-sources",
    ),
    path("workspaces/<int:workspace_id>/owned/", pool.owned, name="owned"),
    path("agencies/<int:agency_id>/onboarding/", onboarding.onboarding, name="onboarding"),
    path("agencies/<int:agency_id>/onboarding/next/", onboarding.next_step, name="next-step"),
    path("agencies/<int:agency_id>/onboarding/hide/", onboarding.hide, name="hide-onboarding"),
    path("agencies/<int:agency_id>/onboarding/resume/", onboarding.resume, name="resume-onboarding"),
    path("agencies/<int:agency_id>/onboarding/show/", onboarding.show, name="show-onboarding"),
    path("agencies/<int:agency_id>/readiness/", launching.readiness, name="readiness"),
    path("agencies/<int:agency_id>/launch/", launching.launch, name="launch"),
    path("agencies/<int:agency_id>/scale/", launching.scale, name="scale"),
    path("agencies/<int:agency_id>/ledger/", insights.of_agency, name="ledger"),
    path("agencies/<int:agency_id>/ledger/export/", insights.export_of_agency, name="ledger-export"),
    path("workspaces/<int:workspace_id>/ledger/", insights.of_workspace, name="workspace-ledger"),
    path("workspaces/<int:workspace_id>/ledger/export/", insights.export_of_workspace, name="workspace-ledger-export"),
    *numbers.urlpatterns,
    path("workspaces/<int:workspace_id>/frees/", closing.frees, name="frees"),
    path("workspaces/<int:workspace_id>/restore/", closing.restore, name="restore"),
    *conversations.urlpatterns,
    *reports.urlpatterns,
    path("workspaces/<int:workspace_id>/keys/", keys.keys, name="keys"),
    path("workspaces/<int:workspace_id>/keys/<int:api_key_id>/revoke/", keys.revoke, name="revoke-key"),
    path("workspaces/<int:workspace_id>/chatbots/", bots.of_workspace, name="of-workspace"),
    path("workspaces/<int:workspace_id>/chatbots/new/", bots.create, name="create"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/", bots.preview, name="preview"),
    path("agencies/<int:agency_id>/blueprints/", blueprints.blueprints, name="blueprints"),
    path("agencies/<int:agency_id>/blueprints/<int:blueprint_id>/", blueprints.blueprint, name="blueprint"),
    path("agencies/<int:agency_id>/blueprints/<int:blueprint_id>/preview/", blueprints.preview, name="preview-push"),
    path("agencies/<int:agency_id>/blueprints/<int:blueprint_id>/push/", blueprints.push, name="push-blueprint"),
    path("agencies/<int:agency_id>/blueprints/<int:blueprint_id>/delete/", blueprints.delete, name="delete-blueprint"),
    path("agencies/<int:agency_id>/pushes/<int:blueprint_push_id>/back/", blueprints.roll_back, name="roll-back"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/blueprint/", blueprints.save, name="save-blueprint"),
    path(f"{SETTINGS}/", settings.first, name="settings"),
    *[path(f"{SETTINGS}/{each}/", settings.configure, {"subject": each}, name=each) for each in settings.GENERAL],
    path(f"{SETTINGS}/look/", settings.configure_look, name="look"),
    path(f"{SETTINGS}/look/lock/", settings.lock_look, name="lock-look"),
    path(f"{SETTINGS}/look/<int:settings_change_id>/undo/", settings.undo_look, name="undo-look"),
    path(f"{SETTINGS}/<slug:subject>/lock/", settings.lock, name="lock-settings"),
    path(f"{SETTINGS}/<slug:subject>/<int:settings_change_id>/undo/", settings.undo, name="undo-settings"),
    path(f"{SETTINGS}/preview/", preview.look_preview, name="look-preview"),
    path(f"{SETTINGS}/preview/look.css", preview.look_css, name="look-css"),
    path(f"{SETTINGS}/preview/avatar.png", preview.avatar, name="avatar"),
    path(f"{SETTINGS}/availability/pause/", pausing.pause, name="pause"),
    path(f"{SETTINGS}/availability/resume/", pausing.resume, name="resume"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/provider/", providers.of_chatbot, name="provider"),
    path(
        "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/provider/remove/",
        providers.remove_from_chatbot,
        name="remove-provider",
    ),
    path(
        "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/provider/try/",
        providers.try_of_chatbot,
        name="try-provider",
    ),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/embed/", embedding.embed, name="embed"),
    path(
        "workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/embed/secret/",
        embedding.renew_identity,
        name="renew-identity",
    ),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/move/", moving.move, name="move"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/clone/", moving.clone, name="clone"),
    path("workspaces/<int:workspace_id>/chatbots/<int:chatbot_id>/delete/", bots.delete, name="delete"),
    path(f"{SOURCES}/", tab.sources, name="sources"),
    path(f"{SOURCES}/website/", adding.add_website, name="add-website"),
    path(f"{SOURCES}/websites/", adding.add_websites, name="add-websites"),
    path(f"{SOURCES}/files/", adding.add_files, name="add-files"),
    path(f"{SOURCES}/text/", adding.add_text, name="add-text"),
    path(f"{SOURCES}/qa/", adding.add_qa, name="add-qa"),
    path(f"{SOURCES}/questions/", adding.add_questions, name="add-questions"),
    path(f"{SOURCES}/retrain/", several.retrain, name="retrain-sources"),
    path(f"{SOURCES}/delete/", several.delete, name="delete-sources"),
    path(f"{SOURCES}/<int:source_id>/", adding.revise, name="revise-source"),
    path(f"{SOURCES}/<int:source_id>/row/", tab.row, name="source-row"),
    path(f"{SOURCES}/<int:source_id>/learned/", tab.learned, name="learned"),
    path(f"{SOURCES}/<int:source_id>/learned/<int:page_id>/", tab.learned_page, name="learned-page"),
    path(f"{SOURCES}/<int:source_id>/retrain/", tab.retrain, name="retrain-source"),
    path(f"{SOURCES}/<int:source_id>/stop/", tab.stop, name="stop-source"),
    path(f"{SOURCES}/<int:source_id>/delete/", tab.delete, name="delete-source"),
]
