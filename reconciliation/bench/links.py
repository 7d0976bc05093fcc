"""Links beside the truth, as columns of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import quality
from .quality import Links

# A land user that the truth does not know, or that has two links, would count as wrong.
_JOINED = """
SELECT l.score, l.probability, l.accepted, t."case" AS kind,
       coalesce(t.resident_id = l.resident_id, false) AS "right"
FROM links l LEFT JOIN truth t USING (owner_id)
"""


def measure(links: pa.Table, truth: Path) -> dict[str, Any]:
    """Figures of links (owner_id, resident_id, score, probability, accepted): all, by band and by case."""
    with duckdb.connect(":memory:") as opened:
        opened.register("links", links)
        opened.register("truth", pq.read_table(truth))
        found = opened.execute(_JOINED).fetchnumpy()
        wanted = dict(opened.execute('SELECT "case", count(resident_id) FROM truth GROUP BY 1').fetchall())
    all_links = Links(
        found["score"].astype(np.float64),
        found["probability"].astype(np.float64),
        found["right"].astype(np.bool_),
        found["accepted"].astype(np.bool_),
        sum(wanted.values()),
    )
    return {
        **quality.measure(all_links),
        "reliability": quality.reliability(all_links),
        "cases": quality.measure_cases(all_links, found["kind"], wanted),
    }
