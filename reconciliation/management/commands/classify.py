"""Sort every plot into its group."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from landdb.jobs.wait import queue, run


class Command(BaseCommand):
    """Queues the job, sees to a worker, waits and prints what came of it."""

    help = "Sort every plot into its group."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-wait", action="store_true", help="only queue the job and print its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["no_wait"]:
            job = queue("classify")
            self.stdout.write(json.dumps({"job": job.pk}) if options["json"] else str(job.pk))
            return
        job = run("classify")
        told = {
            "job": job.pk,
            **{key: job.result[key] for key in ("plots", "groups", "findings", "moves")},
            "seconds": round(job.seconds, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"{told['plots']} plots in {told['seconds']} s, {told['moves']} moves")
        for group, n in told["groups"].items():
            self.stdout.write(f"  group {group}: {n}")
