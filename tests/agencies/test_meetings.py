"""An initial meeting: booked, moved, cancelled, reminded of; in anybody's time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as postbox
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from agencies.access import set_staff_role
from agencies.meetings import booking, forgetting, limits, links, reminders, slots
from agencies.meetings.forms import MeetingForm
from agencies.models import Agency, Application, AuditEntry, Availability, DayOff, Mail, Meeting, OfficeHours, User
from agencies.models.meetings import LENGTH
from agencies.permissions import StaffRole
from tests.conftest import open_office

MONDAY = datetime(2027, 3, 22, 8, tzinfo=UTC)  # the week before the clocks of Europe go forward
ANSWERS = {"name": "Pia", "company": "Pear", "website": "", "clients": 4, "messages": 9000, "goals": "Grow <b>"}


@pytest.fixture
def berlin(db: None) -> Availability:
    """Support sits in Berlin and meets on workdays from nine to five, and on Sundays at two in the night."""
    open_office()
    Availability.objects.update(
        time_zone="Europe/Berlin", notice_hours=24, horizon_days=14, place="https://call.example/1"
    )
    rules = slots.availability()
    OfficeHours.objects.create(availability=rules, weekday=6, opens=time(2), closes=time(4))
    return rules


def book(at: datetime, *, now: datetime = MONDAY, by: User | None = None, **other: Any) -> Meeting:
    asked = {"time_zone": "America/New_York", "came_from": "here", "request_key": uuid4(), "email": "pia@pear.example"}
    return booking.schedule(starts_at=at, by=by, now=now, **ANSWERS | asked | other)


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def invitations_to(address: str) -> list[Any]:
    found = Mail.objects.filter(recipient=address).exclude(calendar="").order_by("pk")
    return [Calendar.from_ical(each.calendar) for each in found]


def test_hours_are_wall_clock_time_of_support_whatever_the_season(berlin: Availability) -> None:
    free = slots.free(MONDAY)
    assert datetime(2027, 3, 26, 8, tzinfo=UTC) in free  # Friday, nine in Berlin
    assert datetime(2027, 3, 29, 7, tzinfo=UTC) in free  # Monday, nine in Berlin, and the clocks went forward
    assert datetime(2027, 3, 29, 15, tzinfo=UTC) not in free  # five in Berlin


def test_times_that_the_clock_skips_are_not_offered(berlin: Availability) -> None:
    sunday = [at for at in slots.free(MONDAY) if at.date() == date(2027, 3, 28)]
    assert sunday == [datetime(2027, 3, 28, 1, m, tzinfo=UTC) for m in (0, 30)]  # three, and half past, in Berlin
    assert slots.of_day(berlin, date(2027, 3, 28)) == sunday


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (MONDAY - timedelta(hours=1), slots.Passed),
        (MONDAY + timedelta(hours=2), slots.TooSoon),
        (MONDAY + timedelta(days=15), slots.TooFar),
        (datetime(2027, 3, 24, 10, tzinfo=UTC), slots.Away),
        (datetime(2027, 3, 25, 10, 10, tzinfo=UTC), slots.NotOffered),
        (datetime(2027, 3, 27, 10, tzinfo=UTC), slots.NotOffered),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_a_sentence(
    berlin: Availability, at: datetime, refusal: type[slots.Refused]
) -> None:
    DayOff.objects.create(day=date(2027, 3, 24))
    with pytest.raises(refusal, match=r"[a-z]\."):
        book(at)
    assert not Meeting.objects.exists()


def test_the_database_keeps_two_meetings_apart_by_itself(berlin: Availability) -> None:
    first = book(datetime(2027, 3, 25, 10, tzinfo=UTC))
    later = {"starts_at": first.starts_at + timedelta(minutes=15), "ends_at": first.ends_at + timedelta(minutes=15)}
    first.pk, first.uid, first.request_key = None, uuid4(), uuid4()
    for name, at in later.items():
        setattr(first, name, at)
    with pytest.raises(IntegrityError, match="one_meeting_at_a_time"), transaction.atomic():
        first.save(force_insert=True)


def test_an_invitation_is_updated_and_cancelled_under_its_uid(berlin: Availability) -> None:
    meeting = book(datetime(2027, 3, 25, 10, tzinfo=UTC), name='Pia "Pi", Pear; & Söhne')
    moved = booking.reschedule(
        meeting, starts_at=datetime(2027, 3, 29, 7, tzinfo=UTC), time_zone="Asia/Kolkata", by=None, now=MONDAY
    )
    booking.cancel(moved, by=None, now=MONDAY)
    calendars = invitations_to("pia@pear.example")
    events = [calendar.walk("VEVENT")[0] for calendar in calendars]
    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({event["UID"] for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert [event.start for event in events] == [meeting.starts_at, moved.starts_at, moved.starts_at]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    with pytest.raises(booking.Cancelled, match="cancelled already"):
        booking.cancel(moved, by=None, now=MONDAY)


@pytest.mark.django_db(transaction=False)
def test_the_mail_has_text_html_and_an_invitation_that_opens(
    berlin: Availability, django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    settings.CONSOLE_URL = "https://bureau.example"
    with django_capture_on_commit_callbacks(execute=True):
        meeting = book(datetime(2027, 3, 25, 14, tzinfo=UTC))
    [sent] = [sent for sent in postbox.outbox if sent.to == ["pia@pear.example"]]
    parts = {part.get_content_type(): part for part in sent.message().walk()}
    link = f"https://bureau.example/meetings/{links.key_of(meeting)}/"
    assert sent.subject == "Your meeting with Bureau on Thursday, 25 March 2027, 10:00 to 10:30 (America/New York)"
    assert link in sent.body
    assert f'<a href="{link}">' in parts["text/html"].get_payload(decode=True).decode()
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert (
        Calendar.from_ical(parts["application/ics"].get_payload(decode=True)).walk("VEVENT")[0].start
        == meeting.starts_at
    )


def test_reminders_come_once_and_not_to_who_booked_later(berlin: Availability) -> None:
    at = datetime(2027, 3, 25, 10, tzinfo=UTC)
    book(at)
    Availability.objects.update(notice_hours=0)
    late = book(at + timedelta(hours=1), now=at - timedelta(hours=20), email="late@pear.example", came_from="there")
    sent = [reminders.remind(at - before) for before in (timedelta(hours=25), timedelta(hours=24), timedelta(hours=23))]
    sent += [reminders.remind(at - timedelta(minutes=m)) for m in (60, 59, 0)]
    assert sent == [0, 1, 0, 1, 0, 1]  # the last one is of the late meeting, an hour before
    assert Mail.objects.filter(recipient=late.email, subject__contains="tomorrow").count() == 0
    assert Mail.objects.filter(recipient="pia@pear.example", subject__endswith="is tomorrow").count() == 1


def test_a_reminder_that_was_cut_off_is_written_by_the_next_turn(
    berlin: Availability, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2027, 3, 25, 10, tzinfo=UTC)
    book(at)
    monkeypatch.setattr("agencies.mail.queue.after_commit", killed)
    with pytest.raises(KeyboardInterrupt):
        reminders.remind(at - timedelta(hours=24))
    monkeypatch.undo()
    assert reminders.remind(at - timedelta(hours=24)) == 1
    assert Mail.objects.filter(subject__endswith="is tomorrow").count() == 1


def test_one_e_mail_holds_two_meetings_and_a_form_sent_twice_is_one(berlin: Availability) -> None:
    ten, key = datetime(2027, 3, 25, 10, tzinfo=UTC), uuid4()
    assert book(ten, request_key=key) == book(ten, request_key=key)
    book(ten + timedelta(hours=1), came_from="elsewhere", email="PIA@pear.example")
    with pytest.raises(limits.TooMany, match="2 meetings"):
        book(ten + timedelta(hours=2), came_from="a third place")


def test_one_network_holds_ten_meetings_under_whatever_e_mail(berlin: Availability) -> None:
    ten = datetime(2027, 3, 25, 8, tzinfo=UTC)
    for n in range(10):
        book(ten + n * LENGTH, email=f"{n}@pear.example")
    with pytest.raises(limits.TooManyOfNetwork, match="your network"):
        book(ten + timedelta(hours=6), email="another@pear.example")


def test_a_strangers_address_gets_six_mails_a_day_and_no_word_of_who_booked(berlin: Availability) -> None:
    times = [datetime(2027, 3, 25, 8, tzinfo=UTC) + n * LENGTH for n in range(12)]
    for at in times[:2]:
        meeting = book(at, came_from=str(at), name="Click here, win now")
        booking.cancel(meeting, by=None, now=MONDAY)
        times.remove(at)
    with pytest.raises(limits.TooMany):
        book(times[0], came_from="a third place")
    tomorrow = MONDAY + timedelta(days=1)
    meeting = book(times[0], now=tomorrow, came_from="a third place", name="Click here, win now")
    for at in times[1:5]:
        booking.reschedule(meeting, starts_at=at, time_zone="UTC", by=None, now=tomorrow)
    with pytest.raises(limits.TooManyMails):
        booking.reschedule(meeting, starts_at=times[5], time_zone="UTC", by=None, now=tomorrow)
    booking.cancel(meeting, by=None, now=tomorrow)
    mails = Mail.objects.filter(recipient=meeting.email)
    assert mails.count() == 4 + 6  # of two days
    assert not any("win now" in each.text + each.subject + each.calendar for each in mails)


def test_an_ipv6_network_counts_as_one_and_an_ipv4_address_as_itself() -> None:
    assert limits.network_of("2001:db8:1:2:3:4:5:6") == limits.network_of("2001:db8:1:2::9")
    assert limits.network_of("2001:db8:1:3::9") != limits.network_of("2001:db8:1:2::9")
    assert limits.network_of("::ffff:192.0.2.1") == limits.network_of("192.0.2.1") != limits.network_of("192.0.2.2")


@pytest.mark.parametrize(
    ("name", "company", "is_fine"),
    [
        ("Dr. J. R. Söhne-Pia", "Booking.com", True),
        ("evil.example", "Pear", False),
        ("Pia www.evil", "Pear", False),
        ("Pia", "Win evil.example/now", False),
        ("Pia", "https://evil", False),
    ],
)
def test_a_name_carries_no_web_address(name: str, company: str, is_fine: bool) -> None:
    form = MeetingForm(typed(MONDAY, name=name, company=company))
    assert (form.is_valid(), set(form.errors) <= {"name", "company"}) == (is_fine, True)


def test_a_late_reminder_says_how_near_it_is_and_the_day_before_is_left_out_when_it_is_near(
    berlin: Availability,
) -> None:
    at = datetime(2027, 3, 25, 18, tzinfo=UTC)
    OfficeHours.objects.update(closes=time(23))
    book(at)
    late = book(at + timedelta(hours=1), came_from="there", email="late@pear.example")
    assert [reminders.remind(at - timedelta(hours=h)) for h in (5, 2.5, 0.5)] == [2, 0, 1]
    assert reminders.remind(late.starts_at - timedelta(minutes=58)) == 1
    told = [mail.subject.partition(" is ")[2] for mail in Mail.objects.filter(subject__contains=" is ").order_by("pk")]
    assert told == ["today", "today", "in 30 minutes", "in an hour"]


def test_who_met_is_forgotten_a_year_after_or_90_days_after_a_cancellation(berlin: Availability) -> None:
    held = book(datetime(2027, 3, 25, 10, tzinfo=UTC))
    off = booking.cancel(book(datetime(2027, 3, 25, 11, tzinfo=UTC), email="off@pear.example"), by=None, now=MONDAY)
    spans = [(off, MONDAY + timedelta(days=90)), (held, held.ends_at + timedelta(days=365))]
    for meeting, due in spans:
        assert forgetting.forget(due - timedelta(minutes=1)) == 0
        assert forgetting.forget(due) == 1
        meeting.refresh_from_db()
        assert (meeting.name, meeting.email, meeting.company, meeting.goals, meeting.came_from) == ("", "", "", "", "")
        assert links.meeting_of(links.key_of(meeting)) is None
    assert str(held) == "Erased"


# --- in a browser ----------------------------------------------------------------------------------------------------


def typed(at: datetime, **other: str) -> dict[str, str]:
    answers = {name: str(value) for name, value in ANSWERS.items()}
    sent = {
        "slot": at.isoformat(),
        "zone": "America/New_York",
        "email": "pia@pear.example",
        "request_key": str(uuid4()),
    }
    return answers | sent | other


def test_anybody_schedules_moves_and_cancels_by_the_mailed_link(client: Client, berlin: Availability) -> None:
    now = timezone.now()
    Availability.objects.update(horizon_days=30)
    first, second = slots.free(now)[:2]
    page = client.get("/meetings/?zone=America/New_York").content.decode()
    assert first.astimezone(ZoneInfo("America/New_York")).isoformat() in page
    answer = client.post("/meetings/", typed(first))
    shown = client.get(answer["Location"]).content.decode()
    assert (answer.status_code, "Your meeting is booked" in shown) == (302, True)
    moved = client.post(answer["Location"] + "reschedule/", {"slot": second.isoformat(), "zone": "UTC"}, follow=True)
    assert "(UTC)" in moved.content.decode()
    assert "Nothing was changed yet" in client.get(answer["Location"] + "cancel/", follow=True).content.decode()
    for told in ("Your meeting is cancelled", "cancelled already"):
        assert told in client.post(answer["Location"] + "cancel/", follow=True).content.decode()


def test_a_time_zone_that_does_not_exist_is_told_and_a_wrong_link_leads_nowhere(
    client: Client, berlin: Availability
) -> None:
    assert "There is no time zone “Mars/Base”" in client.get("/meetings/?zone=Mars/Base").content.decode()
    answer = client.post("/meetings/", typed(slots.free(timezone.now())[0], zone="Mars/Base"))
    assert (answer.status_code, "There is no time zone" in answer.content.decode()) == (422, True)
    for zone, told in {"": "choose a time zone", "Factory": "no time zone", "localtime": "no time zone"}.items():
        assert told in client.post("/meetings/", typed(slots.free(timezone.now())[0], zone=zone)).content.decode()
    key = links.key_of(book(datetime(2027, 3, 25, 10, tzinfo=UTC)))
    assert client.get(f"/meetings/{key[:-1]}{'a' if key[-1] != 'a' else 'b'}/").status_code == 404


def test_a_meeting_of_an_applicant_is_tied_to_the_application_and_audited(
    newcomer: Agency, nina: User, berlin: Availability, sign_in: Callable[[User], Client]
) -> None:
    Application.objects.create(agency=newcomer, submitted_by=nina, clients=3, messages=5000)
    sign_in(nina).post("/meetings/", typed(slots.free(timezone.now())[0]))
    meeting = Meeting.objects.get()
    assert (meeting.agency, meeting.application) == (newcomer, newcomer.applications.get())
    assert AuditEntry.objects.filter(agency=newcomer, action="meeting.scheduled", actor=nina).exists()


def test_support_sees_todays_answers_and_cancels_with_a_reason(
    support: User, berlin: Availability, sign_in: Callable[[User], Client]
) -> None:
    Availability.objects.update(notice_hours=0)
    meeting = book(slots.free(timezone.now())[0], now=timezone.now())
    Meeting.objects.update(starts_at=timezone.now() + timedelta(seconds=2))
    today, page = sign_in(support), f"/admin/agencies/meeting/{meeting.pk}/"
    assert "Grow &lt;b&gt;" in today.get("/admin/agencies/meeting/?when=today").content.decode()
    assert "Pear" in today.get("/admin/agencies/meeting/?when=week").content.decode()
    Meeting.objects.update(starts_at=meeting.starts_at)
    assert today.post(page + "cancel/", {"reason": ""}).status_code == 422
    today.post(page + "cancel/", {"reason": "We are ill"})
    meeting.refresh_from_db()
    assert (meeting.cancelled_by, meeting.reason) == (support, "We are ill")
    assert "We are ill" in Mail.objects.filter(recipient=meeting.email).latest("pk").text


def test_a_form_sent_again_and_a_move_to_the_same_time_say_what_is_so(client: Client, berlin: Availability) -> None:
    first, second = slots.free(timezone.now())[:2]
    sent = typed(first)
    page = client.post("/meetings/", sent)["Location"]
    client.get(page)
    again = client.post("/meetings/", sent | {"slot": second.isoformat()}, follow=True).content.decode()
    assert ("Nothing was booked" in again, "on its way" in again) == (True, False)
    moved = client.post(page + "reschedule/", {"slot": first.isoformat(), "zone": "Asia/Kolkata"}, follow=True)
    assert "keeps its time" in moved.content.decode()
    assert "(Asia/Kolkata)" in moved.content.decode()
    client.post(page + "cancel/", follow=True)
    again = client.post("/meetings/", sent | {"slot": second.isoformat()}, follow=True).content.decode()
    assert ("Nothing was booked" in again, "on its way" in again) == (True, False)
    assert Mail.objects.filter(recipient="pia@pear.example").count() == 2  # booked and cancelled


def test_an_owner_reaches_the_own_meeting_from_the_timeline_and_a_calendar_does_not(
    newcomer: Agency, nina: User, berlin: Availability, sign_in: Callable[[User], Client]
) -> None:
    Application.objects.create(agency=newcomer, submitted_by=nina, clients=3, messages=5000)
    page = sign_in(nina).post("/meetings/", typed(slots.free(timezone.now())[0]))["Location"]
    timeline = reverse("agencies:timeline", args=[newcomer.pk])
    assert f'href="{page}"' in sign_in(nina).get(timeline).content.decode()
    other = User.objects.create_user("nils@example.com", name="Nils")
    set_staff_role(newcomer, user=other, role=StaffRole.ADMIN)
    assert page not in sign_in(other).get(timeline).content.decode()
    assert links.key_of(Meeting.objects.get()) not in Mail.objects.exclude(calendar="").get().calendar


def test_hours_that_hold_no_meeting_or_overlap_are_refused_and_another_zone_warns(
    support: User, berlin: Availability, sign_in: Callable[[User], Client]
) -> None:
    book(slots.free(timezone.now())[0], now=timezone.now())
    OfficeHours.objects.all().delete()
    admin, page = sign_in(support), "/admin/agencies/availability/1/change/"

    def saved(*hours: tuple[str, str], zone: str = "Europe/Berlin") -> str:
        rows = {
            f"hours-{n}-{name}": value
            for n, (opens, closes) in enumerate(hours)
            for name, value in {"weekday": "0", "opens": opens, "closes": closes, "availability": "1"}.items()
        }
        counts = {"hours-TOTAL_FORMS": str(len(hours)), "hours-INITIAL_FORMS": "0"}
        rules = {"time_zone": zone, "notice_hours": "24", "horizon_days": "14", "place": "", "mail_to": ""}
        return admin.post(page, rules | counts | rows, follow=True).content.decode()

    assert "at least half an hour after" in saved(("09:00", "09:10"))
    assert "Two hours of Monday overlap" in saved(("09:00", "12:00"), ("11:30", "15:00"))
    assert "Select a valid choice" in saved(("09:00", "12:00"), zone="Factory")
    assert not OfficeHours.objects.exists()
    assert "1 meeting stands as booked" in saved(("09:00", "12:00"), ("12:00", "15:00"), zone="Asia/Tokyo")
    assert OfficeHours.objects.count() == 2
    shown = admin.get(page).content.decode()
    assert ('type="time"' in shown, "vTimeField" in shown, '<option value="Asia/Tokyo" selected>' in shown) == (
        True,
        False,
        True,
    )


def test_moves_and_cancellations_count_among_the_attempts(client: Client, berlin: Availability) -> None:
    free = slots.free(timezone.now())
    page = client.post("/meetings/", typed(free[0]))["Location"]
    move = {"slot": free[0].isoformat(), "zone": "UTC"}
    told = [client.post(page + "reschedule/", move, follow=True).content.decode() for _ in range(10)]
    assert ["too many attempts" in answer for answer in told] == [*[False] * 9, True]
    assert "is cancelled" in client.post(page + "cancel/", follow=True).content.decode()


def test_one_address_tries_ten_times_an_hour(client: Client, berlin: Availability) -> None:
    taken = typed(timezone.now())
    told = [client.post("/meetings/", taken).content.decode() for _ in range(11)]
    assert ["too many attempts" in page for page in told] == [*[False] * 10, True]
