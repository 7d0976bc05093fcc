"""A session kept open for one land user at a time: planned once, and only its tables change.

DuckDB thinks longer about the plan of these statements than it takes to carry them out for a few rows. So
every table is made once, empty, and each statement that would make it is prepared as one that fills it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import date

import duckdb
import pyarrow as pa

from . import engine, statements
from .engine import Facts
from .weights import Weights

_local = threading.local()

#: Statements in the order in which they follow each other for a few land users.
_REGISTRY = ("residents", "names")
_ROOMS = (*engine.ROOMS, "differences")
_MAKES = re.compile(r"CREATE TEMP TABLE (\w+) AS\s")
_NAMED = re.compile(r"\$(\w+)")
#: Tables of the registry that a caller fills.
REGISTRY_TABLES = ("district", "year_count", "cohort", "frequency", "partner")


def session(weights: Weights) -> Warm:
    """This thread's session for these weights, made where there is none yet."""
    kept: Warm | None = getattr(_local, "kept", None)
    if kept is None or kept.weights.text != weights.text:
        kept = _local.kept = Warm(weights)
    return kept


class Warm:
    """A session whose input tables are filled, whose statements are run, and whose result is read, again and
    again."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._values = {**engine.told(Facts(1, 1), weights), "now": "now"}
        self._opened = duckdb.connect(":memory:")
        self._opened.execute("SET threads = 1")
        self._opened.execute("ATTACH ':memory:' AS registry")
        statements.run(self._opened, "registry_tables", {})
        self._inputs: set[str] = set()
        self._steps: list[str] = []
        self._made: list[str] = ["registry.resident", "registry.name"]

    def run(self, facts: Facts, inputs: Mapping[str, pa.Table], wanted: tuple[str, ...]) -> list[pa.Table]:
        """Fill the input tables (those of the registry by their own names), run all, read the `wanted`."""
        # Whatever goes wrong half-way, the next land user must not meet this one's rows.
        _local.kept = None
        self._fill("fact", pa.table({name: [number] for name, number in facts._asdict().items()}))
        for name, rows in inputs.items():
            self._fill(name, rows)
        if self._steps:
            for step in self._steps:
                self._opened.execute(step)
        else:
            self._prepare()
        tables = [self._opened.sql(f"FROM {name}").to_arrow_table() for name in wanted]
        for name in [*self._inputs, *self._made]:
            self._opened.execute(f"DELETE FROM {name}")  # noqa: S608
        _local.kept = self
        return tables

    def _fill(self, name: str, rows: pa.Table) -> None:
        table = f"registry.{name}" if name in REGISTRY_TABLES else name
        self._opened.register("filling", rows)
        if table in self._inputs or name in REGISTRY_TABLES:
            self._opened.execute(f"INSERT INTO {table} BY NAME FROM filling")
        else:
            self._opened.execute(f"CREATE TEMP TABLE {table} AS FROM filling")
        self._inputs.add(table)
        self._opened.unregister("filling")

    def _prepare(self) -> None:
        """Run everything for the first time, and prepare it for the next."""
        steps: list[str] = []
        for room in (*_REGISTRY, *_ROOMS):
            for sql in statements.split(room, self.weights):
                told = _NAMED.sub(self._told, sql)
                made = _MAKES.search(told)
                if "DROP TABLE" in told:
                    continue
                self._opened.execute(told)
                if made:
                    self._made.append(made[1])
                    told = _MAKES.sub(r"INSERT INTO \1 ", told, count=1)
                self._opened.execute(f"PREPARE step_{len(steps)} AS {told}")
                steps.append(f"EXECUTE step_{len(steps)}")
        self._steps = steps

    def _told(self, named: re.Match[str]) -> str:
        """What stands for a named value: facts change with the registry, everything else with the weights."""
        if named[1] in Facts._fields:
            return f"(SELECT {named[1]} FROM fact)"  # noqa: S608
        return _literal(self._values[named[1]])


def _literal(value: object) -> str:
    """A value as SQL writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(_literal(each) for each in value) + "]"
    if isinstance(value, float):
        return f"{value!r}::DOUBLE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (str, date)):
        return "'" + str(value).replace("'", "''") + "'"
    raise TypeError(f"{value!r} cannot be told to a statement")
