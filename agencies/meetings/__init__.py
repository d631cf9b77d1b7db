"""Initial meetings: support's free half hours, booking one, invitations, reminders."""
