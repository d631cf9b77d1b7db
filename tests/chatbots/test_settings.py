"""A chatbot's settings: saved by subject, undone as far as they stand, held to what can be shown."""

import io
import struct
import zlib
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from agencies.models import Action, AuditEntry, User
from chatbots.bots import appearance, bots, changes, moving, pictures
from chatbots.bots.forms.availability import AvailabilityForm
from chatbots.bots.forms.subjects import IdentityForm
from chatbots.knowledge import reading
from chatbots.models import Avatar, Chatbot, SettingsChange
from tests.conftest import Visitor
from workspaces import access
from workspaces.models import Workspace

GOOD: dict[str, dict[str, Any]] = {
    "identity": {
        "name": "Baker",
        "company": "Bakery",
        "first_message": "Hello!",
        "suggested": "A?\n\nB?\nA?",
    },
    "behaviour": {
        **{"language": "english", "instructions": "", "tone": "friendly", "answers_in": "", "answer_length": "short"},
        **{"temperature": "0.5", "without_answer": "lead", "per_visitor": "5", "per_day": "100", "unit_cap": "50"},
    },
    "look": {
        **{"accent": "#ABC", "theme": "dark", "position": "left", "size": "small", "radius": "4"},
        **{"launcher": "hello", "font": "serif", "teaser": "Questions?"},
    },
    "availability": {"mon_1_from": "9:00", "mon_1_to": "12", "mon_2_from": "13:30", "mon_2_to": "00:00"},
}


@pytest.fixture
def browser(bo: User, sign_in: Any) -> Client:
    return sign_in(bo)


def at(bot: Chatbot, subject: str) -> str:
    return f"/workspaces/{bot.workspace_id}/chatbots/{bot.pk}/settings/{subject}/"


