"""The accounts of the demo and their password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.management.base import BaseCommand, CommandError, CommandParser

from landdb.models import User
from reconciliation.demo import accounts


class Command(BaseCommand):
    help = "In các tài khoản dùng thử và mật khẩu chung của chúng."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-any", action="store_true", help="say nothing where there are none")

    def handle(self, *args: Any, **options: Any) -> None:
        word = accounts.password()
        if word is None and options["if_any"]:
            return
        if word is None:
            raise CommandError("There is no demo here; seed_demo makes its accounts.")
        names = [account.username for account in accounts.ACCOUNTS]
        users = list(User.objects.filter(username__in=names, is_active=True).order_by("id"))
        # One slow hash serves all of them, until somebody changes a password.
        is_right = {hashed: check_password(word, hashed) for hashed in {user.password for user in users}}
        users = [user for user in users if is_right[user.password]]
        if not users:
            if options["if_any"]:
                return
            raise CommandError("The accounts of the demo are gone or have other passwords now.")
        for user in users:
            self.stdout.write(f"  {user.username:<12} {user.get_role_display()}, {user.territory_name}")
        self.stdout.write(f"  mật khẩu     {word}")
