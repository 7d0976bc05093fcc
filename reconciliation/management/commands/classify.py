"""Sort every plot into its group."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from landdb import jobs
from landdb.jobs.wait import some_worker, wait


class Command(BaseCommand):
    """Queues the job, sees to a worker, waits and prints what came of it."""

    help = "Sort every plot into its group."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-wait", action="store_true", help="only queue the job and print its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                job = jobs.start("classify")
        except IntegrityError:
            raise CommandError("A classify is running already.") from None
        if options["no_wait"]:
            self.stdout.write(json.dumps({"job": job.pk}) if options["json"] else str(job.pk))
            return
        with some_worker():
            wait(job)
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
