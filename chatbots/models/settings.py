"""What an agency sets of a chatbot, by subject. Each is saved by one form, and part of a blueprint."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

MOST_SUGGESTED, LONGEST_SUGGESTED = 6, 120  # questions, and characters of one
MOST_DOMAINS = 50
COLOUR = r"^#[0-9a-f]{6}$"


class Identity(models.Model):
    """Who the chatbot is, and how it begins."""

    class Speech(models.TextChoices):
        """The language of the buttons and notices around a conversation."""

        VISITORS = "", "The visitor's, where there is one"
        ENGLISH = "en", "English"
        GERMAN = "de", "Deutsch"
        SPANISH = "es", "Español"
        FRENCH = "fr", "Français"
        TURKISH = "tr", "Türkçe"
        ARABIC = "ar", "العربية"

    name = models.CharField(max_length=80)
    company = models.CharField(max_length=80, blank=True)
    avatar = models.CharField(max_length=64, blank=True)  # the digest of one of its pictures
    first_message = models.CharField(max_length=300, default="Hello! How can I help?")
    suggested = ArrayField(models.CharField(max_length=LONGEST_SUGGESTED), default=list, blank=True)  # questions
    speech = models.CharField(max_length=5, choices=Speech.choices, blank=True, default=Speech.VISITORS)

    class Meta:
        abstract = True


class Behaviour(models.Model):
    """How it answers, and what it does when it cannot."""

    class Language(models.TextChoices):
        """As Snowball calls them, which reduces words to their stems. Texts in another language are noticed."""

        ENGLISH = "english", "English"
        GERMAN = "german", "German"
        SPANISH = "spanish", "Spanish"
        FRENCH = "french", "French"
        TURKISH = "turkish", "Turkish"
        ARABIC = "arabic", "Arabic"
        OTHER = "simple", "Another language"

    class Length(models.TextChoices):
        """How long a model's answers may be."""

        SHORT = "short", "Short: a sentence or two"
        MEDIUM = "medium", "Medium: a paragraph"
        LONG = "long", "Long: several paragraphs"

    class Tone(models.TextChoices):
        """How a model speaks."""

        PLAIN = "plain", "Plain and factual"
        FRIENDLY = "friendly", "Friendly"
        FORMAL = "formal", "Formal"
        PLAYFUL = "playful", "Playful"

    class WithoutAnswer(models.TextChoices):
        """What a visitor gets beside the words that there is no answer."""

        SAY_SO = "say_so", "Say so, and nothing more"
        LEAD = "lead", "Offer to leave a message"
        PERSON = "person", "Offer to talk to a person"

    language = models.CharField(max_length=20, choices=Language.choices, default=Language.ENGLISH)
    instructions = models.TextField(max_length=4000, blank=True)
    tone = models.CharField(max_length=10, choices=Tone.choices, default=Tone.PLAIN)
    without_answer = models.CharField(max_length=10, choices=WithoutAnswer.choices, default=WithoutAnswer.SAY_SO)
    temperature = models.FloatField(default=0.2)  # of a model, 0 to 2
    answer_length = models.CharField(max_length=10, choices=Length.choices, default=Length.MEDIUM)
    answers_in = models.CharField(max_length=40, blank=True)  # a language; empty: the visitor's
    per_visitor = models.PositiveSmallIntegerField(default=12)  # messages a minute
    per_day = models.PositiveIntegerField(default=3000)  # messages a day, of all visitors
    unit_cap = models.PositiveIntegerField(null=True, blank=True)  # units in a billing period; null: the workspace's

    class Meta:
        abstract = True


class Look(models.Model):
    """Its colours and shapes: tokens of fixed forms, so that nothing of it can be a style or a script."""

    class Theme(models.TextChoices):
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"
        SYSTEM = "system", "As the visitor's system"

    class Position(models.TextChoices):
        RIGHT = "right", "Bottom right"
        LEFT = "left", "Bottom left"

    class Size(models.TextChoices):
        SMALL = "small", "Small"
        MEDIUM = "medium", "Medium"
        LARGE = "large", "Large"

    class Launcher(models.TextChoices):
        """The icon on the button that opens the conversation."""

        CHAT = "chat", "Speech bubble"
        QUESTION = "question", "Question mark"
        HELLO = "hello", "Waving hand"
        AVATAR = "avatar", "The chatbot's picture"

    class Font(models.TextChoices):
        SYSTEM = "system", "The visitor's system"
        SANS = "sans", "Sans serif"
        SERIF = "serif", "Serif"
        MONO = "mono", "Fixed width"

    accent = models.CharField(max_length=7, default="#3c4fe0", validators=[RegexValidator(COLOUR)])
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    position = models.CharField(max_length=10, choices=Position.choices, default=Position.RIGHT)
    size = models.CharField(max_length=10, choices=Size.choices, default=Size.MEDIUM)
    radius = models.PositiveSmallIntegerField(default=16)  # of the corners, 0 to 28 pixels
    launcher = models.CharField(max_length=10, choices=Launcher.choices, default=Launcher.CHAT)
    font = models.CharField(max_length=10, choices=Font.choices, default=Font.SYSTEM)
    teaser = models.CharField(max_length=120, blank=True)  # beside the launcher, before it was opened once
    powered_by = models.BooleanField(default=True)

    class Meta:
        abstract = True


class Availability(models.Model):
    """When people are there, where it may stand, and whether it answers at all."""

    # {"mon": [["09:00", "17:30"]], …}, times of a day in `time_zone`; a day that is missing is a day off; empty: always
    hours = models.JSONField(default=dict, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)  # empty: the agency's
    away_notice = models.CharField(max_length=300, blank=True)  # what a visitor reads outside of the hours
    # Hosts that may show it in a page, as browsers write them, `*.` for all below; empty: every one.
    allowed_domains = ArrayField(models.CharField(max_length=260), default=list, blank=True)

    class Meta:
        abstract = True


CONSTRAINTS = [
    models.CheckConstraint(condition=Q(temperature__range=(0, 2)), name="temperature_is_0_to_2"),
    models.CheckConstraint(condition=Q(accent__regex=COLOUR), name="accent_is_a_colour"),
    models.CheckConstraint(condition=Q(radius__lte=28), name="radius_is_0_to_28"),
    models.CheckConstraint(condition=Q(per_visitor__gte=1, per_day__gte=1), name="limits_let_somebody_in"),
    models.CheckConstraint(condition=Q(suggested__len__lte=MOST_SUGGESTED), name="suggested_are_few"),
    models.CheckConstraint(condition=Q(allowed_domains__len__lte=MOST_DOMAINS), name="domains_are_not_endless"),
]
