"""Under which rules a commune was last classified whole, and how often its plots were judged."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

_JUDGED = """
    INSERT INTO reconciliation_communejudgement AS j (commune_id, fingerprint, times)
    SELECT unnest(%s::smallint[]), '', 1
    ON CONFLICT (commune_id) DO UPDATE SET times = j.times + 1
"""

# A run that found everything as it was leaves the row alone.
_JUDGED_WHOLE = """
    INSERT INTO reconciliation_communejudgement AS j (commune_id, fingerprint, times)
    SELECT unnest(%s::smallint[]), %s, 1
    ON CONFLICT (commune_id) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, times = j.times + 1
    WHERE j.fingerprint <> EXCLUDED.fingerprint OR %s
"""


def judged(communes: Iterable[int]) -> None:
    """Plots of these communes were judged. Under the lock of each."""
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, [sorted(communes)])


def judged_whole(communes: Iterable[int], fingerprint: str, *, changed: bool) -> None:
    """All plots of these communes were judged under the rules of a fingerprint. Under the lock of each."""
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED_WHOLE, [sorted(communes), fingerprint, changed])
