"""The engine on files, in this process and without a database: read, fitted and matched as a run does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from citizens import extract_rows
from landdb.intake.processes import spread
from landdb.intake.sources import examine
from landdb.intake.tables import open_table
from landdb.reference.tables import rows
from parcels.importers import land_user_rows

from ..matching import bands, engine, registry, statements, training
from ..matching.engine import Facts
from ..matching.weights import Weights, load

#: Land users matched at a time; bounds the memory.
WINDOW = 50_000

#: How a reader is led over the batches of a file: one after the other (`map`), or over processes.
Lead = Callable[[Callable[[Any], Any], Iterator[Any]], Iterable[Any]]

_RESIDENTS = (
    "SELECT id, commune_id AS commune, former_commune, name_key, name_fold, birth_on, birth_year, sex,"
    " village_fold AS village, status, id_number, former_number, resident_key FROM read"
)
_LAND_USERS = (
    "SELECT id, commune_id AS commune, former_commune, kind, name_key, name_fold, birth_on, birth_year, sex,"
    " id_number, id_kind, former_number, village_fold AS village, second_name, false AS is_with_police,"
    " '' AS police_word, source_key FROM read"
)
# As the export takes the best: the likeliest, of equals the first.
_BEST = """
SELECT u.source_key AS owner_id, r.resident_key AS resident_id, m.score, m.probability,
       m.outcome = 'accept' AS accepted
FROM (
    FROM match_out
    QUALIFY row_number() OVER (PARTITION BY land_user_id ORDER BY probability DESC, resident_id) = 1
) m
JOIN matched u ON u.id = m.land_user_id JOIN residents r ON r.id = m.resident_id
"""


class Fit(NamedTuple):
    """Weights, and from which log-odds each commune accepts (0: the others)."""

    weights: Weights
    accept: Mapping[int, float]


def residents(path: Path, lead: Lead = spread) -> pa.Table:
    """A registry extract in the columns that matching reads, each with its key."""
    return _read(path, extract_rows.COLUMNS, extract_rows.read, _RESIDENTS, lead)


def land_users(path: Path, lead: Lead = spread) -> pa.Table:
    """A list of land users in the columns that matching reads, each with its key."""
    found = _read(path, land_user_rows.COLUMNS, land_user_rows.read, _LAND_USERS, lead)
    return engine.with_second(found)


class Session:
    """A DuckDB session with a registry of these residents, to match land users with."""

    def __init__(self, people: pa.Table, *, threads: int = 1) -> None:
        self._duck = duckdb.connect(":memory:")
        self._duck.execute(f"SET threads = {threads}")
        self._duck.execute("SET preserve_insertion_order = false")
        self._duck.execute(f"SET memory_limit = '{registry.MEMORY}'")
        self._duck.execute("ATTACH ':memory:' AS registry")
        self._duck.register("residents", people)
        _fill(self._duck, people)
        self.facts: Facts = registry.facts_of(self._duck)

    def fit(self, people: pa.Table) -> Fit:
        """The weights fitted to these land users, and the bands of the usual target."""
        share = people.num_rows // training.SAMPLE + 1
        sample = people.take(np.arange(people.num_rows)[::share])
        offices = _offices()
        weights, curves = training.train(self._duck, sample, offices, self.facts, load())
        target = load().bands["target"]
        lowest = {office: curve.implied(target).score for office, curve in curves.items()}
        every = lowest[bands.ALL]
        accept = {commune: lowest.get(str(office), every) for commune, office in offices.items()}
        return Fit(weights, {0: every, **accept})

    def match(self, people: pa.Table, fit: Fit) -> pa.Table:
        """The best candidate of every land user that has one, as `links.measure` reads them."""
        found = []
        for first in range(0, people.num_rows, WINDOW):
            some = people.slice(first, WINDOW)
            engine.match(self._duck, some, engine.NOBODY, self.facts, fit.weights, fit.accept)
            self._duck.register("matched", some)
            found.append(self._duck.sql(_BEST).to_arrow_table())
            engine.clear(self._duck)
        return pa.concat_tables(found)


def _read(path: Path, columns: Any, read: Callable[..., Any], query: str, lead: Lead) -> pa.Table:
    table = open_table(examine(path), columns)
    work = partial(read, layout=table.layout, communes=_communes())
    staged = pa.concat_tables([found.rows for found in lead(work, table.batches())])
    with duckdb.connect(":memory:") as opened:
        opened.register("read", staged.append_column("id", staged["row"].cast(pa.int64())))
        return opened.sql(query).to_arrow_table()


def _fill(opened: duckdb.DuckDBPyConnection, people: pa.Table) -> None:
    """What `registry` does with the residents of the database."""
    statements.run(opened, "registry_tables", {})
    opened.register("district", _districts())
    opened.execute("INSERT INTO registry.district FROM district")
    registry.take(opened, people)
    registry.count(opened)


@cache
def _communes() -> dict[str, int]:
    """Code → id of today's communes, as a new database numbers them."""
    return {row["code"]: number for number, row in enumerate(rows("admin_units"), 1)}


def _offices() -> dict[int, int]:
    """Commune → number of its registration office: one for each former province."""
    return {_communes()[row["code"]]: int(row["former_province_code"]) for row in rows("admin_units")}


def _districts() -> pa.Table:
    """Today's communes with a number for the district that most of each was in."""
    most: dict[int, Counter[str]] = {}
    for row in rows("admin_crosswalk"):
        most.setdefault(_communes()[row["new_code"]], Counter())[row["old_district"]] += 1
    chosen = {commune: min(found, key=lambda name: (-found[name], name)) for commune, found in most.items()}
    numbers = {district: number for number, district in enumerate(sorted(set(chosen.values())), 1)}
    return pa.table(
        {
            "commune": pa.array(list(chosen), pa.int16()),
            "number": pa.array([numbers[district] for district in chosen.values()], pa.int16()),
        }
    )
