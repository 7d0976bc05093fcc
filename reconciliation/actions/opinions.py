"""The ministry's own classification of our plots, taken in as an outside opinion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.db import connection
from django.utils import timezone

from landdb import bulk
from landdb.intake.outcome import Outcome, Problem
from landdb.intake.problems import Words, text
from landdb.intake.processes import spread
from landdb.intake.received import Intake, receiving
from landdb.models import AdminUnit, ReceivedFile, RowProblem, User
from landdb.reference import units
from parcels import plot_numbers
from parcels.importers import opinion_problems as wrong
from parcels.importers.form01.problems import SHEET_AMBIGUOUS, SHEET_NOT_FOUND
from parcels.importers.opinion_rows import COLUMNS, GROUP, NUMBER, PER_SHEET, SHEET, STAGED, read
from parcels.importers.opinion_tables import Opened, open_tables

from .. import classification
from ..models import OutsideOpinion

_INCOMING, _PLACED = "incoming_opinions", "placed_opinions"
_TABLE = OutsideOpinion._meta.db_table
#: What an opinion says, apart from whose plot it is.
_SAYS = ("group", "has_book", "is_in_step", "is_attributes_only", "population", "is_always_on")

#: The row of an incoming one as a person finds it: (name of the sheet, number of the row).
Where = Callable[[int], tuple[str, int]]


def import_opinions(
    path: Path | str,
    *,
    name: str | None = None,
    by: User | None = None,
    strict: bool = False,
    simulate: bool = False,
) -> Outcome:
    """Take the table of plan 2959 in; `applied` counts plots of which MPLIS says something new.

    Plots that the file does not name keep their opinion. Our groups do not move. Refused where the file is of
    no use (with `strict`: where any row is turned away), and nothing changed.
    """
    opened = open_tables(path)
    with receiving(
        path,
        COLUMNS,
        ReceivedFile.Kind.OPINIONS,
        name=name,
        by=by,
        simulate=simulate,
        opened=opened.tables[0],
    ) as intake:
        units.ensure_loaded()
        _note_sheets(intake, opened)
        where = partial(_where, opened)
        _stage(intake, opened)
        _lead_over(intake, where)
        _place(intake, where)
        communes = _drop_repeated(intake, where)
        classification.hold(communes)
        placed = sum(communes.values())
        changed = _update(intake.file)
        new = _insert(intake.file, placed)
        touched = sorted(changed | new)
        classification.count_opinions(touched)
        intake.outcome.communes = touched
        intake.outcome.created = {"opinions": new.total()}
        applied = changed.total() + new.total()
        return intake.close(applied=applied, unchanged=placed - applied, strict=strict)


def turned_away(file: ReceivedFile, after: int, limit: int) -> list[tuple[RowProblem, Words]]:
    """The problems of an imported table behind the id `after`, each with its reason and mend."""
    rows = RowProblem.objects.filter(file=file, pk__gt=after).order_by("pk")
    return [(row, text(row.code)) for row in rows[:limit]]


def _note_sheets(intake: Intake, opened: Opened) -> None:
    """Unknown columns of all sheets, and sheets that were not read."""
    unknown = [header for table in opened.tables for header in table.located.unknown]
    listed = [header[:200].replace("\x00", "") for header in dict.fromkeys(unknown)]
    intake.file.unknown_headers = listed[:200]
    intake.note(Problem("warning", 1, wrong.SHEET_OTHER, sheet=sheet) for sheet in opened.other_sheets)


def _where(opened: Opened, row: int) -> tuple[str, int]:
    place, number = divmod(row, PER_SHEET) if len(opened.tables) > 1 else (0, row)
    return opened.name(place), number


def _stage(intake: Intake, opened: Opened) -> None:
    """Bring all readable rows into a temporary table."""
    bulk.temporary(_INCOMING, {column: sql for column, (sql, _arrow) in STAGED.items()})
    communes = dict(AdminUnit.objects.in_force().values_list("code", "pk"))
    for rows, found in spread(partial(read, communes=communes), opened.batches()):
        bulk.copy_in(rows, _INCOMING)
        intake.note(found)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_INCOMING}")


# A line of the reference table for the very plot beats one for its sheet, as in `SheetCrosswalk.look_up`.
_FORMER = f"""
    CREATE TEMP TABLE led_over ON COMMIT DROP AS
    WITH found AS (
        SELECT i.row, x.commune_id, x.sheet, COALESCE(x.plot, i.number) AS number,
            x.old_plot IS NOT NULL AS is_own,
            bool_or(x.old_plot IS NOT NULL) OVER (PARTITION BY i.row) AS has_own
        FROM {_INCOMING} i
        JOIN landdb_adminunit u ON u.code = i.former_code AND u.successor_id IS NOT NULL
        JOIN parcels_sheetcrosswalk x ON x.old_unit_id = u.id AND x.old_sheet = i.sheet
            AND (x.old_plot = i.number OR x.old_plot IS NULL)
        WHERE i.former_code <> ''
    )
    SELECT row, min(commune_id) AS commune_id, min(sheet) AS sheet, min(number) AS number,
        count(DISTINCT (commune_id, sheet, number)) AS answers
    FROM found WHERE is_own = has_own GROUP BY row
