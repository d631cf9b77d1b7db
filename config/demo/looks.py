"""How the demo's chatbots look and whom they speak for; and a blueprint that one of them is the mould of."""

from datetime import datetime
from typing import Any

from agencies.models import User
from chatbots.bots import blueprints, bots
from chatbots.models import Chatbot
from config.demo import pictures

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
LOOKS: dict[str, dict[str, Any]] = {
    "Counter": {
        "company": "Bakery",
        "accent": "#9a4d1c",
        "launcher": "hello",
        "teaser": "Fresh from the oven: ask me anything.",
        "suggested": ["When are you open on Sunday?", "Do you have bread without gluten?", "Do you deliver?"],
    },
    "Cakes and catering": {
        "company": "Bakery",
        "accent": "#b3265a",
        "radius": 24,
        "without_answer": "person",
        "suggested": ["How early do I have to order a wedding cake?"],
    },
    "Bookseller": {
        "company": "Bookshop",
        "accent": "#1f4e79",
        "launcher": "avatar",
        "font": "serif",
        "radius": 6,
        "suggested": ["Can I return a book?", "Do you order books that you do not have?"],
    },
    "Gardener": {
        "company": "Garden centre",
        "accent": "#2f7d32",
        "hours": {day: [["09:00", "18:00"]] for day in (*WEEKDAYS, "sat")},
        "away_notice": "Our gardeners are back at nine. I answer what I know until then.",
    },
}
MOULD, NAME = "Counter", "Shops"


def dress(chatbot: Chatbot, *, by: User, now: datetime) -> None:
    """Give a chatbot its look, and keep the mould's as a blueprint."""
    if look := LOOKS.get(chatbot.name):
        bots.configure(chatbot, picture=pictures.of(chatbot.name), by=by, now=now, **look)
    if chatbot.name == MOULD:
        blueprints.save(chatbot, name=NAME, replaces=False, by=by, now=now)
