"""Match every land user with the population registry."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from landdb import jobs
from landdb.jobs.wait import some_worker, wait


class Command(BaseCommand):
    """Queues the job, sees to a worker, waits and prints what came of it."""

    help = "Match every land user with the population registry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-wait", action="store_true", help="only queue the job and print its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                job = jobs.start("reconcile")
        except IntegrityError:
            raise CommandError("A reconcile is running already.") from None
        if options["no_wait"]:
            self.stdout.write(json.dumps({"job": job.pk}) if options["json"] else str(job.pk))
            return
        with some_worker():
            wait(job)
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
