"""The first account, from the command line; further ones are made in the page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from landdb.models import AdminUnit, RegistrationOffice, Role, User
from landdb.web.account_forms import new_password


class Command(BaseCommand):
    """Makes an account with a password that is printed once and changed at the first sign-in."""

    help = "Make an account; prints its first password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--full-name", required=True)
        territory = parser.add_mutually_exclusive_group()
        territory.add_argument("--office", help="code of a registration office")
        territory.add_argument("--commune", help="five-digit code of one of today's communes")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(
            username=options["username"].strip().lower(),
            full_name=options["full_name"],
            role=options["role"],
            office=self._office(options["office"]),
            commune=self._commune(options["commune"]),
            must_change_password=True,
        )
        password = new_password()
        user.set_password(password)
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.save()
        self.stdout.write(f"{user.username}  {password}")

    def _office(self, code: str | None) -> RegistrationOffice | None:
        if not code:
            return None
        found = RegistrationOffice.objects.filter(code=code).first()
        if found is None:
            known = ", ".join(RegistrationOffice.objects.values_list("code", flat=True))
            raise CommandError(
                f"There is no registration office {code!r}; known: {known or 'none (load_reference)'}."
            )
        return found

    def _commune(self, code: str | None) -> AdminUnit | None:
        if not code:
            return None
        found = AdminUnit.objects.in_force().filter(code=code).first()
        if found is None:
            raise CommandError(f"No commune in force has the code {code!r}.")
        return found
