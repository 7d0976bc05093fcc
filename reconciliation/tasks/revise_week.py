"""Count a closed week again: what was written stays, what comes out otherwise is a further revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from ..campaign import snapshots


@register
class ReviseWeek(JobKind):
    """A week's snapshot with all its communes, in one transaction."""

    name = "revise_week"
    title = _("Tính lại bản chốt tuần")
    phases = (("count", _("Tính lại")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return [job.arguments["week"]]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return {"revised": snapshots.revise(dt.date.fromisoformat(key), job.arguments["reason"])}

    def finish(self, job: Job) -> dict[str, Any]:
        return dict(job.chunks.get().counts)
