"""Who has a record open on the desk: one person at a time, for some minutes, extended by what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.models import User

from ..models import Lease, TakenOver

#: How long a record stays with whoever opened it, counted from the last thing they did there.
LASTS = dt.timedelta(minutes=10)

# One statement: of two who ask at the same moment, one gets it and the other finds it taken.
_TAKE = """
    INSERT INTO reconciliation_lease AS l (kind, record_id, holder_id, taken_at, until)
    VALUES (%(kind)s, %(record)s, %(by)s, %(now)s, %(until)s)
    ON CONFLICT (kind, record_id) DO UPDATE SET
        holder_id = EXCLUDED.holder_id, until = EXCLUDED.until,
        taken_at = CASE WHEN l.holder_id = EXCLUDED.holder_id AND l.until > %(now)s
            THEN l.taken_at ELSE EXCLUDED.taken_at END
    WHERE l.holder_id = EXCLUDED.holder_id OR l.until <= %(now)s
    RETURNING id, kind, record_id, holder_id, taken_at, until
"""
# Whatever somebody does at the desk ends with it: in plain SQL, which takes a tenth of a query set.
_RELEASE = "DELETE FROM reconciliation_lease WHERE kind = %s AND record_id = %s AND holder_id = %s"


class Held(Exception):
    """Somebody else has the record open; `lease` says who and until when."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(lease)
        self.lease = lease

    def __str__(self) -> str:
        minutes = max(1, round((self.lease.until - timezone.now()).total_seconds() / 60))
        told = {"name": self.lease.holder.full_name, "minutes": minutes}
        return _("%(name)s đang mở hồ sơ này, còn khoảng %(minutes)d phút.") % told


def take(kind: Lease.Kind, record_id: int, *, by: User) -> Lease:
    """Take a record, or keep it for longer. Held where it is somebody else's."""
    while True:
        if (taken := _taken(kind, record_id, by)) is not None:
            taken.holder = by
            return taken
        lease = Lease.objects.select_related("holder").filter(kind=kind, record_id=record_id)
        # Whoever had it may have given it back between the two statements: then it is to be had.
        if (found := lease.first()) is not None:
            raise Held(found)


def is_taken(kind: Lease.Kind, record_id: int, *, by: User) -> bool:
    """`take` for who asks nothing of the lease: whether the record is theirs now."""
    return _taken(kind, record_id, by) is not None


def _taken(kind: Lease.Kind, record_id: int, by: User) -> Lease | None:
    """The lease where the record is theirs now."""
    now = timezone.now()
    told: dict[str, Any] = {
        "kind": kind.value,
        "record": record_id,
        "by": by.pk,
        "now": now,
        "until": now + LASTS,
    }
    return next(iter(Lease.objects.raw(_TAKE, told)), None)


def check(kind: Lease.Kind, record_id: int, *, by: User) -> None:
    """Held where somebody else has the record open: nobody decides on what another is looking at."""
    lease = live().select_related("holder").filter(kind=kind, record_id=record_id).exclude(holder=by).first()
    if lease is not None:
        raise Held(lease)


def release_of(page: dt.datetime, kind: Lease.Kind, record_id: int, *, by: User) -> None:
    """Give a record back for a page that is left.

    `page`: until when the page knew it to be held. Opened again since, by a reload or in another tab, it is
    held for longer than that and stays with who opened it.
    """
    Lease.objects.filter(kind=kind, record_id=record_id, holder=by, until=page).delete()


def release(kind: Lease.Kind, record_id: int, *, by: User) -> None:
    """Give a record back; nothing where it is not one's own."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, [kind.value, record_id, by.pk])


@transaction.atomic
def take_over(kind: Lease.Kind, record_id: int, *, by: User) -> Lease:
    """Take a record from whoever has it, who is told so on the next page (`lost`)."""
    lease = Lease.objects.select_for_update().filter(kind=kind, record_id=record_id).first()
    now = timezone.now()
    if lease is None or lease.until <= now or lease.holder_id == by.pk:
        return take(kind, record_id, by=by)
    TakenOver.objects.create(kind=kind, record_id=record_id, holder_id=lease.holder_id, by=by)
    lease.holder, lease.taken_at, lease.until = by, now, now + LASTS
    lease.save()
    return lease


def lost(user: User) -> list[TakenOver]:
    """The records that others took over from this person, told once."""
    if not _has_lost(user):
        return []
    taken = list(TakenOver.objects.select_related("by").filter(holder=user).order_by("pk"))
    if taken:
        TakenOver.objects.filter(pk__in=[each.pk for each in taken]).delete()
    return taken


def _has_lost(user: User) -> bool:
    """Asked on every page and hardly ever so: in plain SQL, which takes a quarter of a query set."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM reconciliation_takenover WHERE holder_id = %s LIMIT 1", [user.pk])
        return bool(cursor.rowcount)


def held(kind: Lease.Kind, record_ids: Collection[int]) -> dict[int, Lease]:
    """The live leases of these records, by record."""
    leases = live().select_related("holder").filter(kind=kind, record_id__in=record_ids)
    return {lease.record_id: lease for lease in leases}


def live() -> QuerySet[Lease]:
    """Leases that have not run out."""
    return Lease.objects.filter(until__gt=timezone.now())
