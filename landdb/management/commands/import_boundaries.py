"""Take the boundaries of communes in, for the map of the dashboard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from landdb import boundaries
from landdb.intake.outcome import Refused


class Command(BaseCommand):
    help = "Nhập ranh giới xã, phường (GeoJSON, WGS84) cho bản đồ của bảng điều hành; nhập lại không đổi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tệp GeoJSON của tỉnh, mỗi xã một vùng")
        parser.add_argument("--code", default="", metavar="TÊN", help="thuộc tính ghi mã xã 5 chữ số")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")
        parser.add_argument("--strict", action="store_true", help="có đối tượng bị trả thì không ghi gì")
        parser.add_argument("--simulate", action="store_true", help="làm đến cùng rồi hoàn lại tất cả")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = boundaries.take_in(
                options["file"],
                code_name=options["code"],
                strict=options["strict"],
                simulate=options["simulate"],
            )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if options["json"]:
            counts = {"new": told.new, "changed": told.changed, "unchanged": told.unchanged}
            self.stdout.write(json.dumps(counts | {"turned_away": told.turned_away}, ensure_ascii=False))
            return
        self.stdout.write(
            f"ranh giới: mới {told.new}, đổi {told.changed}, như cũ {told.unchanged},"
            f" bị trả {len(told.turned_away)}"
        )
        for line in told.turned_away:
            self.stdout.write(line)
