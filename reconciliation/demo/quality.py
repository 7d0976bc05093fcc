"""How right the accepted links are, by the truth that was kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from landdb import bulk

from .writing import truth_path

_ACCEPTED = """
    SELECT u.source_key, r.resident_key FROM reconciliation_match m
    JOIN parcels_landuser u ON u.id = m.land_user_id
    JOIN citizens_resident r ON r.id = m.resident_id
    WHERE m.state = 'accepted' OR m.state = 'proposed' AND m.outcome = 'accept'
"""


@dataclass(frozen=True, slots=True)
class Quality:
    """Links that were accepted, and that should have been."""

    links: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.links if self.links else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_dict(self) -> dict[str, float]:
        return {name: round(getattr(self, name), 5) for name in ("precision", "recall", "f1")}


def measure() -> Quality:
    """Accepted links against truth.parquet; FileNotFoundError where no truth was kept."""
    return compare(bulk.read(_ACCEPTED), pq.read_table(truth_path()))


def compare(links: pa.Table, truth: pa.Table) -> Quality:
    """Pairs of source key and resident key against the truth."""
    known = dict(zip(truth["source_key"].to_pylist(), truth["resident_key"].to_pylist(), strict=True))
    pairs = zip(links["source_key"].to_pylist(), links["resident_key"].to_pylist(), strict=True)
    right = sum(known.get(source) == resident for source, resident in pairs)
    return Quality(links.num_rows, right, sum(key is not None for key in known.values()))
