"""Which land users wait for a person, by difference. Reads the `new_verification` of `results`."""

from __future__ import annotations

from collections import Counter

from django.db import connection

_WANTED = """
CREATE TEMP TABLE wanted_work ON COMMIT DROP AS
SELECT n.land_user_id, n.commune_id,
       (SELECT count(DISTINCT h.plot_id) FROM parcels_holding h
        JOIN parcels_plot p ON p.id = h.plot_id AND p.state = 'live'
        WHERE h.land_user_id = n.land_user_id) AS plots
FROM new_verification n WHERE n.needs_work
"""
_OPEN = """
INSERT INTO reconciliation_workitem (land_user_id, commune_id, state, plots, opened_at)
SELECT w.land_user_id, w.commune_id, 'open', w.plots, now() FROM wanted_work w
WHERE NOT EXISTS (SELECT FROM reconciliation_workitem i WHERE i.land_user_id = w.land_user_id)
ON CONFLICT DO NOTHING
"""
_UPDATE = """
UPDATE reconciliation_workitem i
SET state = 'open', commune_id = w.commune_id, plots = w.plots, closed_at = NULL,
    opened_at = CASE WHEN i.state = 'open' THEN i.opened_at ELSE now() END
FROM wanted_work w
WHERE i.land_user_id = w.land_user_id
  AND (i.state, i.commune_id, i.plots) IS DISTINCT FROM ('open', w.commune_id, w.plots::integer)
"""
_CLOSE = """
UPDATE reconciliation_workitem i SET state = 'done', closed_at = now()
FROM new_verification n
WHERE i.land_user_id = n.land_user_id AND NOT n.needs_work AND i.state = 'open'
"""


def store() -> Counter[str]:
    """Open, re-open, correct and close the work items of the land users just verified."""
    written: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.wanted_work")
        cursor.execute(_WANTED)
        for name, statement in (("opened", _OPEN), ("work_changed", _UPDATE), ("closed", _CLOSE)):
            cursor.execute(statement)
            written[name] = cursor.rowcount
    return written
