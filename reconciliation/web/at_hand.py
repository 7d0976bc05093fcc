"""The record that a word of the desk is about: is it of the territory, where in the order, open elsewhere."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection
from django.http import Http404
from django.utils import timezone

from landdb.models import User

from ..models import Lease, WorkItem

# In plain SQL, since every word asks it: by query sets these are three, and hardly a column of them is used.
# Who is of the territory is what `land_users.of_territory` says.
_AT_HAND = """
    SELECT w.id, w.plots, w.opened_at, EXISTS (
        SELECT FROM reconciliation_lease l
        WHERE l.kind = %(kind)s AND l.record_id = u.id AND l.until > %(now)s AND l.holder_id <> %(user)s
    )
    FROM parcels_landuser u
    LEFT JOIN reconciliation_workitem w ON w.land_user_id = u.id
    WHERE u.id = %(land_user)s AND (
        %(territory)s::bigint[] IS NULL
        OR u.commune_id = ANY (%(territory)s)
        OR EXISTS (
            SELECT FROM parcels_holding h WHERE h.land_user_id = u.id AND h.commune_id = ANY (%(territory)s)
        )
    )
"""


class AtHand(NamedTuple):
    """The work item of a land user, where there is one, with what its place in an order goes by.

    `is_elsewhere`: somebody else has the record open.
    """

    item: WorkItem | None
    is_elsewhere: bool


def at_hand(user: User, land_user_id: int) -> AtHand:
    """Of a land user of the territory; Http404 for any other."""
    territory = user.commune_ids()
    told: dict[str, Any] = {
        "kind": Lease.Kind.PERSON.value,
        "now": timezone.now(),
        "user": user.pk,
        "land_user": land_user_id,
        "territory": None if territory is None else list(territory),
    }
    with connection.cursor() as cursor:
        cursor.execute(_AT_HAND, told)
        found = cursor.fetchone()
    if found is None:
        raise Http404
    pk, plots, opened_at, is_elsewhere = found
    return AtHand(WorkItem(pk=pk, plots=plots, opened_at=opened_at) if pk else None, is_elsewhere)
