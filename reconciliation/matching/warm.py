"""A session kept open for one land user at a time: read once, and only its tables change.

DuckDB thinks longer about these statements than it takes to carry them out for a few rows, and thinks
anew each time, but half as long about one that was prepared. So every table is made once, empty, and each
statement that would make it is prepared as one that fills it. A land user's rows are put in inside a
transaction that is taken back afterwards. What is told to a statement stands in it as a constant: a question
to a table would cost a join.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping

import duckdb
import pyarrow as pa

from . import engine, frequencies, statements
from .engine import Facts
from .weights import Weights

_local = threading.local()

#: Statements in the order in which they follow each other: before the frequencies are looked up, and after.
_BEFORE = ("residents", "lookup", "names")
_AFTER = ("found", *engine.ROOMS, "differences")
_MAKES = re.compile(r"CREATE TEMP TABLE (\w+) AS\s")
_NAMED = re.compile(r"\$(\w+)")

#: Looks up the wanted frequencies (kind, key).
LookUp = Callable[[pa.Table], pa.Table]


def session(weights: Weights, facts: Facts) -> Warm:
    """This thread's session for these weights and facts, made where there is none yet."""
    kept: Warm | None = getattr(_local, "kept", None)
    if kept is None or (kept.weights.text, kept.facts) != (weights.text, facts):
        kept = _local.kept = Warm(weights, facts)
    return kept


class Warm:
    """A session that is filled, run and read again and again; each time as if nobody had been before."""

    def __init__(self, weights: Weights, facts: Facts) -> None:
        self.weights, self.facts = weights, facts
        self._values = {**engine.told(facts, weights), "now": "now"}
        self._opened = duckdb.connect(":memory:")
        self._opened.execute("SET threads = 1")
        self._opened.execute("ATTACH ':memory:' AS registry")
        statements.run(self._opened, "registry_tables", {})
        self.seal = int(self._opened.execute(frequencies.SEAL).fetchall()[0][0])
        self._steps: dict[str, list[str]] = {}

    def run(
        self,
        inputs: Mapping[str, pa.Table],
        look_up: LookUp,
        wanted: tuple[str, ...],
    ) -> list[pa.Table]:
        """Fill the input tables, look up the frequencies they ask for, run everything, read the `wanted`."""
        if not self._steps:
            self._prepare(inputs)
        self._opened.begin()
        try:
            for name, rows in inputs.items():
                self._fill(name, rows)
            self._do(_BEFORE)
            self._fill("known", look_up(self._opened.sql("FROM wanted").to_arrow_table()))
            self._do(_AFTER)
            return [self._opened.sql(f"FROM {name}").to_arrow_table() for name in wanted]
        finally:
            self._opened.rollback()

    def _do(self, rooms: tuple[str, ...]) -> None:
        for room in rooms:
            for step in self._steps[room]:
                self._opened.execute(step)

    def _fill(self, name: str, rows: pa.Table) -> None:
        filling = rows  # noqa: F841  read by its name: to register it would cost more than to read it
        self._opened.execute(f"INSERT INTO {name} BY NAME FROM filling")

    def _prepare(self, inputs: Mapping[str, pa.Table]) -> None:
        """Make every table, empty, and prepare what fills it."""
        empty = {**inputs, "known": frequencies.NONE}
        for name, rows in empty.items():
            if not name.startswith("registry."):
                filling = rows.slice(0, 0)  # noqa: F841  read by its name
                self._opened.execute(f"CREATE TEMP TABLE {name} AS FROM filling")
        steps: dict[str, list[str]] = {}
        number = 0
        for room in (*_BEFORE, *_AFTER):
            for sql in statements.split(room, self.weights):
                if sql.lstrip().startswith("DROP"):
                    continue  # the transaction that is taken back empties all
                told = _NAMED.sub(lambda named: _literal(self._values[named[1]]), sql)
                self._opened.execute(told)
                told = _MAKES.sub(r"INSERT INTO \1 ", told, count=1)
                self._opened.execute(f"PREPARE step_{number} AS {told}")
                steps.setdefault(room, []).append(f"EXECUTE step_{number}")
                number += 1
        self._steps = steps


def _literal(value: object) -> str:
    """A value as SQL writes it."""
    if isinstance(value, list) and all(isinstance(each, int) for each in value):
        return f"CAST('{value}' AS INTEGER[])"  # one constant to plan, not hundreds
    if isinstance(value, list):
        return "[" + ", ".join(_literal(each) for each in value) + "]"
    if isinstance(value, float):
        return f"{value!r}::DOUBLE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"{value!r} cannot be told to a statement")
