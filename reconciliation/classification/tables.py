"""The temporary tables in which a judgement is formed: the same for one plot as for a commune.

They belong to the session, are made once, and empty themselves when the transaction ends.
"""

from __future__ import annotations

from django.db import connection

TABLES = {
    "judging_plot": "plot_id bigint, commune_id smallint",
    "judging_gone": "plot_id bigint",
    "judging_holding": "id bigint, plot_id bigint, certificate_id bigint, land_user_id bigint, "
    "is_standing boolean, is_valid boolean, has_serial boolean, is_in_shares boolean",
    "judging_hit": "plot_id bigint, n smallint, subject_id bigint",
    "judging_finding": "id bigint, plot_id bigint, n smallint, subject_id bigint, is_waived boolean, "
    "is_due boolean",
    "judging_verdict": 'plot_id bigint, commune_id smallint, "group" smallint, rules text[], '
    "unjudged text[], correct smallint, sufficient smallint, clean smallint, alive smallint",
    "judging_change": "plot_id bigint, old_commune smallint, old_group smallint, old_rules text[], "
    "new_commune smallint, new_group smallint, new_rules text[]",
}


def prepare() -> None:
    """Have the tables there and empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.judging_change') IS NOT NULL")
        if cursor.fetchone()[0]:
            for name in TABLES:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608  our own names
            return
        for name, columns in TABLES.items():
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DELETE ROWS")
            # An empty table that was never analysed is taken for one of some thousand rows.
            cursor.execute(f"ANALYZE {name}")


def measured(name: str, rows: int) -> None:
    """Let the planner know a table that has grown large; small ones are planned well enough without."""
    if rows > 100:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {name}")
