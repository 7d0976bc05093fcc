"""Match again only whom a registry extract touched."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from citizens.models import RegistryExtract
from landdb.jobs.wait import queue, run


class Command(BaseCommand):
    """Queues the job, sees to a worker, waits and prints what came of it."""

    help = "Match the land users again whom a registry extract touched, and classify their plots."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("extract", type=int, nargs="?", help="number of the extract (else the last one)")
        parser.add_argument("--no-wait", action="store_true", help="only queue the job and print its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        known = RegistryExtract.objects.all()
        extract = (known.filter(pk=options["extract"]) if options["extract"] is not None else known).first()
        if extract is None:
            raise CommandError("There is no such extract.")
        if options["no_wait"]:
            job = queue("rematch", extract=extract.pk)
            self.stdout.write(json.dumps({"job": job.pk}) if options["json"] else str(job.pk))
            return
        job = run("rematch", extract=extract.pk)
        told = {"job": job.pk, "extract": extract.pk, **job.result, "seconds": round(job.seconds, 1)}
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            f"{told['land_users']} land users matched again in {told['seconds']} s;"
            f" {told['reopened']} decisions open again"
        )
