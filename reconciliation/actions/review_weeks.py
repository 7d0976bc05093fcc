"""The figures of review by week: how many "same person" were taken back, and how many opened again."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from ..models import ReviewWeek

#: Weeks whose figures may still move: what was decided then is taken back, or opens again.
WEEKS = 8

# The match of a decision stands in its change set; of a match that is gone nothing is told. A bulk decision
# says its word for each match: taken back is what went back, since what was changed since stays as it is.
_COUNT = """
SELECT commune_id, stage, count(*), count(*) FILTER (WHERE is_undone),
       count(*) FILTER (WHERE NOT is_undone AND is_open_again)
FROM (
    SELECT d.commune_id, m.stage, s.state = 'undone' AS is_undone,
           m.state = 'proposed' AND m.decided_evidence IS NOT NULL AS is_open_again
    FROM reconciliation_decision d
    JOIN reconciliation_changeset s ON s.id = d.change_set_id
    JOIN reconciliation_change c ON c.change_set_id = s.id AND c.model = 'reconciliation.match'
         AND c.field = 'state' AND c.new = '"accepted"'::jsonb
    JOIN reconciliation_match m ON m.id = c.record_id
    WHERE d.kind = 'same' AND d.at >= %(start)s AND d.at < %(end)s
    UNION ALL
    SELECT m.commune_id, m.stage, c.state = 'undone',
           m.state = 'proposed' AND m.decided_evidence IS NOT NULL
    FROM reconciliation_bulkdecision b
    JOIN reconciliation_changeset s ON s.id = b.change_set_id
    JOIN reconciliation_change c ON c.change_set_id = s.id AND c.model = 'reconciliation.match'
         AND c.field = 'state' AND c.new = '"accepted"'::jsonb AND c.state <> 'skipped'
    JOIN reconciliation_match m ON m.id = c.record_id
    WHERE b.act = 'same' AND s.applied_at >= %(start)s AND s.applied_at < %(end)s
) said
GROUP BY commune_id, stage
"""


def count(last: dt.date, weeks: int = WEEKS) -> None:
    """Count the weeks up to `last` (a Monday) anew, each in its own transaction."""
    for back in range(weeks):
        _count(last - dt.timedelta(weeks=back))


@transaction.atomic
def _count(week: dt.date) -> None:
    start = timezone.make_aware(dt.datetime.combine(week, dt.time.min))
    end = timezone.make_aware(dt.datetime.combine(week + dt.timedelta(weeks=1), dt.time.min))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"start": start, "end": end})
        rows = cursor.fetchall()
    ReviewWeek.objects.filter(week=week).delete()
    ReviewWeek.objects.bulk_create(
        ReviewWeek(
            commune_id=commune, week=week, stage=stage, decided=decided, undone=undone, reopened=reopened
        )
        for commune, stage, decided, undone, reopened in rows
    )
