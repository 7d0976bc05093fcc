"""Take the ministry's classification table of plan 2959 in, as an outside opinion."""

from __future__ import annotations

from typing import Any

from landdb.intake.command import ImportCommand
from landdb.intake.outcome import Outcome
from reconciliation.actions.opinions import import_opinions


class Command(ImportCommand):
    help = "Nhập bảng phân loại của kế hoạch 2959 (MPLIS) làm ý kiến bên ngoài; nhóm của ta không đổi."
    file_help = "sổ Excel .xlsx, tệp CSV (UTF-8) hoặc Parquet"

    def take_in(self, path: str, options: dict[str, Any]) -> Outcome:
        return import_opinions(path, strict=options["strict"], simulate=options["simulate"])
