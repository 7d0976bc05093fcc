"""Which land users wait for a person, by difference."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from django.db import connection

from landdb import bulk

_COLUMNS = {"land_user_id": "bigint", "commune_id": "smallint", "outcome": "text", "stage": "text"}
_WANTED = """
SELECT n.land_user_id, n.commune_id, n.outcome, n.stage,
       (SELECT count(DISTINCT h.plot_id) FROM parcels_holding h
        JOIN parcels_plot p ON p.id = h.plot_id AND p.state = 'live'
        WHERE h.land_user_id = n.land_user_id) AS plots
FROM needs_work n
"""
# Those that are there are left out by the index alone. A question beforehand is planned for the table as
# it stands: empty on a first run, and would be read through once for every row that is put in.
_OPEN = """
INSERT INTO reconciliation_workitem (land_user_id, commune_id, state, plots, outcome, stage, opened_at)
SELECT w.land_user_id, w.commune_id, 'open', w.plots, w.outcome, w.stage, now() FROM wanted_work w
ON CONFLICT (land_user_id) DO NOTHING
"""
_UPDATE = """
UPDATE reconciliation_workitem i
SET state = 'open', commune_id = w.commune_id, plots = w.plots, outcome = w.outcome, stage = w.stage,
    closed_at = NULL,
    opened_at = CASE WHEN i.state = 'open' THEN i.opened_at ELSE now() END,
    assigned_to_id = CASE WHEN i.state = 'open' THEN i.assigned_to_id END
FROM wanted_work w
WHERE i.land_user_id = w.land_user_id
  AND (i.state, i.commune_id, i.plots, i.outcome, i.stage)
      IS DISTINCT FROM ('open', w.commune_id, w.plots::integer, w.outcome, w.stage)
"""
# Who had it stays on a closed one, for who takes the closing back; opened again it is nobody's.
# What somebody else has stays open until they have answered, or the registry has: a certificate that could
# not be collected is not there because its holder is known.
_CLOSE = """
UPDATE reconciliation_workitem i
SET state = 'done', outcome = n.outcome, stage = n.stage, closed_at = now(), waits_with = '', waits_why = '',
    waits_fields = '{}', waits_note = '', waits_since = NULL, waits_until = NULL
FROM needs_none n WHERE i.land_user_id = n.land_user_id AND i.state = 'open'
  AND (i.waits_with IN ('', 'later')
       OR i.waits_with IN ('police', 'commune') AND n.outcome IN ('matched', 'deceased'))
"""
# Of a closed one, too: a hand-over opens it without a look at the registry.
_STILL = """
UPDATE reconciliation_workitem i SET outcome = n.outcome, stage = n.stage
FROM needs_none n WHERE i.land_user_id = n.land_user_id
  AND (i.outcome, i.stage) <> (n.outcome, n.stage)
"""
#: Under which name each is counted; first those for whom there is work, then those for whom there is none.
_FOR_SOME = (("opened", _OPEN), ("work_changed", _UPDATE))
_FOR_NONE = (("closed", _CLOSE), ("work_changed", _STILL))


def store(needs_work: pa.Table, needs_none: pa.Table) -> Counter[str]:
    """Open, re-open, correct and close the work items of the land users just verified."""
    if needs_work.num_rows + needs_none.num_rows <= bulk.FEW:
        return _store_few(needs_work, needs_none)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM reconciliation_workitem)")
        are_there = cursor.fetchone()[0]
    _fill("needs_work", needs_work)
    # Where none is there yet, none can be closed.
    _fill("needs_none", needs_none if are_there else needs_none.slice(0, 0))
    written: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.wanted_work")
        cursor.execute(f"CREATE TEMP TABLE wanted_work ON COMMIT DROP AS {_WANTED}")
        for name, statement in (*_FOR_SOME, *_FOR_NONE):
            cursor.execute(statement)
            written[name] += cursor.rowcount
    return written


def _store_few(needs_work: pa.Table, needs_none: pa.Table) -> Counter[str]:
    """The same, with the land users in the statements themselves."""
    some, of_some = bulk.values("needs_work", _COLUMNS, needs_work)
    none, of_none = bulk.values("needs_none", _COLUMNS, needs_none)
    written: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for rows, given, params, steps in (
            (needs_work, f"{some}, wanted_work AS ({_WANTED})", of_some, _FOR_SOME),
            (needs_none, none, of_none, _FOR_NONE),
        ):
            for name, statement in steps if rows.num_rows else ():
                cursor.execute(f"WITH {given} {statement}", params)
                written[name] += cursor.rowcount
    return written


def _fill(name: str, rows: pa.Table) -> None:
    bulk.temporary(name, _COLUMNS)
    if rows.num_rows:
        bulk.copy_in(rows, name, _COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(f'ANALYZE "{name}"')
