"""The signed link with which a meeting is moved or cancelled, without a login."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

from agencies import mail
from agencies.models import Meeting

SIGNER = "agencies.meetings"


def key_of(meeting: Meeting) -> str:
    return Signer(salt=SIGNER, sep=".").sign(meeting.uid.hex)


def url_of(meeting: Meeting) -> str:
    return mail.link("meetings:show", key_of(meeting))


def meeting_of(key: str) -> Meeting | None:
    """The meeting that a link names; None unless we signed it, and once it is erased."""
    try:
        uid = UUID(hex=Signer(salt=SIGNER, sep=".").unsign(key))
    except (BadSignature, ValueError):
        return None
    return Meeting.objects.filter(uid=uid, erased_at=None).first()
