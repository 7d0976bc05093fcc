"""Look through the whole register for entries that are one person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register, start
from landdb.models import Job

from .. import duplicates
from ..actions import bearing
from ..models import ChangeSet, Duplicate


@register
class LookThrough(JobKind):
    """Which land users of the province are one person, and which numbers are on several people."""

    name = "duplicates"
    title = _("Tìm bản ghi trùng")
    phases = (("duplicates", _("Tìm bản ghi trùng")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        return ["province"]

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        return _look_through()

    def finish(self, job: Job) -> dict[str, Any]:
        kinds = Duplicate.objects.open().values_list("kind").annotate(n=Count("pk")).order_by("kind")
        return {"duplicates": dict(kinds)}


def look_again(after: Job) -> None:
    """Queue a look through the register after a run of matching, unless one is waiting already."""
    try:
        with transaction.atomic():
            start(LookThrough.name, by=after.started_by)
    except IntegrityError:
        after.say(f"{LookThrough.name}: already queued")


def _look_through() -> dict[str, int]:
    """The whole register; then again around what people changed meanwhile."""
    begun = timezone.now()
    done = duplicates.refresh_all()
    meanwhile = ChangeSet.objects.filter(Q(applied_at__gte=begun) | Q(undone_at__gte=begun))
    duplicates.refresh({pk for each in meanwhile for pk in bearing.land_users_of(each)})
    return {f"duplicates_{name}": n for name, n in done.items()}
