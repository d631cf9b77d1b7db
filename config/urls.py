"""The console: what people who log in reach."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.decorators.http import require_safe

from agencies.access import public
from config import login, support
from workspaces.views import home

admin.site.site_header = admin.site.site_title = "Bureau support"
admin.site.index_title = "Support"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.admin_view = support.with_second_factor(admin.site.admin_view)  # type: ignore[method-assign, assignment]
# Support is one group, nobody verifies addresses by hand, and secrets and sessions are their owner's alone.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])


@require_safe
@public
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name no icon, such as the admin's."""
    return redirect(static("img/mark.svg"))


urlpatterns = [
    path("", home.home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path("accounts/", login.yours, name="your-login"),
    path("accounts/time-zone/", login.time_zone, name="your-time-zone"),
    path("accounts/sessions/end/", login.sign_out_elsewhere, name="sign-out-elsewhere"),
    path("accounts/sessions/<int:session_id>/end/", login.sign_out, name="sign-out"),
    path("accounts/second-factor/", login.to_yours),  # instead of allauth's two lists, which lead here
    path("accounts/second-factor/webauthn/", login.to_yours),
    path("accounts/second-factor/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("meetings/", include("agencies.meetings.urls")),
    path("agencies/", include("agencies.urls")),
    path("", include("workspaces.urls")),
    path("", include("billing.urls")),
    path("", include("chatbots.urls")),
    path("admin/", admin.site.urls),
]

if settings.MAILBOX_IS_SHOWN:
    from config.local import mailbox

    urlpatterns += [
        path("mailbox/", mailbox.inbox, name="mailbox"),
        path("mailbox/<str:name>/", mailbox.read, name="mailbox-read"),
    ]

if settings.STYLEGUIDE_IS_SHOWN:
    urlpatterns += [path("styleguide/", include("config.styleguide.urls"))]
