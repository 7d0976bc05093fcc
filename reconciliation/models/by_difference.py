"""Counters that are kept by difference: rows that statements add, whose sums are what holds."""

from __future__ import annotations

from dataclasses import dataclass

import pgtrigger
from django.db import connection


@dataclass(frozen=True, slots=True)
class ByDifference:
    """The table of some counters: the columns that make a cell, and those that are summed up in it.

    Each statement that changes what is counted adds rows of its own (`triggers`). To change one row for each
    cell in place would let whoever writes wait for the others who do.
    """

    table: str
    cell: str
    sums: tuple[str, ...]

    def gather(self) -> int:
        """Sum up the rows of each cell in one, where there are several; how many rows there are then.

        Whoever counts meanwhile, or adds rows, is not disturbed.
        """
        several = f"SELECT id, count(*) OVER (PARTITION BY {self.cell}) AS rows FROM {self.table}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH gone AS (DELETE FROM {self.table} kept USING ({several}) cell "  # noqa: S608
                f"WHERE kept.id = cell.id AND cell.rows > 1 RETURNING kept.*) {self._added_up('gone')}"
            )
            cursor.execute(f"SELECT count(*) FROM {self.table}")  # noqa: S608
            return int(cursor.fetchone()[0])

    def triggers(self, come: str, gone: str, *, name: str = "count") -> list[pgtrigger.Trigger]:
        """Those of the table that is counted; what comes and what goes are read from `new_values` and
        `old_values`. `name` begins their names: a table may be counted in several ways."""
        old, new = pgtrigger.Referencing(old="old_values"), pgtrigger.Referencing(new="new_values")
        both = pgtrigger.Referencing(old="old_values", new="new_values")
        moved = f"{come} UNION ALL {gone}"
        return [
            statement_trigger(f"{name}_new", pgtrigger.Insert, new, self._add(come)),
            statement_trigger(f"{name}_changed", pgtrigger.Update, both, self._add(moved)),
            statement_trigger(f"{name}_gone", pgtrigger.Delete, old, self._add(gone)),
            statement_trigger(f"{name}_none", pgtrigger.Truncate, None, f"DELETE FROM {self.table};"),  # noqa: S608
        ]

    def _add(self, moved: str) -> str:
        return f"{self._added_up(f'({moved}) moved')};"

    def _added_up(self, rows: str) -> str:
        sums = ", ".join(f"sum({each})" for each in self.sums)
        left = " OR ".join(f"sum({each}) <> 0" for each in self.sums)
        return (
            f"INSERT INTO {self.table} ({self.cell}, {', '.join(self.sums)})"  # noqa: S608  our own names
            f" SELECT {self.cell}, {sums} FROM {rows} GROUP BY {self.cell} HAVING {left}"
        )


def statement_trigger(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing | None, sql: str
) -> pgtrigger.Trigger:
    """One that does something beside each statement of its table, with the rows that the statement wrote."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=f"{sql} RETURN NULL;",
    )
