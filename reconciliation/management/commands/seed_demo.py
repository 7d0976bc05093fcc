"""A synthetic province."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from landdb.reference import units
from reconciliation.demo import writing
from reconciliation.demo.province import MOST_PLOTS, Size
import parcels.reference


class Command(BaseCommand):
    help = "Tạo tỉnh giả lập"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plots", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--fresh", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        with transaction.atomic():
            units.ensure_loaded()
            parcels.reference.load()
            if options["fresh"]:
                writing.clear()
            counts = writing.write(Size.of_plots(options["plots"], options["seed"]))
        print(json.dumps(counts), time.monotonic() - started)
