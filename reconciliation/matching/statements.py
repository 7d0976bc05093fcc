"""The SQL of the three rooms, read from `sql/` once, with ladders and weights written into it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import duckdb

from . import coincidences
from .ladders import LADDERS, LETTERS, NAME, NEAR_YEAR, SAME_FOLD
from .weights import Weights, load

FOLDER = Path(__file__).parent / "sql"
_COMMENT = re.compile(r"--[^\n]*")


def text(name: str, weights: Weights | None = None) -> str:
    """The statements of one file, complete."""
    weights = weights or load()
    fields = [ladder.field for ladder in LADDERS]
    blanks = {
        "/* name code */": _flat(NAME.code_sql),
        "/* codes */": ",\n       ".join(
            f"{_flat(ladder.code_sql)} AS c_{ladder.field}" for ladder in LADDERS if ladder is not NAME
        ),
        "/* fields */": ", ".join(f"c_{field}" for field in fields),
        "/* weights */": ",\n       ".join(
            f"{weights.sql(ladder.field)} AS w_{ladder.field}" for ladder in LADDERS if ladder is not NAME
        ),
        "/* near year */": NEAR_YEAR,
        "/* letters */": _flat(LETTERS),
        "/* name weight */": weights.sql("name"),
        "/* same name */": weights.step_sql("name", "same_key").replace("l_", "l."),
        "/* same fold */": "('" + "', '".join(NAME.codes(*SAME_FOLD)) + "')",
        "/* pattern */": coincidences.PATTERN,
        "/* total */": " + ".join(f"w_{field}" for field in [*fields, "coincidence"]),
        "/* levels */": " || ".join(f"k.c_{field}" for field in fields),
        "/* stored weights */": ", ".join(f"k.w_{field}" for field in [*fields, "coincidence"]),
    }
    sql = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for blank, filling in blanks.items():
        sql = sql.replace(blank, filling)
    return sql


def _flat(condition: str) -> str:
    """A ladder's SQL over the columns of a pair: `l.name` stands there as `l_name`."""
    return re.sub(r"\b([lrx])\.(\w+)", r"\1_\2", condition)


def split(name: str, weights: Weights) -> list[str]:
    """The texts of a file's statements, without comments and full stops."""
    texts = (_COMMENT.sub("", statement.query) for statement in _statements(name, weights.text))
    return [each.strip().removesuffix(";") for each in texts]


def tables(*names: str) -> list[str]:
    """The temporary tables that some files make, in order."""
    return [table for name in names for table in re.findall(r"CREATE TEMP TABLE (\w+)", text(name))]


@lru_cache(maxsize=64)
def _statements(name: str, weights: str) -> tuple[duckdb.Statement, ...]:
    """The statements of a file, parsed once for each fit of the weights."""
    return tuple(duckdb.extract_statements(text(name, Weights.parse(weights))))


def run(
    session: duckdb.DuckDBPyConnection,
    name: str,
    values: dict[str, object],
    weights: Weights | None = None,
) -> None:
    """Execute every statement of a file; each takes the values that it names."""
    for statement in _statements(name, (weights or load()).text):
        session.execute(statement, {key: values[key] for key in statement.named_parameters})
