"""Look through the whole register for entries that are one person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from .. import duplicates
from ..actions import effects
from ..models import ChangeSet


@register
class FindDuplicates(JobKind):
    """One chunk for the province: the same person may stand in several communes."""

    name = "duplicates"
    title = _("Tìm bản ghi trùng")
    phases = (("find", _("Tìm bản ghi trùng")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return ["province"]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return look_through()

    def finish(self, job: Job) -> dict[str, Any]:
        return dict(job.chunks.get(phase="find").counts)


def look_through() -> dict[str, int]:
    """The whole register; then again around what people changed meanwhile."""
    begun = timezone.now()
    done = duplicates.refresh_all()
    meanwhile = ChangeSet.objects.filter(Q(applied_at__gte=begun) | Q(undone_at__gte=begun))
    duplicates.refresh({pk for each in meanwhile for pk in effects.land_users_of(each)})
    return dict(done)
