"""Profile with its tabs, sub-workspaces, members and invitations."""

from django.urls import path

from workspaces.views import (
    accept,
    add,
    audit,
    closing,
    home,
    members,
    narrow,
    rename,
    seats,
    settings,
    stays,
    switcher,
    team,
)

app_name = "workspaces"
urlpatterns = [
    path("switch/", switcher.switch, name="switch"),
    path("agencies/<int:agency_id>/workspaces/", home.profile, name="profile"),
    path("agencies/<int:agency_id>/workspaces/new/", add.add, name="add"),
    path("agencies/<int:agency_id>/workspaces/new/create/", add.create, name="create"),
    path("agencies/<int:agency_id>/workspaces/new/<slug:step>/", add.add, name="add-step"),
    path("agencies/<int:agency_id>/team/", team.team, name="team"),
    path("agencies/<int:agency_id>/team/invite/", team.invite_staff, name="invite-staff"),
    path("agencies/<int:agency_id>/team/leave/", team.leave_team, name="leave-team"),
    path("agencies/<int:agency_id>/team/<int:staff_id>/role/", team.change_staff_role, name="change-staff-role"),
    path("agencies/<int:agency_id>/team/<int:staff_id>/remove/", team.remove_staff, name="remove-staff"),
    path(
        "agencies/<int:agency_id>/team/invitations/<int:invitation_id>/resend/", team.resend_staff, name="resend-staff"
    ),
    path(
        "agencies/<int:agency_id>/team/invitations/<int:invitation_id>/revoke/", team.revoke_staff, name="revoke-staff"
    ),
    path("agencies/<int:agency_id>/seats/", seats.seats, name="seats"),
    path("agencies/<int:agency_id>/seats/left/", seats.seats_left, name="seats-left"),
    path("agencies/<int:agency_id>/seats/free/", seats.free, name="free-seat"),
    path("agencies/<int:agency_id>/seats/<int:freed_seat_id>/give-back/", seats.give_back, name="give-seat-back"),
    path("agencies/<int:agency_id>/audit/", audit.of_agency, name="agency-audit"),
    path("agencies/<int:agency_id>/audit/export/", audit.export_of_agency, name="agency-audit-export"),
    path("workspaces/<int:workspace_id>/", home.show, name="show"),
    path("workspaces/<int:workspace_id>/settings/", settings.settings, name="settings"),
    path("workspaces/<int:workspace_id>/rename/", rename.rename, name="rename"),
    path("workspaces/<int:workspace_id>/narrow/", narrow.narrow, name="narrow"),
    path("workspaces/<int:workspace_id>/pause/", closing.pause, name="pause"),
    path("workspaces/<int:workspace_id>/archive/", closing.archive, name="archive"),
    path("workspaces/<int:workspace_id>/delete/", closing.delete, name="delete"),
    path("workspaces/<int:workspace_id>/undelete/", closing.undelete, name="undelete"),
    path("workspaces/<int:workspace_id>/visit/leave/", stays.leave, name="leave-visit"),
    path("workspaces/<int:workspace_id>/access/", audit.access_history, name="access-history"),
    path("workspaces/<int:workspace_id>/audit/", audit.of_workspace, name="audit"),
    path("workspaces/<int:workspace_id>/audit/export/", audit.export_of_workspace, name="audit-export"),
    path("workspaces/<int:workspace_id>/members/", members.members, name="members"),
    path("workspaces/<int:workspace_id>/members/invite/", members.invite, name="invite"),
    path("workspaces/<int:workspace_id>/members/leave/", members.leave, name="leave"),
    path("workspaces/<int:workspace_id>/members/<int:membership_id>/role/", members.change_role, name="change-role"),
    path("workspaces/<int:workspace_id>/members/<int:membership_id>/remove/", members.remove, name="remove"),
    path("workspaces/<int:workspace_id>/invitations/<int:invitation_id>/resend/", members.resend, name="resend"),
    path("workspaces/<int:workspace_id>/invitations/<int:invitation_id>/revoke/", members.revoke, name="revoke"),
    path("invitations/<str:token>/", accept.accept, name="accept"),
]
