"""Sort every plot of the province into its group, commune by commune."""

from __future__ import annotations

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
from ..models import PlotStatus, Tally
from ..models.groups import Group


@register
class Classify(JobKind):
    """One chunk per commune, the large ones first; what is unchanged is read and not written."""

    name = "classify"
    title = _("Phân loại thửa đất")
    phases = (("classify", _("Phân loại")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        plots = Counter(dict(Plot.objects.live().values_list("commune").annotate(n=Count("pk")).order_by()))
        left = PlotStatus.objects.values_list("commune", flat=True).distinct().order_by()
        return [str(commune) for commune, _n in (plots + Counter(dict.fromkeys(left, 1))).most_common()]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return dict(classification.classify_commune(int(key), job=job))

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
