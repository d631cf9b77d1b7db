"""What a person keeps for themselves, in whatever agency."""

from agencies.models import User


def set_time_zone(user: User, *, time_zone: str) -> str:
    """Show this person moments in a zone of their own; empty: in that of the agency whose page it is."""
    user.time_zone = time_zone
    user.save(update_fields=["time_zone"])
    return time_zone
