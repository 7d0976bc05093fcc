"""Which parts of the desk a land user has at all: what is not there, as with most, is not asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parcels.models import LandUser

from ..models import ChangeSet, Duplicate

# Nobody's territory is asked for here: what is found is read through it, and may then be nothing. Groups are
# counted: to find the first of many that it expects, the planner would read the table and not the index.
_ASKED = """
    SELECT
        EXISTS (SELECT FROM reconciliation_unsettled WHERE land_user_id = %(person)s) AS is_settling,
        EXISTS (SELECT FROM reconciliation_decision WHERE land_user_id = %(person)s) AS is_decided,
        EXISTS (SELECT FROM reconciliation_change c JOIN reconciliation_changeset s ON s.id = c.change_set_id
            WHERE c.model = %(model)s AND c.record_id = %(person)s AND s.state = %(planned)s) AS is_asked,
        EXISTS (SELECT FROM parcels_holding own JOIN parcels_holding beside USING (certificate_id)
            WHERE own.land_user_id = %(person)s AND beside.land_user_id <> %(person)s) AS has_others,
        EXISTS (SELECT FROM reconciliation_verification
            WHERE resident_id = ANY (%(residents)s) AND land_user_id <> %(person)s) AS is_found_for_others,
        (SELECT count(*) FROM reconciliation_duplicate
            WHERE state = %(open)s AND members @> ARRAY[%(person)s]::bigint[]) > 0 AS is_duplicate
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What there may be of a land user, whoever may see it."""

    #: The last word on them is still being worked out.
    is_settling: bool
    #: Somebody decided on them once.
    is_decided: bool
    #: A correction of their entry was asked for and waits.
    is_asked: bool
    #: Others stand on the same certificates.
    has_others: bool
    #: One of the candidates, or their own resident, was found for another entry.
    is_found_for_others: bool
    #: They stand in an open group of entries that may be one person.
    is_duplicate: bool


def of(person_id: int, resident_ids: Collection[int]) -> Parts:
    """The parts of a land user, in one statement; `resident_ids`: whom the registry has for them."""
    told: dict[str, Any] = {
        "person": person_id,
        "residents": list(resident_ids),
        "open": Duplicate.State.OPEN.value,
        "model": LandUser._meta.label_lower,
        "planned": ChangeSet.State.PLANNED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, told)
        return Parts(*cursor.fetchone())
