"""The decisions of the matrix: all that is not derived from URLs, permissions and models, with the reason.

A route, a model, a column or a role that is added to the product needs no line here, unless a test says so.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta


def last_month() -> str:
    """The one that is over, as forms name it."""
    return f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}"


# --- models and columns ----------------------------------------------------------------------------------------------

# Apps whose rows belong to tenants and persons.
OURS = ("agencies", "workspaces", "billing", "chatbots", "account", "mfa", "usersessions")

# Tables of ours in which no row belongs to one tenant.
NOBODYS: Mapping[str, str] = {
    "agencies.Mail": "on its way to a recipient: each mail is read when it is written",
    "agencies.Availability": "support's own",
    "agencies.OfficeHours": "support's own",
    "agencies.DayOff": "support's own",
    "billing.Plan": "the catalogue, the same for everybody",
    "billing.Pack": "the catalogue, the same for everybody",
    "billing.PartnerTier": "the catalogue, the same for everybody",
}

# Columns that hold no canary, by their name or as app.Model.column, since the row works only in its own form.
KEPT: Mapping[str, str] = {
    "password": "a hash",
    "token_hash": "found by the hash of a token that the walk holds",
    "secret_hash": "found by the hash of a key",
    "prefix": "how a key begins",
    "free_key": "a line has this or a hold, and the walk's have holds",
    "public_id": "stands in public URLs",
    "time_zone": "a name of the time zone database",
    "action": "a name of the code",
    "acting_as": "a word of the code",
    "withheld": "names of permissions",
    "thresholds": "whole numbers",
    "held": "what was freed, in the form that giving it back needs",
    "account.EmailConfirmation.key": "stands in mailed URLs",
    "mfa.Authenticator.data": "secrets, sealed",
    "session_key": "names a session",
    "key_end": "the last four characters of a secret",
    "currency": "a code of three letters",
    "came_from": "a keyed hash of an address",
    "accent": "a colour",
    "hours": "times of a week",
    "avatar": "a digest of a picture",
    "digest": "a digest of a picture",
    "locked": "names of settings",
    "chatbots.BlueprintPush.settings": "names of settings",
    "chatbots.Blueprint.values": "settings, in the form that a chatbot needs",
    "chatbots.SettingsChange.before": "settings, in the form that undoing needs",
    "chatbots.SettingsChange.after": "settings, in the form that undoing needs",
    "chatbots.Report.figures": "numbers, in the form that the page needs",
    "chatbots.Message.language": "a name of the code",
    "allowed_domains": "hosts, which say where a page may stand",
}

# --- who may know what beyond their own tenants ----------------------------------------------------------------------

# What the people of a workspace may know of the agency above it.
CLIENTS_KNOW = {"agencies.Agency.name"}

# What is shown to whoever holds a key that stands in a URL, of the tenant whose key it is.
KEYS_OPEN: Mapping[str, set[str]] = {
    "token": {"workspaces.Workspace.name", "agencies.Agency.name", "workspaces.Invitation.email"},
    "public_id": {
        "chatbots.Chatbot.name",
        "chatbots.Chatbot.company",
        "chatbots.Chatbot.first_message",
        "chatbots.Chatbot.suggested",
        "chatbots.Chatbot.teaser",
        "chatbots.Chatbot.away_notice",
        "chatbots.DataSource.title",  # a cited source
        "chatbots.DataSource.url",  # and where it is on the web
        "chatbots.Page.title",
        "chatbots.Page.url",
        "chatbots.Passage.text",  # the embedded answerer quotes
    },
}

# What a visitor reads besides, in their own conversation.
OWN_CONVERSATION = {"chatbots.Message.text", "chatbots.Message.cited", "chatbots.Message.links"}

# --- routes ----------------------------------------------------------------------------------------------------------

# Permissions that one way of asking needs besides the declared one.
ALSO_NEEDED: Mapping[tuple[str, str], str] = {
    ("agencies:apply", "post"): "apply",  # more people see how an application stands than may send one
}

# Pages about one's own place inside: support on a visit has none, so nothing is there.
NOT_FOR_VISITS = {"workspaces:leave-team"}

# Routes of the public door that a machine calls: no visitor finds them, and a signature or a key says who it is.
CALLED_BY_MACHINES = {"payments:stripe", "api:models", "api:completions"}

# Routes of the public door that scripts of other sites read, and caches keep: {route: why}.
OPEN_TO_SITES: Mapping[str, str] = {"public:configuration": "what every visitor of a site sees of its launcher"}

# What is typed into a route that no page of the world shows a form for: {route: fields}.
TYPED: Mapping[str, dict[str, str]] = {
    "agencies:apply": {"clients": "3", "messages": "5000", "goals": "Grow"},  # approved agencies see no form any more
    "agencies:answer": {"text": "An answer", "seen": "2000000000"},  # shown while support's question waits
    "agencies:withdraw": {},  # shown while an application waits
    "workspaces:add": {"name": "Something typed"},  # each of its steps has a URL of its own
    "agencies:relax-second-factor": {},  # shown once it is required
    "billing:resume": {},  # shown once it is paused
    "billing:close-month": {"start": "2026-01-01"},  # shown once it is over
    "billing:set-terms": {"way": "flat", "since": "2031-01-01", "fee": "99"},  # shown of a client, not of the main one
    "billing:withdraw-terms": {},  # likewise
    "workspaces:undelete": {},  # shown once it is deleted
    "chatbots:resume": {},  # shown once it is paused
    "chatbots:stop-source": {},  # shown while it is learned
    "chatbots:reopen-lead": {},  # shown once it is done
    "chatbots:reopen-leads": {"chosen": "1"},  # shown above those that are done
    "chatbots:reopen": {},  # shown once it is resolved
    "chatbots:hand-back": {},  # shown once somebody has it
    "chatbots:reply": {"text": "Hello", "request_key": "0c2d3f52-7f0b-4a53-9b5e-3f1d0b8f7a11"},  # for who has it
    "chatbots:keep-view": {"name": "A view"},  # shown under filters
    "chatbots:keep-agency-view": {"name": "A view"},
    "chatbots:delete-view": {},  # shown to whose view it is
    "chatbots:delete-agency-view": {},
    "chatbots:draw-up-report": {"month": last_month()},  # shown until it is drawn up
    "chatbots:approve-report": {"read": "A good month."},  # shown until it is sent
    "chatbots:launch": {},  # shown once all is ready
}

# Values of URL parameters that are not the key of a row: {parameter: (in a place, nowhere)}. The keys of rows
# are derived (`chatbot_id` is a Chatbot); where the name does not say it, see PARAMETERS below.
CONSTANTS: Mapping[str, tuple[str, str]] = {
    "step": ("member", "member"),  # of Profile → Add workspace
    "subject": ("identity", "identity"),  # of a chatbot's settings
    "resource": ("messages", "messages"),  # of which more is asked for
    "name": ("nothing.log", "nothing.log"),  # a mail in the local mailbox
    "app_label": ("agencies", "agencies"),  # the admin's
    "url": ("nothing", "nothing"),
    "key": ("nothing", "nothing"),  # of allauth's mailed links
    "uidb36": ("nothing", "nothing"),
}

# Whose key a URL parameter is, where `<word>_id` is not the name of a model: {parameter: app.Model}.
PARAMETERS: Mapping[str, str] = {
    "source_id": "chatbots.DataSource",
    "session_id": "usersessions.UserSession",
    "content_type_id": "contenttypes.ContentType",
    "object_id": "chatbots.Chatbot",  # of the admin's "view on site"; its other pages name the table in their URL
}

# Rows of the agency above that change when a client's own workspace is used: the pool's counters.
CLIENTS_CHANGE = "billing."
