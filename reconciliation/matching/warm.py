"""A session kept open for one land user at a time: all statements as one that is planned once.

For a few rows DuckDB thinks longer about these statements than it takes to carry them out, and since version
2 it keeps a plan only where a statement reads no table, takes no parameter and asks for no date. So what is
told to the statements stands in them as constants, tables follow each other in one WITH, and functions bring
the rows.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from . import engine, frequencies, statements
from .chain import Chain
from .engine import Facts
from .weights import Weights

#: Sessions of one process at a time: a third would only take the processor from the first two.
MOST = 2
#: Up to so many land users, comparing each row with each costs less than the start of the joins.
FEW = 8
_room = threading.BoundedSemaphore(MOST)
#: Those that nobody uses, by whether they are for a few.
_idle: dict[bool, deque[Warm]] = {True: deque(), False: deque()}

#: Statements in the order in which they follow each other: before the frequencies are looked up, and after.
BEFORE = ("residents", "lookup", "names")
AFTER = (
    "found",
    *("sharing_of_few" if room == "sharing" else room for room in engine.COMPARING),
    *engine.DECIDING,
    "differences",
)
_NAMED = re.compile(r"\$(\w+)")
_JOINED_ON = re.compile(r"\bON .+")
#: What DuckDB makes a hash join of: two columns that are equal, not one and something reckoned from another.
_EQUAL = re.compile(r"\b([a-z]\w*\.\w+) = ([a-z]\w*\.\w+)\b(?! *[/+%*-])")

#: Looks up the wanted frequencies (kind, key).
LookUp = Callable[[pa.Table], pa.Table]


@contextmanager
def session(weights: Weights, facts: Facts, *, is_few: bool) -> Iterator[Warm]:
    """A session for these weights and facts, this thread's alone while the block lasts, then anybody's.

    To plan the statements takes far longer than to carry them out, so threads share what is planned, and
    whoever finds all in use waits. `is_few`: for at most FEW land users at once.
    """
    told = engine.told(facts, weights)
    with _room:
        kept = _idle_one(weights.text, told, _idle[is_few]) or Warm(weights, told, is_few=is_few)
        try:
            yield kept
        except BaseException:
            kept.close()
            raise
        _idle[is_few].append(kept)


def _idle_one(text: str, told: Mapping[str, object], idle: deque[Warm]) -> Warm | None:
    """One that nobody uses; those for other weights or facts have had their day."""
    while True:
        try:
            kept = idle.pop()
        except IndexError:
            return None
        if (kept.weights.text, kept.told) == (text, told):
            return kept
        kept.close()


class Warm:
    """A session that is asked again and again; each time as if nobody had been before."""

    def __init__(self, weights: Weights, told: Mapping[str, object], *, is_few: bool) -> None:
        self.weights, self.told, self.is_few = weights, told, is_few
        self._opened = duckdb.connect(":memory:")
        # With this object, or with the process at the latest: DuckDB would complain of its functions there.
        self.close = weakref.finalize(self, self._opened.close)
        self._opened.execute("SET threads = 1")
        if is_few:
            # Of joins that are not by a hash, only those that compare each row with each.
            self._opened.execute(f"SET nested_loop_join_threshold = {2**62}")
        self._opened.execute("ATTACH ':memory:' AS registry")
        statements.run(self._opened, "registry_tables", {})
        self.seal = int(self._opened.execute(frequencies.SEAL).fetchall()[0][0])
        #: The rows that the statements read, by table.
        self._rows: dict[str, pa.Table] = {}
        self._is_prepared = False

    def run(
        self,
        inputs: Mapping[str, pa.Table],
        look_up: LookUp,
        wanted: Sequence[str],
    ) -> list[pa.Table]:
        """The `wanted` tables that follow from the input tables and the frequencies that these ask for.

        Tables and columns must be those of the first call.
        """
        self._rows |= inputs
        if not self._is_prepared:
            self._prepare(inputs, wanted)
        (asked,) = self._ask("before", ["wanted"])
        self._rows["known"] = look_up(asked)
        return self._ask("after", wanted)

    def _ask(self, statement: str, wanted: Sequence[str]) -> list[pa.Table]:
        answer = self._opened.sql(f"EXECUTE {statement}").to_arrow_table()
        return [pa.Table.from_struct_array(answer.column(name).combine_chunks().flatten()) for name in wanted]

    def _prepare(self, inputs: Mapping[str, pa.Table], wanted: Sequence[str]) -> None:
        chain = Chain(self._columns)
        for table, rows in {**inputs, "known": frequencies.NONE}.items():
            chain.begin(table, f"SELECT unnest({self._function(table, rows)}(''), max_depth := 2)")
        for statement, rooms, asked in (("before", BEFORE, ["wanted"]), ("after", AFTER, wanted)):
            for room in rooms:
                for sql in statements.split(room, self.weights):
                    joined = _each_with_each(sql) if self.is_few else sql
                    chain.follow(_NAMED.sub(lambda named: _literal(self.told[named[1]]), joined))
            self._opened.execute(f"PREPARE {statement} AS {chain.query(asked)}")
        self._is_prepared = True

    def _function(self, table: str, rows: pa.Table) -> str:
        """Make a function that brings the rows of an input table as one list; its name."""
        name = "rows_of_" + table.replace(".", "_")
        filling = rows.slice(0, 0)  # noqa: F841  read by its name
        self._opened.execute(f"CREATE TEMP TABLE filling_{name} AS FROM filling")
        columns = ", ".join(f'"{column}" {kind}' for column, kind in self._columns(f"filling_{name}"))
        rows_of = self._rows

        def bring(_nothing: pa.Array) -> pa.Array:
            found = rows_of[table].to_struct_array()
            listed = pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], type=found.type)
            return pa.ListArray.from_arrays(pa.array([0, len(listed)], pa.int32()), listed)

        self._opened.create_function(
            name, bring, ["VARCHAR"], f"STRUCT({columns})[]", type="arrow", side_effects=True
        )
        return name

    def _columns(self, table: str) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in self._opened.execute(f"DESCRIBE {table}").fetchall()]


def _each_with_each(sql: str) -> str:
    """The same joins by nested loops: a hash join takes most of a millisecond to start, whatever it joins,
    and DuckDB uses one wherever it is told that two columns are equal.
    """
    return _JOINED_ON.sub(lambda on: _EQUAL.sub(r"(\1 <= \2 AND \1 >= \2)", on[0]), sql)


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
