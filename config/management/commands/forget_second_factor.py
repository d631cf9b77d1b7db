"""`manage.py forget_second_factor ada@example.com`: for somebody who has lost the device and the recovery codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from agencies import mail, sessions
from agencies.models import User


class Command(BaseCommand):
    help = "Turns a person's second factor off, passkeys too, signs them out everywhere and tells them by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {email}.")
        if not Authenticator.objects.filter(user=user).delete()[0]:
            raise CommandError(f"{user.email} has no second factor.")
        sessions.end_others(user, keep=None)
        mail.send("second_factor_off", to=user.email)
        self.stdout.write(f"{user.email} signs in with the password alone now.")
