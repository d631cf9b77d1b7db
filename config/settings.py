"""Every setting, from the environment. `.env.example` names each variable; a missing or wrong one stops the start."""

import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def origin(name: str) -> str:
    """An http(s) origin without a path, such as https://bureau.example."""
    value = str(env.str(name)).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} must be an origin such as https://bureau.example.org, not {value!r}.")
    return value


def stripe_base(name: str) -> str:
    """The origin of Stripe's API, empty for Stripe's own. Money goes unencrypted on one machine or in a demo only."""
    value = origin(name) if env.str(name, default="") else ""
    host = str(urlsplit(value).hostname)
    local = host == "localhost" or (is_number(host) and ip_address(host).is_loopback)
    if value.startswith("http://") and not (DEBUG or DEMO or local):
        raise ImproperlyConfigured(f"{name} must start with https://.")
    return value


def is_number(host: str) -> bool:
    """Whether a host is an IP address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def whole(name: str, default: int, *, least: int, most: int = 10_000) -> int:
    """A whole number from `least` to `most`."""
    value = str(env.str(name, default=str(default))).strip()
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def hosts_and_ports(name: str) -> list[str]:
    """Pairs such as 127.0.0.1:8123, with commas between them."""
    pairs = [pair.strip() for pair in str(env.str(name, default="")).split(",") if pair.strip()]
    for pair in pairs:
        host, _, port = pair.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65_536 or host != host.lower():
            raise ImproperlyConfigured(f"{name} must be pairs such as 127.0.0.1:8123, not {pair!r}.")
    return pairs


def yes_or_no(name: str) -> bool:
    """A switch, off when it is not set."""
    value = str(env.str(name, default="")).strip().lower()
    if value not in {"", "0", "false", "no", "off", "1", "true", "yes", "on"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in {"1", "true", "yes", "on"}


def parsed(name: str, parse: Callable[[str], dict[str, Any]], example: str) -> dict[str, Any]:
    """A URL that django-environ takes apart."""
    try:
        return parse(name)
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} is missing or cannot be read. It must look like {example}.") from error


def every(seconds: int, task: str) -> dict[str, Any]:
    """A turn that nobody took before the next but one is due is dropped: a queue that stood still runs each once."""
    return {"task": task, "schedule": schedule(seconds), "options": {"expires": 2 * seconds}}


# --- who we are -----------------------------------------------------------------------------------------------------
DEBUG = yes_or_no("DEBUG")
DEMO = yes_or_no("DEMO")
STYLEGUIDE_IS_SHOWN = DEBUG or DEMO
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must be at least 32 characters of randomness.")
CONSOLE_URL = origin("CONSOLE_URL")
PUBLIC_URL = origin("PUBLIC_URL")
if CONSOLE_URL == PUBLIC_URL:
    raise ImproperlyConfigured(
        "PUBLIC_URL must differ from CONSOLE_URL: visitors and people who log in use two origins."
    )
# The admin asks support for a second factor. A demo does not: its password is printed anyway.
SUPPORT_NEEDS_SECOND_FACTOR = not (DEMO or yes_or_no("SUPPORT_WITHOUT_SECOND_FACTOR"))
DOOR = env.str("BUREAU_DOOR", default="console")

# --- apps and doors -------------------------------------------------------------------------------------------------
PUBLIC_APPS = [
    "config.apps.ConfigConfig",
    "chatbots",
    "billing",
    "workspaces",
    "agencies",
    "guardian",
    "heroicons",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
]
CONSOLE_APPS = [
    *PUBLIC_APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.sessions",
    "django.contrib.messages",
]
INSTALLED_APPS = PUBLIC_APPS if DOOR == "public" else CONSOLE_APPS
SECURITY = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.charset.utf8_only",
]
CONSOLE_MIDDLEWARE = [
    *SECURITY,
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.accounts.private_pages",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
PUBLIC_MIDDLEWARE = [*SECURITY, "csp.middleware.CSPMiddleware", "django.middleware.common.CommonMiddleware"]
PUBLIC_URLCONF = "config.urls_public"
ROOT_URLCONF = PUBLIC_URLCONF if DOOR == "public" else "config.urls"
MIDDLEWARE = PUBLIC_MIDDLEWARE if DOOR == "public" else CONSOLE_MIDDLEWARE
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "heroicons.templatetags.heroicons",
                "django.contrib.humanize.templatetags.humanize",
                "agencies.templatetags.moments",
            ],
        },
    }
]

# --- data -----------------------------------------------------------------------------------------------------------
POSTGRESQL = "postgres://user:password@host/name"
DATABASES = {"default": parsed("DATABASE_URL", env.db, POSTGRESQL)}
if DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
    raise ImproperlyConfigured(f"DATABASE_URL must name a PostgreSQL database: {POSTGRESQL}.")
DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 16}} if DOOR == "public" else {}
DATABASES["default"]["CONN_MAX_AGE"] = 0 if DOOR == "public" else 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = DOOR != "public"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
CACHES = {
    "default": {
        "BACKEND": "config.cache.Cache",  # Redis; without it, sign-in goes on
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds; without Redis the pages go on
    }
}

# --- background work ------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "connect_retries_timeout": 0.5,  # a page that enqueues work must not wait for a Redis that is gone
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # with Redis gone, work waits in PostgreSQL and the schedule takes it up
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "roll up usage": every(15, "billing.tasks.roll_up"),
    "roll up metrics": every(30, "chatbots.tasks.roll_up_metrics"),
    "raise alerts": every(600, "billing.tasks.raise_alerts"),
    "raise alerts of data sources": every(600, "chatbots.tasks.raise_source_alerts"),
    "release holds left behind": every(60, "billing.tasks.sweep_holds"),
    "let packs lapse": every(60, "billing.tasks.lapse_packs"),
    "clear ended sessions": every(24 * 3600, "agencies.tasks.clear_sessions"),
    "remind of meetings": every(60, "agencies.tasks.remind_of_meetings"),
    "forget who met": every(24 * 3600, "agencies.tasks.forget_meetings"),
    "deliver waiting mail": every(30, "agencies.tasks.deliver_waiting"),
    "forget freed seats": every(24 * 3600, "workspaces.tasks.forget_freed_seats"),
    "erase deleted workspaces": every(3600, "chatbots.tasks.erase_deleted"),
    "fetch websites anew": every(300, "chatbots.knowledge.tasks.fetch_anew"),
    "take up learnings left behind": every(60, "chatbots.knowledge.tasks.take_up"),
    "remember steps of onboarding": every(300, "chatbots.onboarding.tasks.remember_steps"),
    "tell of left messages": every(60, "chatbots.conversations.tasks.tell_of_leads"),
    "look after visitors who wait": every(30, "chatbots.conversations.tasks.look_after_waiting"),
    "send reports to clients": every(900, "chatbots.reports.tasks.send_reports"),
    "expire conversations": every(3600, "chatbots.conversations.tasks.expire_conversations"),
}

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "config.accounts.SignupForm",
    "login": "config.accounts.LoginForm",
    "reset_password": "config.accounts.ResetPasswordForm",
    "reset_password_from_key": "config.accounts.ResetPasswordKeyForm",
    "add_email": "config.accounts.AddEmailForm",
    "change_password": "config.accounts.ChangePasswordForm",
    "reauthenticate": "config.accounts.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True  # one address for each person: a second one would be a second way in
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before the address is changed
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the owner hears of each change of the login
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"schedule_meeting": "10/h/ip"}  # beside allauth's own
ACCOUNT_USER_DISPLAY = "agencies.models.display_name"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT = whole("TRUSTED_PROXY_COUNT", 0, least=0)

# --- the second factor ----------------------------------------------------------------------------------------------
SECURE = CONSOLE_URL.startswith("https://")
CONSOLE_HOST = str(urlsplit(CONSOLE_URL).hostname)
PASSKEYS = (SECURE and not is_number(CONSOLE_HOST)) or CONSOLE_HOST == "localhost"  # where browsers allow them
MFA_ADAPTER = "config.second_factor.Adapter"
MFA_FORMS = {
    "authenticate": "config.second_factor.AuthenticateForm",
    "reauthenticate": "config.second_factor.ReauthenticateForm",
    "activate_totp": "config.second_factor.ActivateForm",
    "add_webauthn": "config.second_factor.AddPasskeyForm",
    "edit_webauthn": "config.second_factor.RenamePasskeyForm",
    "authenticate_webauthn": "config.second_factor.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "config.second_factor.ReauthenticatePasskeyForm",
    "login_webauthn": "config.second_factor.LoginPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if PASSKEYS else [])]
MFA_TOTP_ISSUER = "Bureau"
MFA_TOTP_TOLERANCE = 1  # half minutes, as RFC 6238 recommends: clocks differ, and people need time to type
MFA_PASSKEY_LOGIN_ENABLED = PASSKEYS
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PASSKEYS and not SECURE  # localhost; the forms hold every origin to CONSOLE_URL
MFA_ALLOW_UNVERIFIED_EMAIL = True  # or nobody with a second factor could ever change the address

# --- mail -----------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "agencies.mail.OutboxBackend"
MAILBOX = env.str("MAILBOX", default="")
MAILBOX_IS_SHOWN = bool(MAILBOX) and not env.str("EMAIL_URL", default="") and not CONSOLE_URL.startswith("https://")
if env.str("EMAIL_URL", default=""):
    DELIVERY = parsed("EMAIL_URL", env.email, "smtp+tls://user:password@host:587")
elif MAILBOX:
    DELIVERY = {"EMAIL_BACKEND": "config.local.maildrop.EmailBackend"}
else:
    raise ImproperlyConfigured("EMAIL_URL is missing: Bureau sends verification and invitation mails.")
DELIVERY_BACKEND = DELIVERY.pop("EMAIL_BACKEND")
globals().update({name: value for name, value in DELIVERY.items() if name.startswith("EMAIL_")})
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Bureau <bureau@localhost>")

# --- answers --------------------------------------------------------------------------------------------------------
LLM_BASE_URL = env.str("LLM_BASE_URL", default="")
LLM_API_KEY = env.str("LLM_API_KEY", default="")
LLM_MODEL = env.str("LLM_MODEL", default="gpt-4o-mini")
LLM_FALLBACK_BASE_URL = env.str("LLM_FALLBACK_BASE_URL", default="")
LLM_FALLBACK_API_KEY = env.str("LLM_FALLBACK_API_KEY", default="")
LLM_FALLBACK_MODEL = env.str("LLM_FALLBACK_MODEL", default=LLM_MODEL)
LLM_TIMEOUT = whole("LLM_TIMEOUT", 30, least=1, most=240)  # seconds; units held longer than 15 minutes are swept
for NAME, BASE_URL, API_KEY in [
    ("LLM", LLM_BASE_URL, LLM_API_KEY),
    ("LLM_FALLBACK", LLM_FALLBACK_BASE_URL, LLM_FALLBACK_API_KEY),
]:
    if BASE_URL and not BASE_URL.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"{NAME}_BASE_URL must start with http:// or https://.")
    if bool(BASE_URL) != bool(API_KEY):
        raise ImproperlyConfigured(f"{NAME}_BASE_URL and {NAME}_API_KEY belong together: set both or neither.")
if LLM_FALLBACK_BASE_URL and not LLM_BASE_URL:
    raise ImproperlyConfigured("LLM_FALLBACK_BASE_URL is asked when LLM_BASE_URL fails: set that one too.")


# --- learning from websites ------------------------------------------------------------------------------------------
FETCH_ALLOWED = hosts_and_ports("FETCH_ALLOWED")  # inner hosts, each with its port; all others are refused

# --- payments -------------------------------------------------------------------------------------------------------
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = stripe_base("STRIPE_API_BASE")
if bool(STRIPE_SECRET_KEY) != bool(STRIPE_WEBHOOK_SECRET):
    raise ImproperlyConfigured("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET belong together: set both or neither.")
# Where a form is led that begins a payment: browsers hold the redirect to form-action too.
CHECKOUT = [STRIPE_API_BASE or "https://checkout.stripe.com"] if STRIPE_SECRET_KEY and DOOR != "public" else []

# --- the browser ----------------------------------------------------------------------------------------------------
ALLOWED_HOSTS = [str(urlsplit(PUBLIC_URL).hostname) if DOOR == "public" else CONSOLE_HOST]
CSRF_TRUSTED_ORIGINS = [CONSOLE_URL]
CSRF_FAILURE_VIEW = "agencies.views.errors.csrf_failure"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "bureau_session"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "frame-src": [SELF, PUBLIC_URL],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *CHECKOUT],
        "frame-ancestors": [NONE],
    }
}

# --- words, time, files ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "config.bundles.Bundles",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000  # bytes of a form without its files: 2 MB of text as browsers spell it
DATA_UPLOAD_MAX_NUMBER_FILES = 30  # above what a form takes at once, so that the form can say so
TESTING = "pytest" in sys.modules
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"mask links": {"()": "workspaces.masking.MaskLinks"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask links"]},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "stripe": {"level": "WARNING"},  # below, each request is a line with what was bought
        "fontTools": {"level": "WARNING"},  # below, each document is hundreds of lines about its fonts
    },
}