"""  # noqa: S608  our own names


def _lead_over(intake: Intake, where: Where) -> None:
    """Rows under a former commune's code get today's sheet and number, where one answer is certain."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.led_over")
        cursor.execute(_FORMER)
        cursor.execute(
            f"""
            DELETE FROM {_INCOMING} i
            USING (SELECT i.row, l.answers FROM {_INCOMING} i LEFT JOIN led_over l ON l.row = i.row
                   WHERE i.former_code <> '' AND l.answers IS DISTINCT FROM 1) f
            WHERE i.row = f.row RETURNING i.row, i.sheet, f.answers
            """  # noqa: S608
        )
        for row, sheet, answers in cursor.fetchall():
            code = SHEET_AMBIGUOUS if answers else SHEET_NOT_FOUND
            intake.note([_rejected(where, row, code, SHEET, str(sheet))])
        cursor.execute(
            f"""
            UPDATE {_INCOMING} i SET commune_id = l.commune_id, sheet = l.sheet, number = l.number
            FROM led_over l WHERE l.row = i.row
            """  # noqa: S608
        )


def _place(intake: Intake, where: Where) -> None:
    """Find the plot of each row; rows that mean none or several are turned away."""
    says = ", ".join(f'i."{column}"' for column in _SAYS)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{_PLACED}")
        cursor.execute(
            f"""
            CREATE TEMP TABLE {_PLACED} ON COMMIT DROP AS
            SELECT i.row, i.commune_id, i.sheet, i.number, {says}, p.plot_id, p.plots
            FROM {_INCOMING} i
            LEFT JOIN (
                SELECT commune_id, sheet, number, min(id) AS plot_id, count(*) AS plots FROM parcels_plot
                WHERE state = 'live' AND commune_id = ANY(ARRAY(SELECT DISTINCT commune_id FROM {_INCOMING}))
                GROUP BY 1, 2, 3
            ) p ON p.commune_id = i.commune_id AND p.sheet = i.sheet AND p.number = i.number
            """  # noqa: S608
        )
        cursor.execute(f"ANALYZE {_PLACED}")
        cursor.execute(
            f"DELETE FROM {_PLACED} WHERE plots IS DISTINCT FROM 1 RETURNING row, sheet, number, plots"  # noqa: S608
        )
        for row, sheet, number, plots in cursor.fetchall():
            code = wrong.PLOT_SEVERAL if plots else wrong.PLOT_UNKNOWN
            told = plot_numbers.long(sheet, number)
            intake.note([_rejected(where, row, code, NUMBER, f"{told} (×{plots})" if plots else told)])


def _drop_repeated(intake: Intake, where: Where) -> Counter[int]:
    """Of rows that agree on a plot the first stays, of others none. The rows left, by commune."""
    says = ", ".join(f'"{column}"' for column in _SAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            DELETE FROM {_PLACED} p USING (
                SELECT plot_id, min(row) AS first, count(DISTINCT ({says})) AS answers FROM {_PLACED}
                WHERE plot_id IN (SELECT plot_id FROM {_PLACED} GROUP BY 1 HAVING count(*) > 1)
                GROUP BY 1
            ) d
            WHERE p.plot_id = d.plot_id AND (d.answers > 1 OR p.row > d.first)
            RETURNING p.row, p."group", d.answers
            """  # noqa: S608
        )
        for row, group, answers in cursor.fetchall():
            if answers > 1:
                said = str(OutsideOpinion.Says(group).label)
                intake.note([_rejected(where, row, wrong.ROWS_CONTRADICT, GROUP, said)])
            else:
                sheet, number = where(row)
                intake.note([Problem("ignored", number, wrong.ROW_REPEATED, sheet=sheet)])
        cursor.execute(f"SELECT commune_id, count(*) FROM {_PLACED} GROUP BY 1")  # noqa: S608
        return Counter(dict(cursor.fetchall()))


def _update(file: ReceivedFile) -> Counter[int]:
    """Opinions that say something else now; how many, by commune."""
    columns = ("commune_id", *_SAYS)
    sets = ", ".join(f'"{column}" = p."{column}"' for column in columns)
    old, new = (", ".join(f'{table}."{column}"' for column in columns) for table in ("o", "p"))
    return _counted(
        f"""
        UPDATE {_TABLE} o SET {sets}, file_id = %s, since = %s FROM {_PLACED} p
        WHERE o.plot_id = p.plot_id AND ({old}) IS DISTINCT FROM ({new}) RETURNING o.commune_id
        """,  # noqa: S608
        file,
    )


def _insert(file: ReceivedFile, placed: int) -> Counter[int]:
    """Opinions on plots that had none; how many, by commune."""
    columns = ", ".join(f'"{column}"' for column in ("plot_id", "commune_id", *_SAYS))
    with bulk.bare_if_larger(_TABLE, placed):
        return _counted(
            f"""
            INSERT INTO {_TABLE} ({columns}, file_id, since) SELECT {columns}, %s, %s FROM {_PLACED} p
            WHERE NOT EXISTS (SELECT FROM {_TABLE} o WHERE o.plot_id = p.plot_id) ORDER BY plot_id
            RETURNING commune_id
            """,  # noqa: S608
            file,
        )


def _counted(sql: str, file: ReceivedFile) -> Counter[int]:
    """Rows written by a statement that returns their communes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH written AS ({sql}) SELECT commune_id, count(*) FROM written GROUP BY 1",  # noqa: S608
            [file.pk, timezone.now()],
        )
        return Counter(dict(cursor.fetchall()))


def _rejected(where: Where, row: int, code: str, column: str, value: str) -> Problem:
    sheet, number = where(row)
    return Problem("rejected", number, code, column, value, sheet)
