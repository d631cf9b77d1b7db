"""Profile, sub-workspaces, members and invitations."""

from django.urls import path

from workspaces.views import accept, add, home, members, rename

app_name = "workspaces"
urlpatterns = [
    path("agencies/<int:agency_id>/workspaces/", home.profile, name="profile"),
    path("agencies/<int:agency_id>/workspaces/new/", add.add, name="add"),
    path("agencies/<int:agency_id>/workspaces/new/create/", add.create, name="create"),
    path("agencies/<int:agency_id>/workspaces/new/<slug:step>/", add.add, name="add-step"),
    path("agencies/<int:agency_id>/seats/", members.seats_left, name="seats-left"),
    path("workspaces/<int:workspace_id>/", home.show, name="show"),
    path("workspaces/<int:workspace_id>/rename/", rename.rename, name="rename"),
    path("workspaces/<int:workspace_id>/members/", members.members, name="members"),
    path("workspaces/<int:workspace_id>/members/invite/", members.invite, name="invite"),
    path("workspaces/<int:workspace_id>/members/leave/", members.leave, name="leave"),
    path("workspaces/<int:workspace_id>/members/<int:membership_id>/role/", members.change_role, name="change-role"),
    path("workspaces/<int:workspace_id>/members/<int:membership_id>/remove/", members.remove, name="remove"),
    path("workspaces/<int:workspace_id>/invitations/<int:invitation_id>/resend/", members.resend, name="resend"),
    path("workspaces/<int:workspace_id>/invitations/<int:invitation_id>/revoke/", members.revoke, name="revoke"),
    path("invitations/<str:token>/", accept.accept, name="accept"),
]
