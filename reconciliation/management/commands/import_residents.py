"""Take a registry extract in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from citizens.importer import import_residents
from landdb.intake.command import ImportCommand
from landdb.intake.outcome import Outcome


class Command(ImportCommand):
    help = "Nhập tệp trích xuất dân cư (CSV UTF-8 hoặc Parquet)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--extracted-on", type=date.fromisoformat, help="ngày trích xuất, yyyy-mm-dd")
        parser.add_argument("--purpose", default="", help="mục đích sử dụng")
        parser.add_argument(
            "--whole",
            action="store_true",
            help="trích toàn bộ dân cư của các xã: ai không có thì đánh dấu vắng",
        )

    def take_in(self, path: str, options: dict[str, Any]) -> Outcome:
        return import_residents(
            path,
            extracted_on=options["extracted_on"],
            purpose=options["purpose"],
            whole=options["whole"],
            strict=options["strict"],
            simulate=options["simulate"],
        )
