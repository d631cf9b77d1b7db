"""The console: what people who log in reach."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from agencies.access import public
from config import accounts
from workspaces.views import home

admin.site.site_header = admin.site.site_title = "Bureau support"
admin.site.index_title = "Support"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", home.home, name="home"),
    path("accounts/signup/", public(accounts.SignUp.as_view()), name="account_signup"),
    path("accounts/login/", public(accounts.LogIn.as_view()), name="account_login"),
    path("accounts/password/reset/", public(accounts.ResetPassword.as_view()), name="account_reset_password"),
    path("accounts/", include("allauth.account.urls")),
    path("agencies/", include("agencies.urls")),
    path("", include("workspaces.urls")),
    path("", include("billing.urls")),
    path("", include("chatbots.urls")),
    path("admin/", admin.site.urls),
]

if settings.MAILBOX:
    from config.local import mailbox

    urlpatterns += [
        path("mailbox/", mailbox.inbox, name="mailbox"),
        path("mailbox/<str:name>/", mailbox.read, name="mailbox-read"),
    ]
