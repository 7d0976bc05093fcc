"""Load units, codes and offices; safe to run again."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

import parcels.reference
from landdb.reference import units


class Command(BaseCommand):
    help = "Nạp danh mục: văn phòng đăng ký, xã phường, mã loại đất, mã nguồn gốc. Chạy lại không đổi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            counts = {
                name: merged.as_dict() for name, merged in (units.load() | parcels.reference.load()).items()
            }
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        for name, count in counts.items():
            self.stdout.write(
                f"{name}: mới {count['new']}, đổi {count['changed']}, như cũ {count['unchanged']}"
            )
