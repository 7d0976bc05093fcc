"""Statements that fill one table after the other, told as one query: each table is a step of its WITH."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_FILLS = re.compile(r"(?:CREATE TEMP (?:TABLE|VIEW) (?P<new>\w+) AS|INSERT INTO (?P<known>[\w.]+))\s+")
_OF_REGISTRY = re.compile(r"\bregistry\.(\w+)")

#: Tells a table's columns and their types, in order.
Describe = Callable[[str], Iterable[tuple[str, str]]]


class Chain:
    """Tables in the order in which they are filled; none is read before it is complete."""

    def __init__(self, describe: Describe) -> None:
        self._describe = describe
        self._steps: dict[str, str] = {}
        #: The step that a table ends with, where it is filled more than once.
        self._last: dict[str, str] = {}

    def begin(self, table: str, query: str) -> None:
        """A table that comes from outside."""
        self._steps[_plain(table)] = query

    def follow(self, statement: str) -> None:
        """A statement that makes a table or puts rows into one; a DROP says nothing here.

        A table that was made beforehand keeps its columns and their types. ValueError at any other statement.
        """
        if statement.startswith("DROP TABLE"):
            return
        fills = _FILLS.match(statement)
        if fills is None:
            raise ValueError(f"neither makes a table nor fills one: {statement[:60]}")
        query = self._as_of_now(statement[fills.end() :])
        table = _plain(fills["new"] or fills["known"])
        if table in self._steps:
            step = f"{table}_{len(self._steps)}"
            self._steps[step] = f"FROM {self._last.get(table, table)} UNION ALL ({query})"
            self._last[table] = step
        elif fills["new"]:
            self._steps[table] = query
        else:
            columns = list(self._describe(fills["known"]))
            names = ", ".join(name for name, _kind in columns)
            typed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns)
            self._steps[table] = f"SELECT {typed} FROM ({query}) filling ({names})"  # noqa: S608

    def query(self, wanted: Iterable[str]) -> str:
        """One row: a list of the rows of each of the wanted tables."""
        steps = ",\n".join(f"{name} AS MATERIALIZED (\n{query}\n)" for name, query in self._steps.items())
        lists = ",\n".join(f"coalesce((SELECT list(t) FROM {table} t), []) AS {table}" for table in wanted)  # noqa: S608
        return f"WITH {steps}\nSELECT {lists}"

    def _as_of_now(self, query: str) -> str:
        """A query that reads the steps by which its tables are complete."""
        query = _OF_REGISTRY.sub(lambda found: _plain(found[0]), query)
        for table, step in self._last.items():
            query = re.sub(rf"\b(FROM|JOIN) {table}\b", rf"\1 {step}", query)
        return query


def _plain(table: str) -> str:
    return table.replace(".", "_")
