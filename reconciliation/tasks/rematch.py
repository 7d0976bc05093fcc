"""Match again only whom a registry extract touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from citizens.models import RegistryExtract
from landdb.jobs import JobKind, register
from landdb.models import Job

from ..actions import extracts


@register
class Rematch(JobKind):
    """The land users whom an extract touches, with their plots, commune by commune.

    Only those in the territory of who asked for it. Communes there for which the registry came for the first
    time are classified whole afterwards. Argument: `extract`, else the last one.
    """

    name: ClassVar[str] = "rematch"
    title = _("Đối chiếu lại theo bản trích mới")
    phases = (("rematch", _("Đối chiếu và phân loại lại")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        if "extract" not in job.arguments:
            last = RegistryExtract.objects.aggregate(last=Max("pk"))["last"]
            job.arguments |= {"extract": last or 0}
            job.save(update_fields=["arguments"])
        portions = extracts.portions(int(job.arguments["extract"]), job.started_by)
        return [f"{first[0]}.{first[1]}-{last[0]}.{last[1]}" for first, last in portions]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        first, last = (place.split(".") for place in key.split("-"))
        done = extracts.rematch(
            int(job.arguments["extract"]), (int(first[0]), int(first[1])), (int(last[0]), int(last[1]))
        )
        if done["reopened"]:
            job.say(f"{done['reopened']} ↺")
        return done

    def finish(self, job: Job) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        for chunk in job.chunks.all():
            counts.update(chunk.counts)
        extracts.judge_where_first(int(job.arguments["extract"]), job.started_by)
        return {"land_users": counts["land_users"], "reopened": counts["reopened"]}