def drawn(size: tuple[int, int] = (30, 20), form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#c03060").save(out, form, **options)
    return out.getvalue()


def wide() -> bytes:
    """A PNG that says it is 60,000 pixels wide and high, in a few bytes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pieces = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in pieces
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("subject", GOOD)
def test_each_subject_is_saved_and_undone(browser: Client, baker: Chatbot, subject: str) -> None:
    before = changes.values_of(Chatbot.objects.get(pk=baker.pk))
    assert browser.post(at(baker, subject), GOOD[subject]).status_code == 302
    change = SettingsChange.objects.get(chatbot=baker)
    saved = changes.values_of(Chatbot.objects.get(pk=baker.pk))
    assert set(change.after) <= set(changes.OF[subject])
    assert {name: saved[name] for name in change.after} == change.after
    browser.post(f"{at(baker, subject)}{change.pk}/undo/")
    assert changes.values_of(Chatbot.objects.get(pk=baker.pk)) == before


def test_settings_are_kept_in_one_spelling(browser: Client, baker: Chatbot) -> None:
    for subject, typed in GOOD.items():
        browser.post(at(baker, subject), typed)
    baker.refresh_from_db()
    assert (baker.suggested, baker.accent) == (["A?", "B?"], "#aabbcc")
    assert baker.hours == {"mon": [["09:00", "12:00"], ["13:30", "24:00"]]}


def test_it_is_saved_in_place(browser: Client, baker: Chatbot) -> None:
    answer = browser.post(at(baker, "look"), GOOD["look"], headers={"HX-Request": "true"})
    assert b'id="settings"' in answer.content
    assert b"<html" not in answer.content
    assert b"Saved." in answer.content


def test_undo_leaves_alone_what_was_changed_again(baker: Chatbot, ada: User, now: datetime) -> None:
    first = bots.configure(baker, by=ada, now=now, accent="#111111", radius=3)
    bots.configure(baker, by=ada, now=now, radius=5)
    assert first
    assert changes.undo(first, by=ada, now=now) == ["radius"]
    baker.refresh_from_db()
    assert (baker.accent, baker.radius) == ("#3c4fe0", 5)
    with pytest.raises(changes.NothingStands):
        changes.undo(first, by=ada, now=now)


def test_an_undo_is_written_down_and_can_be_undone(baker: Chatbot, ada: User, now: datetime) -> None:
    change = bots.configure(baker, by=ada, now=now, teaser="Hi")
    assert change
    changes.undo(change, by=ada, now=now)
    changes.undo(baker.changes.first(), by=ada, now=now)  # type: ignore[arg-type]
    baker.refresh_from_db()
    assert baker.teaser == "Hi"
    assert AuditEntry.objects.filter(action=Action.CHATBOT_CONFIGURED).count() == 3


def test_another_chatbots_change_is_not_there(browser: Client, baker: Chatbot, bookworm: Chatbot, ada: User) -> None:
    change = bots.configure(bookworm, by=ada, now=bookworm.created_at, teaser="Hi")
    assert change
    assert browser.post(f"{at(baker, 'look')}{change.pk}/undo/").status_code == 404


BAD = {
    "identity": [
        ("name", " ", "enter a name"),
        ("first_message", "x" * 301, "300"),
        ("suggested", "\n".join(map(str, range(5000))), "6 questions: these are 5,000"),
        ("suggested", "x" * 121, "120 characters"),
        ("speech", "klingon", "valid choice"),
    ],
    "behaviour": [
        ("instructions", "a\x00b", "Null"),
        ("language", "pg_catalog.english", "valid choice"),
        ("temperature", "nan", "number"),
        ("per_visitor", "13", "at most 12"),
        ("unit_cap", "0", "1 or more"),
    ],
    "look": [
        ("accent", "red;}", "not a colour"),
        ("accent", "#12345", "such as #3c4fe0"),
        ("radius", "29", "28"),
    ],
    "availability": [
        ("time_zone", "Europe/Atlantis", "no time zone"),
        ("mon_2_to", "", "both times"),
        ("mon_1_to", "08:00", "ends before it begins"),
        ("mon_2_from", "11:59", "before the first ones end"),
        ("mon_1_from", "25:00", "09:30"),
        ("allowed_domains", "https://shop.example/cakes", "write shop.example."),
        ("allowed_domains", "shop.example:8080", "write shop.example."),
        ("allowed_domains", "javascript:alert(1)", "Examples: shop.example"),
        ("allowed_domains", "*", "no host"),
    ],
}


def test_whose_look_is_withheld_undoes_none_of_it_on_another_page(
    browser: Client, baker: Chatbot, ada: User, now: datetime
) -> None:
    change = bots.configure(baker, by=ada, now=now, teaser="Hi")
    access.narrow(baker.workspace, withheld=["manage_look"], by=ada, now=now)
    assert change
    assert browser.get(at(baker, "look")).status_code == 403
    assert browser.post(f"{at(baker, 'identity')}{change.pk}/undo/").status_code == 403
    baker.refresh_from_db()
    assert baker.teaser == "Hi"


@pytest.mark.parametrize("subject", BAD)
def test_bad_settings_are_refused_at_their_field(browser: Client, baker: Chatbot, subject: str) -> None:
    for field, value, said in BAD[subject]:
        answer = browser.post(at(baker, subject), {**GOOD[subject], field: value})
        errors = answer.context["form"].errors
        assert (answer.status_code, list(errors)) == (422, [field])
        assert said in " ".join(errors[field])
    assert not SettingsChange.objects.exists()


def test_domains_are_kept_as_browsers_write_them() -> None:
    form = AvailabilityForm({"allowed_domains": "Bäckerei.example\n*.shop.example\nlocalhost\nshop.example."})
    assert form.is_valid()
    kept = ["xn--bckerei-5wa.example", "*.shop.example", "localhost", "shop.example"]
    assert form.settings["allowed_domains"] == kept


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_drawn_anew(form: str) -> None:
    image = Image.open(io.BytesIO(reading.picture(drawn((300, 40), form, comment=b"secret"))))
    assert (image.format, image.size, image.info) == ("PNG", (256, 256), {})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
        (drawn() + b"PK\x03\x04 an archive", "something else"),
        (drawn(form="GIF", comment=b"*/=1;<script >alert(1)</script>"), "something else"),
        (wide(), "60,000 × 60,000 pixels"),
        (drawn()[:60] + drawn()[-12:], "damaged"),
        (b"%PDF-1.7", "no picture"),
        (b"BM" + b"\0" * 60, "no picture"),
    ],
)
def test_what_is_no_plain_picture_is_refused_in_words(data: bytes, said: str) -> None:
    form = IdentityForm(GOOD["identity"], {"new_picture": SimpleUploadedFile("logo.png", data, "image/png")})
    assert said in " ".join(form.errors["new_picture"])


def test_a_picture_too_heavy_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbots.bots.forms.fields.LARGEST_PICTURE", 50)
    form = IdentityForm(GOOD["identity"], {"new_picture": SimpleUploadedFile("logo.png", drawn())})
    assert "larger than 5 MB" in " ".join(form.errors["new_picture"])


def test_the_picture_comes_to_visitors_and_can_be_undone(browser: Client, baker: Chatbot, visitor: Visitor) -> None:
    there = f"/c/{baker.public_id}/avatar.png"
    assert visitor.get(there).status_code == 404
    browser.post(at(baker, "identity"), {**GOOD["identity"], "new_picture": io.BytesIO(drawn())})
    shown = visitor.get(there)
    assert (shown["Content-Type"], shown["X-Content-Type-Options"], shown.cookies) == ("image/png", "nosniff", {})
    assert visitor.get(there, headers={"If-None-Match": shown["ETag"]}).status_code == 304
    browser.post(f"{at(baker, 'identity')}{baker.changes.get().pk}/undo/")
    assert visitor.get(there).status_code == 404


def test_only_a_few_pictures_are_kept(baker: Chatbot) -> None:
    for number in range(pictures.KEPT + 3):
        baker.avatar = pictures.keep(baker, bytes([number]))
    assert Avatar.objects.count() == pictures.KEPT
    assert pictures.of(baker) == bytes([pictures.KEPT + 2])


@pytest.mark.parametrize("accent", ["#ffffff", "#000000", "#ffd400", "#777777", "#3c4fe0", "#161c19"])
def test_every_colour_can_be_read_and_seen(accent: str) -> None:
    for surface in (appearance.LIGHT, appearance.DARK):
        shown = appearance.mended(accent, surface)
        assert appearance.contrast(shown, surface) >= appearance.SHAPES
        assert appearance.contrast(appearance.text_on(shown), shown) >= appearance.WORDS
        assert (shown in appearance.advice(accent)) == (shown != accent)


def test_nothing_but_a_look_comes_out_of_a_stylesheet() -> None:
    hostile = {"accent": "red;}*{", "radius": "1px;}", "font": "</style>", "theme": "url(//x)"}
    assert appearance.stylesheet(hostile) == appearance.stylesheet({})
    assert "--radius: 28px" in appearance.stylesheet({"radius": 900})


def test_the_look_is_a_stylesheet_that_caches_keep(baker: Chatbot, visitor: Visitor) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(accent="#d6336c")
    answer = visitor.get(f"/c/{baker.public_id}/look.css")
    assert b"#d6336c" in answer.content
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/css; charset=utf-8", "public, max-age=300")
    again = visitor.get(f"/c/{baker.public_id}/look.css", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_the_preview_shows_what_is_typed_and_stores_nothing(browser: Client, baker: Chatbot) -> None:
    typed = {"subject": "identity", "first_message": "Good <b>day</b>!", "name": "", "state": "conversation"}
    answer = browser.get(f"{at(baker, 'preview')}", typed)
    assert b"Good &lt;b&gt;day&lt;/b&gt;!" in answer.content
    assert b"<script" not in answer.content
    assert baker.public_id.encode() not in answer.content
    assert "form-action 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    baker.refresh_from_db()
    assert baker.first_message == "Hello! How can I help?"


def test_the_previews_stylesheet_heeds_only_what_is_typed_well(browser: Client, baker: Chatbot) -> None:
    typed = {"subject": "look", "accent": "javascript:1", "radius": "7"}
    sheet = browser.get(f"{at(baker, 'preview')}look.css", typed).content
    assert b"--radius: 7px" in sheet
    assert b"#3c4fe0" in sheet


def test_a_clone_has_all_of_it(baker: Chatbot, bookshop: Workspace, ada: User, now: datetime) -> None:
    bots.configure(baker, by=ada, now=now, picture=b"a picture", accent="#d6336c", suggested=["Open?"])
    baker.refresh_from_db()
    copy = moving.clone(baker, to=bookshop, name="Copy", by=ada, now=now)
    assert changes.values_of(copy) | {"name": "Baker"} == changes.values_of(baker)
    assert pictures.of(copy) == b"a picture"


def test_a_move_takes_pictures_and_changes_along(baker: Chatbot, bookshop: Workspace, ada: User, now: datetime) -> None:
    change = bots.configure(baker, by=ada, now=now, picture=b"a picture", teaser="Hi")
    moved = moving.move(baker, to=bookshop, by=ada, now=now)
    moved.refresh_from_db()
    assert change
    assert pictures.of(moved) == b"a picture"
    assert changes.undo(moved.changes.get(), by=ada, now=now) == []
