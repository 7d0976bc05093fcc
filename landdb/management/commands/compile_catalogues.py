"""Compile the translations (.po) into what the site reads (.mo), with Babel: gettext need not be there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Dịch tệp .po thành .mo; tệp đã mới thì để nguyên."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if compile_one(source) and options["verbosity"] > 0:
                    self.stdout.write(str(source.with_suffix(".mo").relative_to(settings.BASE_DIR)))


def compile_one(source: Path) -> bool:
    """Write the .mo beside a .po where it is older or missing. True where it was written."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as po:
        catalogue = read_po(po, locale=source.parent.parent.name)
    half = target.with_suffix(".mo-new")
    with half.open("wb") as mo:
        write_mo(mo, catalogue)
    half.replace(target)
    return True
