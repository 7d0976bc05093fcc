"""Find the geometry facts of the plots whose outline changed."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from landdb.jobs.wait import queue, run


class Command(BaseCommand):
    """Queues the job, sees to a worker, waits and prints what came of it."""

    help = "Find faults, areas, places and overlaps of the plots whose outline changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-wait", action="store_true", help="only queue the job and print its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["no_wait"]:
            job = queue("geometry")
            self.stdout.write(json.dumps({"job": job.pk}) if options["json"] else str(job.pk))
            return
        job = run("geometry")
        told = {"job": job.pk, **job.result, "seconds": round(job.seconds, 1)}
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            f"{told['looked']} outlines in {told['seconds']} s, {told['changed']} plots changed, "
            f"{told['overlaps']} overlaps, {told['moves']} moves"
        )
        for fault, n in told["faults"].items():
            self.stdout.write(f"  {fault}: {n}")
