"""The temporary tables in which a judgement is formed: the same for one plot as for a commune.

They belong to the session, are made once, and empty themselves when the transaction ends.
"""

from __future__ import annotations

from django.db import connection

from ..rules import scope

_TABLES = {
    **{name: columns for name, (_query, columns) in scope.TABLES.items()},
    "judging_gone": "plot_id bigint",
    "judging_hit": "plot_id bigint, n smallint, subject_id bigint",
    "judging_finding": "id bigint, plot_id bigint, n smallint, subject_id bigint, is_waived boolean, "
    "is_due boolean",
    "judging_difference": "plot_id bigint, n smallint, subject_id bigint, finding_id bigint",
    "judging_verdict": 'plot_id bigint, commune_id smallint, "group" smallint, rules text[], '
    "unjudged text[], correct smallint, sufficient smallint, clean smallint, alive smallint",
    "judging_change": "plot_id bigint, old_commune smallint, old_group smallint, old_rules text[], "
    "new_commune smallint, new_group smallint, new_rules text[], was_confirmed boolean, was_alone boolean, "
    "is_alone boolean, old_dimensions text[], new_dimensions text[]",
}


def prepare() -> None:
    """Have the tables there and empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.judging_change') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in _TABLES))  # noqa: S608  our own names
            return
        for name, columns in _TABLES.items():
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DELETE ROWS")
            # An empty table that was never analysed is taken for one of some thousand rows.
            cursor.execute(f"ANALYZE {name}")


#: Columns that statements join and count by; the planner need not know the others.
_KEYS = {
    "judging_plot": "plot_id, commune_id, sheet, number, code",
    "judging_holding": "plot_id, id, certificate_id, land_user_id, is_standing, is_valid",
    "judging_use": "plot_id, purpose",
    "judging_difference": "plot_id, n, finding_id",
    "judging_verdict": "plot_id",
    "judging_change": "plot_id",
}


def measured(name: str, rows: int) -> None:
    """Let the planner know a table that has grown large; small ones are planned well enough without."""
    if rows > 100:
        columns = f"({_KEYS[name]})" if name in _KEYS else ""
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {name} {columns}")
