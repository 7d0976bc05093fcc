"""Take the register in from an official Form 01 workbook; what differs from what is there is proposed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

import parcels.reference
from landdb.intake.command import ImportCommand
from landdb.intake.outcome import Outcome
from landdb.models import AdminUnit
from landdb.reference import units
from parcels.importers.form01 import answers, fields, import_register
from parcels.models import LandUseCode
from reconciliation.actions import proposals

_MEGABYTE = 1024 * 1024


class Command(ImportCommand):
    help = "Nhập sổ địa chính từ Biểu mẫu 01 (.xlsx)."
    file_help = "sổ Excel theo Biểu mẫu 01"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--commune", help="mã xã của tệp; dòng của xã khác bị trả")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="TIÊU_ĐỀ=TRƯỜNG",
            help="ý nghĩa của một tiêu đề lạ, được nhớ lại; để trống trường để bỏ cột",
        )
        parser.add_argument("--max-mb", type=int, default=200, help="cỡ tệp lớn nhất, MB")
        parser.add_argument("--max-rows", type=int, default=1_000_000, help="số dòng nhiều nhất")

    def take_in(self, path: str, options: dict[str, Any]) -> Outcome:
        units.ensure_loaded()
        if not LandUseCode.objects.exists():
            parcels.reference.load()
        commune = _commune(options["commune"])
        said = _answers(options["map"])
        with transaction.atomic():
            mark = transaction.savepoint()
            answers.remember(said, commune, None)
            outcome = import_register(
                Path(path),
                commune=commune,
                strict=options["strict"],
                simulate=options["simulate"],
                max_bytes=options["max_mb"] * _MEGABYTE,
                max_rows=options["max_rows"],
            )
            if options["simulate"]:
                transaction.savepoint_rollback(mark)
            else:
                proposals.record(outcome, None, skip_planned=True)
        return outcome

    def as_dict(self, outcome: Outcome) -> dict[str, Any]:
        told = super().as_dict(outcome)
        return told | outcome.created | {"unknown_headers": told.pop("unknown_columns")}


def _commune(code: str | None) -> AdminUnit | None:
    if code is None:
        return None
    commune = AdminUnit.objects.in_force().filter(code=code).first()
    if commune is None:
        raise CommandError(f"Mã xã {code} hiện không dùng.")
    return commune


def _answers(given: list[str]) -> dict[str, str]:
    """The `--map` switches; the field stands after the last equals sign."""
    said = {}
    for each in given:
        header, sign, name = each.rpartition("=")
        if not sign or not header.strip() or (name.strip() and name.strip() not in fields.FIELDS):
            raise CommandError(
                f"“{each}” phải có dạng tiêu đề=trường; trường là: {', '.join(fields.FIELDS)}."
            )
        said[header.strip()] = name.strip()
    return said
