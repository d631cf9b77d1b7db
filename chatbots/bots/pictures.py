"""A chatbot's pictures: the one it shows, and a few earlier ones to come back to."""

import hashlib

from chatbots.models import Avatar, Chatbot

KEPT = 10  # of one chatbot


def keep(chatbot: Chatbot, image: bytes) -> str:
    """Store a picture as `reading.picture` drew it, and return its digest. The oldest go when there are too many."""
    digest = hashlib.sha256(image).hexdigest()
    Avatar.objects.get_or_create(
        chatbot=chatbot, digest=digest, defaults={"workspace_id": chatbot.workspace_id, "image": image}
    )
    shown = {digest, chatbot.avatar}
    old = chatbot.avatars.exclude(digest__in=shown).order_by("-pk").values_list("pk", flat=True)[KEPT - len(shown) :]
    Avatar.objects.filter(pk__in=list(old)).delete()
    return digest


def is_there(chatbot: Chatbot, digest: str) -> bool:
    """Whether this picture can be shown again; none at all always can."""
    return not digest or chatbot.avatars.filter(digest=digest).exists()


def of(chatbot: Chatbot) -> bytes | None:
    """The picture that the chatbot shows, None without one."""
    found = chatbot.avatars.filter(digest=chatbot.avatar).first() if chatbot.avatar else None
    return bytes(found.image) if found else None


def copy(chatbot: Chatbot, to: Chatbot) -> None:
    """The picture of one chatbot for its copy, which names it already."""
    if image := of(chatbot):
        keep(to, image)
