"""Take a registry extract in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from citizens.importer import import_residents
from citizens.models import ResidentChange
from landdb.intake.command import ImportCommand
from landdb.intake.outcome import Outcome
from reconciliation.actions import extracts


class Command(ImportCommand):
    help = "Nhập tệp trích xuất dân cư (CSV UTF-8 hoặc Parquet)."
    touched = 0

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--extracted-on", type=date.fromisoformat, help="ngày trích xuất, yyyy-mm-dd")
        parser.add_argument("--purpose", default="", help="mục đích sử dụng")
        parser.add_argument(
            "--whole",
            action="store_true",
            help="trích toàn bộ dân cư của các xã: ai không có thì đánh dấu vắng",
        )

    @transaction.atomic
    def take_in(self, path: str, options: dict[str, Any]) -> Outcome:
        outcome = import_residents(
            path,
            extracted_on=options["extracted_on"],
            purpose=options["purpose"],
            whole=options["whole"],
            strict=options["strict"],
            simulate=options["simulate"],
        )
        if not options["simulate"]:
            self.touched = extracts.note_touched(outcome.file.extract)
        return outcome

    def as_dict(self, outcome: Outcome) -> dict[str, Any]:
        extract = None if outcome.file.pk is None else outcome.file.extract.pk
        told = {"extract": extract, "changes": outcome.changes, "touched": self.touched}
        return super().as_dict(outcome) | told

    def tell(self, outcome: Outcome) -> None:
        super().tell(outcome)
        kinds = ", ".join(f"{ResidentChange.Kind(kind).label} {n}" for kind, n in outcome.changes.items())
        self.stdout.write(f"So với lần trước: {kinds or 'không đổi'}.")
        if outcome.file.pk is None:
            return
        self.stdout.write(f"Chạm đến {self.touched} người sử dụng đất.")
        if self.touched:
            self.stdout.write(
                f"Chạy tiếp: ./run manage rematch {outcome.file.extract.pk} (chỉ những người này),"
                " hoặc reconcile rồi classify (tất cả)."
            )
        else:
            self.stdout.write("Chạy tiếp: ./run manage reconcile, rồi classify.")
