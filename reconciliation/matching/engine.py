"""Match land users with the registry: candidates, comparisons, decision. One or a million alike."""

from __future__ import annotations

from typing import NamedTuple

import duckdb
import pyarrow as pa

from . import statements
from .comparisons import AGREEING_NAMES
from .registry import Facts
from .weights import load

LAND_USERS = (
    "SELECT u.id, u.commune_id AS commune, u.kind, u.name_key, u.name_fold, u.birth_on, u.birth_year, u.sex,"
    " u.id_number, u.id_kind, u.former_number, u.village_fold AS village,"
    " coalesce(v.outcome = 'with_police', false) AS is_with_police"
    " FROM parcels_landuser u LEFT JOIN reconciliation_verification v ON v.land_user_id = u.id"
)
DECIDED = (
    "SELECT m.land_user_id AS land_user, m.resident_id AS resident, m.state FROM reconciliation_match m"
    " JOIN parcels_landuser u ON u.id = m.land_user_id WHERE m.state <> 'proposed'"
)
#: Types of the columns that are not text, where rows come without them.
TYPES = {
    "id": pa.int64(), "commune": pa.int16(), "birth_on": pa.date32(), "birth_year": pa.int16(),
    "is_with_police": pa.bool_(), "land_user": pa.int64(), "resident": pa.int64(), "residents": pa.int64(),
}  # fmt: skip


class Outcome(NamedTuple):
    """Pairs to store (best five of each land user) and one verification per land user; columns as stored."""

    matches: pa.Table
    verifications: pa.Table


def match(
    session: duckdb.DuckDBPyConnection, land_users: pa.Table, decided: pa.Table, facts: Facts
) -> Outcome:
    """Match these land users with the session's registry; `decided` are the pairs that people judged."""
    session.register("incoming", land_users)
    session.register("decided", decided)
    values = _values(facts)
    for room in ("land_users", "candidates", "compare", "decide", "results"):
        statements.run(session, room, values)
    return Outcome(_table(session, "match_out"), _table(session, "verification_out"))


def _values(facts: Facts) -> dict[str, object]:
    """What the statements are told from outside: facts, bands, and names of levels."""
    return {
        **load().bands,
        "residents": facts.residents,
        "absent": facts.absent,
        "agreeing": list(AGREEING_NAMES),
        "same_fold": ["same_key", "marks_missing", "marks_differ"],
    }


def _table(session: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    return session.table(name).to_arrow_table()
