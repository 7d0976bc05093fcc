"""Match every land user with the population registry."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from landdb.jobs.wait import queue, run


class Command(BaseCommand):
    """Queues the job, sees to a worker, waits and prints what came of it."""

    help = "Match every land user with the population registry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-wait", action="store_true", help="only queue the job and print its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["no_wait"]:
            job = queue("reconcile")
            self.stdout.write(json.dumps({"job": job.pk}) if options["json"] else str(job.pk))
            return
        job = run("reconcile")
        told = {
            "job": job.pk,
            **{key: job.result[key] for key in ("land_users", "outcomes", "verification")},
            "seconds": round(job.seconds, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"{told['land_users']} land users in {told['seconds']} s")
        for outcome, n in sorted(told["verification"].items()):
            self.stdout.write(f"  {outcome}: {n}")
