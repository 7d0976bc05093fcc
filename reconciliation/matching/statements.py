"""The SQL of the three rooms, read from `sql/` once, with ladders and weights written into it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb

from .comparisons import LADDERS
from .weights import load

FOLDER = Path(__file__).parent / "sql"


@cache
def text(name: str) -> str:
    """The statements of one file, complete."""
    weights = load()
    fields = [ladder.field for ladder in LADDERS]
    blanks = {
        "/* levels */": ",\n       ".join(f"{ladder.level_sql} AS {ladder.field}" for ladder in LADDERS),
        "/* weights */": ",\n       ".join(f"{weights.sql(field)} AS w_{field}" for field in fields),
        "/* total */": " + ".join(f"w_{field}" for field in fields),
        "/* evidence */": ", ".join(
            f"'{field}', json_object('level', k.{field}, 'weight', round(k.w_{field}, 2))" for field in fields
        ),
    }
    sql = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for blank, filling in blanks.items():
        sql = sql.replace(blank, filling)
    return sql


@cache
def _statements(name: str) -> tuple[duckdb.Statement, ...]:
    """The statements of a file, parsed once."""
    return tuple(duckdb.extract_statements(text(name)))


def run(session: duckdb.DuckDBPyConnection, name: str, values: dict[str, object]) -> None:
    """Execute every statement of a file; each takes the values that it names."""
    for statement in _statements(name):
        session.execute(statement, {key: values[key] for key in statement.named_parameters})
