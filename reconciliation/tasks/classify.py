"""Sort every plot of the province into its group, commune by commune."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job
from parcels.models import Plot

from .. import classification
from ..models import GroupMove, PlotStatus, Tally
from ..models.groups import Group

#: Plots below which communes share a chunk, and how many may: each chunk has a cost of its own.
SMALL, TOGETHER = 10_000, 12


def chunk_keys(plots: dict[int, int]) -> list[str]:
    """One chunk per commune, the large ones first; small communes go together."""
    keys: list[str] = []
    together: list[int] = []
    for commune in sorted(plots, key=lambda commune: (-plots[commune], commune)):
        if plots[commune] >= SMALL:
            keys.append(str(commune))
            continue
        is_full = len(together) == TOGETHER or sum(plots[one] for one in together) + plots[commune] > SMALL
        if together and is_full:
            keys.append(",".join(map(str, together)))
            together = []
        together.append(commune)
    return [*keys, ",".join(map(str, together))] if together else keys


@register
class Classify(JobKind):
    """The communes one by one, or several small ones at once; what is unchanged is read and not written.

    The argument `cause` is what the ledger names beside the moves; without it they come of a whole run.
    With the argument `communes` (ids) only these are judged, also while a whole run goes on. With `at` (ISO)
    the ledger says that moment: for made-up provinces whose history lies in the past.
    """

    name = "classify"
    title = _("Phân loại thửa đất")
    phases = (("classify", _("Phân loại")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        plots = dict(Plot.objects.live().values_list("commune").annotate(n=Count("pk")).order_by())
        left = PlotStatus.objects.values_list("commune", flat=True).distinct().order_by()
        every = dict.fromkeys(left, 0) | plots
        wanted = job.arguments.get("communes", every)
        return chunk_keys({commune: n for commune, n in every.items() if commune in wanted})

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        communes = [int(commune) for commune in key.split(",")]
        cause = GroupMove.Cause(job.arguments.get("cause", GroupMove.Cause.RUN))
        at = dt.datetime.fromisoformat(job.arguments["at"]) if "at" in job.arguments else None
        return dict(classification.classify_communes(communes, job=job, cause=cause, at=at))

    def finish(self, job: Job) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        for chunk in job.chunks.all():
            counts.update(chunk.counts)
        if counts["changed"]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "ANALYZE reconciliation_plotstatus, reconciliation_finding, reconciliation_tally"
                )
        groups = dict(Tally.objects.filter(rule="").values_list("group").annotate(n=Sum("plots")).order_by())
        findings = {
            name.removeprefix("finding:"): n for name, n in counts.items() if name.startswith("finding:")
        }
        return {
            "plots": counts["plots"],
            "groups": {str(group.value): groups.get(group.value, 0) for group in Group},
            "findings": dict(sorted(findings.items())),
            "moves": counts["moves"],
            "written": {name: counts[name] for name in ("opened", "closed", "reopened", "changed")},
        }
