"""People, agencies, their staff, applications and meetings, who did what, and the outbox of mail."""

from agencies.models.agency import Agency, AgencyUserObjectPermission, Staff
from agencies.models.application import Application, ApplicationEntry
from agencies.models.audit import Action, AuditEntry, SupportVisit
from agencies.models.mail import Mail
from agencies.models.meetings import Availability, DayOff, Meeting, OfficeHours
from agencies.models.people import User, UserManager, display_name

__all__ = [
    "Action",
    "Agency",
    "AgencyUserObjectPermission",
    "Application",
    "ApplicationEntry",
    "AuditEntry",
    "Availability",
    "DayOff",
    "Mail",
    "Meeting",
    "OfficeHours",
    "Staff",
    "SupportVisit",
    "User",
    "UserManager",
    "display_name",
]
