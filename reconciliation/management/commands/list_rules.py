"""Write the handbook's chapter on rules."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciliation.rules.handbook import chapter


class Command(BaseCommand):
    """Writes docs/rules.md from the rule classes, or says whether it has drifted from them."""

    help = "Write docs/rules.md from the rule classes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, fail where the page has drifted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "rules.md"
        text = chapter() + "\n"
        if not options["check"]:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
            self.stdout.write(str(page))
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            raise CommandError("docs/rules.md has drifted from the rules: run manage.py list_rules.")
