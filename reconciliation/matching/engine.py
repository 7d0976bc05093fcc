"""Match land users with the registry: candidates, comparisons, decision. One or a million alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import duckdb
import pyarrow as pa
from django.utils import timezone

from landdb.normalise.text import fold

from . import statements
from .fit import SURE
from .ladders import AGREEING_NAMES, COMMUNE, NAME
from .weights import Weights, load

LAND_USERS = (
    "SELECT u.id, u.commune_id AS commune, u.former_commune, u.kind, u.name_key, u.name_fold, u.birth_on,"
    " u.birth_year, u.sex, u.id_number, u.id_kind, u.former_number, u.village_fold AS village, u.second_name,"
    " coalesce(w.waits_with = 'police', false) AS is_with_police,"
    " coalesce(w.police_word, '') AS police_word FROM parcels_landuser u"
    " LEFT JOIN reconciliation_workitem w ON w.land_user_id = u.id"
    " AND (w.waits_with = 'police' OR w.police_word <> '')"
)
# A decision that opened again stays a candidate: the person is asked about it, and its word is not lost.
# So does whom a person found by hand.
IS_DECIDED = "(m.state <> 'proposed' OR m.decided_evidence IS NOT NULL OR m.picked_by_id IS NOT NULL)"
DECIDED = (
    "SELECT m.land_user_id AS land_user, m.resident_id AS resident, m.state FROM reconciliation_match m"  # noqa: S608  our own text
    f" JOIN parcels_landuser u ON u.id = m.land_user_id WHERE {IS_DECIDED}"
)
#: What leads to the pairs and their weights, and from there to what is stored.
COMPARING = ("keyed", "sharing", "land_users", "candidates", "compare", "chance")
DECIDING = ("decide", "results")
#: Types of the columns that are not text, where rows come without them.
TYPES = {
    "id": pa.int64(), "commune": pa.int16(), "birth_on": pa.date32(), "birth_year": pa.int16(),
    "is_with_police": pa.bool_(), "land_user": pa.int64(), "resident": pa.int64(), "residents": pa.int64(),
}  # fmt: skip


#: No pair that anybody has spoken of, in the columns of DECIDED.
NOBODY = pa.table(
    {
        "land_user": pa.array([], pa.int64()),
        "resident": pa.array([], pa.int64()),
        "state": pa.array([], pa.string()),
    }
)


class Facts(NamedTuple):
    """What the whole registry says: its residents, and in how many villages they live."""

    residents: int
    places: int


def with_second(land_users: pa.Table) -> pa.Table:
    """The land users with the search key of the second person of "A và vợ là B" ('' where there is none)."""
    names = land_users.column("second_name").to_pylist()
    seconds = pa.array([fold(name) if name else "" for name in names], pa.string())
    return land_users.append_column("second", seconds)


def compare(
    session: duckdb.DuckDBPyConnection,
    land_users: pa.Table,
    decided: pa.Table,
    facts: Facts,
    weights: Weights,
) -> None:
    """Leave the pairs worth a look and their weights in the session's `weighed`."""
    session.register("incoming", land_users)
    session.register("decided", decided)
    values = told(facts, weights)
    for room in COMPARING:
        statements.run(session, room, values, weights)


def match(
    session: duckdb.DuckDBPyConnection,
    land_users: pa.Table,
    decided: pa.Table,
    facts: Facts,
    weights: Weights,
    accept: Mapping[int, float],
) -> None:
    """Match these land users (`with_second`) with the session's registry; `decided` are the pairs that people
    judged.

    `accept` tells the log-odds from which a commune accepts by itself; 0 stands for all that are not named.
    The pairs to store (the best five of each land user) are left in `match_out`, a row for each land user in
    `verification_out`, with columns as they are stored.
    """
    compare(session, land_users, decided, facts, weights)
    session.register("band", band(accept))
    values = told(facts, weights)
    for room in DECIDING:
        statements.run(session, room, values, weights)


def band(accept: Mapping[int, float]) -> pa.Table:
    """Commune → log-odds, as the statements read it."""
    return pa.table(
        {
            "commune": pa.array(list(accept), pa.int16()),
            "accept": pa.array(list(accept.values()), pa.float64()),
        }
    )


def clear(session: duckdb.DuckDBPyConnection) -> None:
    """Forget what was compared and matched, for the next land users."""
    for name in statements.tables(*COMPARING, *DECIDING):
        session.execute(f"DROP TABLE IF EXISTS {name}")


def told(facts: Facts, weights: Weights) -> dict[str, object]:
    """What the statements are told from outside: facts, bands, codes of levels, and which year it is."""
    return {
        **load().bands,
        **{f"absent_{kind}": share for kind, share in weights.absent.items()},
        "coincidence": list(weights.coincidence),
        "caution": weights.caution,
        "sure": SURE,
        "year": timezone.localdate().year,
        "residents": facts.residents,
        "places": facts.places,
        "agreeing": NAME.codes(*AGREEING_NAMES),
        "here": COMMUNE.codes("same_former", "other_former", "same"),
    }
