"""Take a list of land users in; what differs from the register is proposed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from landdb.intake.command import ImportCommand
from landdb.intake.outcome import Outcome
from parcels.importers.land_users import import_land_users
from reconciliation.actions import proposals


class Command(ImportCommand):
    help = "Nhập danh sách người sử dụng đất (CSV UTF-8 hoặc Parquet)."

    def take_in(self, path: str, options: dict[str, Any]) -> Outcome:
        with transaction.atomic():
            outcome = import_land_users(path, strict=options["strict"], simulate=options["simulate"])
            if not options["simulate"]:
                proposals.record(outcome, None, skip_planned=True)
        return outcome
