"""The accounts of the demo and their password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from landdb.models import User
from reconciliation.demo import accounts


class Command(BaseCommand):
    help = "In các tài khoản dùng thử và mật khẩu chung của chúng."

    def handle(self, *args: Any, **options: Any) -> None:
        word = accounts.password()
        if word is None:
            raise CommandError("There is no demo here; seed_demo makes its accounts.")
        names = [account.username for account in accounts.ACCOUNTS]
        for user in User.objects.filter(username__in=names).order_by("id"):
            self.stdout.write(f"  {user.username:<12} {user.get_role_display()}, {user.territory_name}")
        self.stdout.write(f"  mật khẩu     {word}")
