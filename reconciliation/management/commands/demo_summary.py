"""What came of the demo, in one line of JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from parcels.models import LandUser, Plot
from reconciliation.demo import quality, writing
from reconciliation.models import PlotStatus, Verification


class Command(BaseCommand):
    help = "In tóm tắt tỉnh giả lập thành một dòng JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", default="{}", help="thời gian từng bước, JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seconds = json.loads(options["seconds"])
        except ValueError:
            raise CommandError("--seconds wants a JSON object.") from None
        if not writing.truth_path().exists():
            raise CommandError("There is no demo here to sum up; seed_demo makes one.")
        plots = Plot.objects.live().count()
        counted = dict(PlotStatus.objects.values_list("group").annotate(Count("plot")).order_by("group"))
        outcomes = dict(
            Verification.objects.values_list("outcome").annotate(Count("land_user")).order_by("outcome")
        )
        told = {
            "plots": plots,
            "groups": {str(group): counted.get(group, 0) for group in (1, 2, 3)},
            "land_users": LandUser.objects.live().count(),
            "verification": outcomes,
            "quality": quality.measure().as_dict(),
            "seconds": seconds,
        }
        self.stdout.write(json.dumps(told))
        if plots != sum(counted.values()):
            raise CommandError(f"{plots} live plots, but {sum(counted.values())} have a group.")
