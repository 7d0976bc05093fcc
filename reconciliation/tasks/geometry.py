"""Look at the outlines that changed, commune by commune, and judge the plots again of which facts changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job
from parcels import geometry
from parcels.models import Plot, PlotOverlap

from .. import classification
from ..models import GroupMove, PlotStatus
from .classify import chunk_keys


@register
class Geometry(JobKind):
    """First the boxes everywhere, then facts and overlaps: whoever looks finds all neighbours by their boxes.

    Communes in which nothing changed are not visited by the second phase.
    """

    name = "geometry"
    title = _("Tính lại hình thể thửa đất")
    phases = (("boxes", _("Tìm hình thể đã đổi")), ("facts", _("Diện tích, lỗi hình, chồng lấn")))

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        if phase == "facts":
            boxed = job.chunks.filter(phase="boxes").order_by("id")
            return [chunk.key for chunk in boxed if chunk.counts.get("plots")]
        return chunk_keys(dict(Plot.objects.values_list("commune").annotate(n=Count("pk")).order_by()))

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        communes = [int(commune) for commune in key.split(",")]
        if phase == "boxes":
            return dict(geometry.draw_boxes(communes))
        looked = geometry.look_at_communes(communes)
        # Plots that nobody has judged so far wait for the run that judges them all.
        judged = PlotStatus.objects.filter(pk__in=looked.touched).values_list("pk", flat=True)
        done = classification.refresh(list(judged), cause=GroupMove.Cause.GEOMETRY, job=job)
        return dict(looked.counts) | {"judged": done["plots"], "moves": done["moves"]}

    def finish(self, job: Job) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        for chunk in job.chunks.filter(phase="facts"):
            counts.update(chunk.counts)
        if counts["plots"]:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE parcels_plotoutline, parcels_plotoverlap")
        faults = Plot.objects.live().exclude(geometry_fault="").values_list("geometry_fault")
        return {
            "looked": counts["plots"],
            "changed": counts["changed"],
            "faults": dict(faults.annotate(n=Count("pk")).order_by("geometry_fault")),
            "overlaps": PlotOverlap.objects.count(),
            "written": {name: counts[name] for name in ("opened", "other", "closed")},
            "judged": counts["judged"],
            "moves": counts["moves"],
        }
