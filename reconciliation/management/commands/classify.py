"""Sort every plot into its group, or show and check how one came into its."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from landdb.jobs.wait import queue, run
from parcels.models import Plot
from reconciliation.classification import trace, trace_check, trace_file

#: How a check ends: a trace that gives the same, one of other rules, one that cannot be right.
EXITS = {"same": 0, "results": 1, "versions": 2}


class Command(BaseCommand):
    """Queues the job, sees to a worker, waits and prints what came of it; or deals with one plot's trace."""

    help = "Sort every plot into its group, or print or check the trace of one plot's judgement."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-wait", action="store_true", help="only queue the job and print its number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--at",
            metavar="MOMENT",
            help="the moment (ISO) that the ledger names, not after now: for a made-up province with a past",
        )
        one = parser.add_mutually_exclusive_group()
        one.add_argument(
            "--trace",
            type=int,
            metavar="PLOT_ID",
            help="print the trace of a plot's judgement; it holds names and numbers in full",
        )
        one.add_argument(
            "--check",
            metavar="TRACE.json",
            help="judge the facts of a trace again (- reads it from standard input): same (exit 0), "
            "the rules whose version differs (exit 2), or what cannot be right (exit 1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["trace"] is not None:
            self._trace(options["trace"])
        elif options["check"] is not None:
            self._check(options["check"], as_json=options["json"])
        else:
            self._classify(
                is_waited_for=not options["no_wait"], as_json=options["json"], at=_moment(options["at"])
            )

    def _trace(self, plot_id: int) -> None:
        plot = Plot.objects.select_related("commune").filter(pk=plot_id).first()
        if plot is None:
            raise CommandError(f"There is no plot {plot_id}.")
        try:
            document = trace.trace(plot)
        except trace.Retired:
            raise CommandError(f"Plot {plot_id} was retired: it is in no group.") from None
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        if document["books"] is None:
            self.stderr.write(
                f"Plot {plot_id} has not been classified yet; the trace says what would follow."
            )
        elif not trace.agrees(document):
            self.stderr.write(f"Plot {plot_id} has changed since it was last classified.")

    def _check(self, name: str, *, as_json: bool) -> None:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise CommandError(f"The trace {name} cannot be read: {reason}.") from None
        try:
            answer = trace_check.check(trace_file.read(text))
        except trace_file.Malformed as error:
            raise CommandError(str(error)) from None
        if as_json:
            told = {"answer": answer.word, "versions": answer.versions, "results": answer.results}
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write("\n".join([*answer.results, *answer.versions]) or "same")
        if code := EXITS[answer.word]:
            sys.exit(code)

    def _classify(self, *, is_waited_for: bool, as_json: bool, at: str | None) -> None:
        arguments = {"at": at} if at else {}
        if not is_waited_for:
            job = queue("classify", **arguments)
            self.stdout.write(json.dumps({"job": job.pk}) if as_json else str(job.pk))
            return
        job = run("classify", **arguments)
        told = {
            "job": job.pk,
            **{key: job.result[key] for key in ("plots", "groups", "findings", "moves")},
            "seconds": round(job.seconds, 1),
        }
        if as_json:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"{told['plots']} plots in {told['seconds']} s, {told['moves']} moves")
        for group, n in told["groups"].items():
            self.stdout.write(f"  group {group}: {n}")


def _moment(raw: str | None) -> str | None:
    """The moment as a job carries it; CommandError where it is none, or lies ahead."""
    if raw is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(raw)
    except ValueError:
        raise CommandError(f"--at {raw}: a moment like 2026-09-04T09:00:00+07:00, please.") from None
    moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    if moment > timezone.now():
        raise CommandError(f"--at {raw}: that is still to come.")
    return moment.isoformat()
