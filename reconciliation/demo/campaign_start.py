"""The first classification as if it had been made before the campaign.

A demo is matched and classified today. For a history to follow, everything that has happened so far is moved
back by one and the same span: files received, moves of the ledger and their sums by day, findings, groups,
verifications, work items, decisions. Their order stays, and every book balances as before. What
`classify --at` has dated already stays where it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

#: Table → the columns that say when. Statements over whole tables, each once.
_DATED = {
    "reconciliation_groupmove": ("at",),
    "reconciliation_plotstatus": ("since", "confirmed_at"),
    "reconciliation_finding": ("opened_at", "closed_at"),
    "reconciliation_verification": ("since",),
    "reconciliation_workitem": ("opened_at", "closed_at", "waits_since"),
    "reconciliation_ruleset": ("created_at",),
    "reconciliation_match": ("decided_at",),
    "reconciliation_changeset": ("planned_at", "applied_at", "undone_at"),
    "reconciliation_decision": ("at",),
    "reconciliation_duplicate": ("since",),
    "landdb_receivedfile": ("received_at",),
    "landdb_delivery": ("first_at", "last_at"),
}

#: An extract tells of no day after the one on which it came.
_EXTRACTED = """
    UPDATE citizens_registryextract e SET extracted_on = (f.received_at AT TIME ZONE %(zone)s)::date
    FROM landdb_receivedfile f
    WHERE f.id = e.file_id AND e.extracted_on > (f.received_at AT TIME ZONE %(zone)s)::date
"""

_MOVES_LATER = "SELECT EXISTS (SELECT FROM reconciliation_groupmove WHERE at > %s)"

_ADD_UP = """
    INSERT INTO reconciliation_ledgerday (commune_id, day, cause, from_group, to_group, plots)
    SELECT commune_id, (at AT TIME ZONE %s)::date, cause, from_group, to_group, count(*)
    FROM reconciliation_groupmove GROUP BY 1, 2, 3, 4, 5
"""


def move_back(to: dt.datetime, now: dt.datetime) -> None:
    """Whatever bears a date after `to` goes back by the span from `to` to `now`. Inside a transaction."""
    span: Any = now - to
    with connection.cursor() as cursor:
        cursor.execute(_MOVES_LATER, [to])
        is_ledger_later = cursor.fetchone()[0]
        for table, columns in _DATED.items():
            cursor.execute(_earlier(table, columns), {"to": to, "span": span})
        cursor.execute(_EXTRACTED, {"zone": settings.TIME_ZONE})
        if is_ledger_later:
            cursor.execute("DELETE FROM reconciliation_ledgerday")
            cursor.execute(_ADD_UP, [settings.TIME_ZONE])


def _earlier(table: str, columns: Sequence[str]) -> str:
    """All columns in one statement: each would write every row anew."""
    moved = ", ".join(
        f"{name} = CASE WHEN {name} > %(to)s THEN {name} - %(span)s ELSE {name} END" for name in columns
    )
    later = " OR ".join(f"{name} > %(to)s" for name in columns)
    return f"UPDATE {table} SET {moved} WHERE {later}"  # noqa: S608
