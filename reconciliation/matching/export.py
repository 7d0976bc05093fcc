"""The matches as an interchange file: the best candidate of every land user that has one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from landdb import bulk
from parcels.models import LandUser

# A candidate that a person turned down is none; one that a person accepted comes first.
_BEST = """
SELECT CASE WHEN u.source_key <> '' THEN u.source_key ELSE '#' || u.id END AS owner_id,
       r.resident_key AS resident_id, b.score, b.probability, b.stage, b.outcome
FROM (
    SELECT DISTINCT ON (m.land_user_id) m.land_user_id, m.resident_id, m.score, m.probability, m.stage,
           CASE WHEN m.state = 'accepted' THEN 'accept' ELSE m.outcome END AS outcome
    FROM reconciliation_match m JOIN parcels_landuser u ON u.id = m.land_user_id AND u.merged_into_id IS NULL
    WHERE m.state <> 'rejected' AND m.land_user_id >= {first} AND m.land_user_id < {end}
    ORDER BY m.land_user_id, m.state = 'accepted' DESC, m.probability DESC, m.resident_id
) b
JOIN parcels_landuser u ON u.id = b.land_user_id
JOIN citizens_resident r ON r.id = b.resident_id
ORDER BY b.land_user_id
"""
_SCHEMA = pa.schema([
    ("owner_id", pa.string()), ("resident_id", pa.string()), ("score", pa.float64()),
    ("probability", pa.float64()), ("stage", pa.string()), ("outcome", pa.string()),
])  # fmt: skip
#: Land users read at a time; bounds the memory.
WINDOW = 200_000

WRITERS: dict[str, Callable[[Path], pa_csv.CSVWriter | pq.ParquetWriter]] = {
    ".csv": lambda path: pa_csv.CSVWriter(
        str(path), _SCHEMA, write_options=pa_csv.WriteOptions(quoting_style="needed")
    ),
    ".parquet": lambda path: pq.ParquetWriter(str(path), _SCHEMA),
}


def write(path: Path) -> dict[str, int]:
    """Write the file whole or not at all (OSError); land_users = exported + without_candidate."""
    half_done = path.with_name(f".{path.name}.part")
    exported = 0
    last = LandUser.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        with WRITERS[path.suffix.lower()](half_done) as writer:
            for first in range(1, last + 1, WINDOW):
                rows = bulk.read(_BEST.format(first=first, end=first + WINDOW)).cast(_SCHEMA)
                writer.write_table(rows)
                exported += rows.num_rows
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
    land_users = LandUser.objects.live().count()
    return {"land_users": land_users, "exported": exported, "without_candidate": land_users - exported}
