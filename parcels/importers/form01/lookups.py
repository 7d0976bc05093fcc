"""What of a file's records the register has already: one set-based question per kind of key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pyarrow as pa
from django.db import connection, models

from landdb import bulk

_TYPES = {"text": pa.string(), "integer": pa.int64(), "bigint": pa.int64()}
#: Ids per question where records are fetched.
_AT_ONCE = 10_000


class Held(NamedTuple):
    """A holding found by its Guid, with what it ties together."""

    holding: int
    plot: int
    certificate: int | None
    serial: str
    land_user: int | None
    name_fold: str
    id_number: str
    birth_year: int | None


class Namesake(NamedTuple):
    """A land user of the same name on the same certificate."""

    land_user: int
    birth_year: int | None


@contextmanager
def _staged(columns: Mapping[str, str], rows: Collection[Sequence[Any]]) -> Iterator[None]:
    """The keys as a temporary table `asked`; gone afterwards, also inside a longer transaction."""
    bulk.temporary("asked", dict(columns))
    arrays = [
        pa.array([row[place] for row in rows], type=_TYPES[kind])
        for place, kind in enumerate(columns.values())
    ]
    bulk.copy_in(pa.table(dict(zip(columns, arrays, strict=True))), "asked")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE asked")
        yield
        cursor.execute("DROP TABLE asked")


def _ask(sql: str, columns: Mapping[str, str], keys: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The answers to `sql`, which joins `asked`."""
    rows = list(dict.fromkeys(tuple(key) for key in keys))
    if not rows:
        return []
    with _staged(columns, rows), connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def by_guid(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Held]:
    """(commune, Guid) → the holding there."""
    found = _ask(
        """
        SELECT DISTINCT ON (asked.commune, asked.guid) asked.commune, asked.guid, h.id, h.plot_id,
               h.certificate_id, coalesce(c.serial, ''), h.land_user_id, coalesce(u.name_fold, ''),
               coalesce(u.id_number, ''), u.birth_year
        FROM asked
        JOIN parcels_holding h ON h.guid = asked.guid AND h.guid <> '' AND h.commune_id = asked.commune
        LEFT JOIN parcels_certificate c ON c.id = h.certificate_id
        LEFT JOIN parcels_landuser u ON u.id = h.land_user_id
        ORDER BY asked.commune, asked.guid, h.id
        """,
        {"commune": "integer", "guid": "text"},
        keys,
    )
    return {(row[0], row[1]): Held(*row[2:]) for row in found}


def by_id(holdings: Iterable[int]) -> dict[int, Held]:
    """Holding → what it ties together."""
    found = _ask(
        """
        SELECT h.id, h.plot_id, h.certificate_id, coalesce(c.serial, ''), h.land_user_id,
               coalesce(u.name_fold, ''), coalesce(u.id_number, ''), u.birth_year
        FROM asked
        JOIN parcels_holding h ON h.id = asked.id
        LEFT JOIN parcels_certificate c ON c.id = h.certificate_id
        LEFT JOIN parcels_landuser u ON u.id = h.land_user_id
        """,
        {"id": "bigint"},
        ((pk,) for pk in holdings),
    )
    return {row[0]: Held(*row) for row in found}


def holders(plots: Iterable[int]) -> dict[int, list[Held]]:
    """Plot → the holdings there that name a land user, oldest first."""
    found = _ask(
        """
        SELECT h.id, h.plot_id, h.certificate_id, coalesce(c.serial, ''), u.id, u.name_fold, u.id_number,
               u.birth_year
        FROM asked
        JOIN parcels_holding h ON h.plot_id = asked.id
        JOIN parcels_landuser u ON u.id = h.land_user_id AND u.merged_into_id IS NULL
        LEFT JOIN parcels_certificate c ON c.id = h.certificate_id
        ORDER BY h.id
        """,
        {"id": "bigint"},
        ((pk,) for pk in plots),
    )
    there: dict[int, list[Held]] = defaultdict(list)
    for row in found:
        there[row[1]].append(Held(*row))
    return there


def certificates(serials: Iterable[str]) -> dict[str, int]:
    """Normalised serial → certificate."""
    return _first(
        """
        SELECT asked.serial, min(c.id) FROM asked
        JOIN parcels_certificate c ON c.serial = asked.serial AND c.serial <> '' GROUP BY 1
        """,
        {"serial": "text"},
        ((serial,) for serial in serials),
    )


def by_source_key(model: type[models.Model], keys: Iterable[str]) -> dict[str, int]:
    """The key under which an earlier import of the same words keeps a record → the record."""
    return _first(
        f"""
        SELECT asked.key, min(r.id) FROM asked
        JOIN "{model._meta.db_table}" r ON r.source_key = asked.key AND r.source_key <> '' GROUP BY 1
        """,  # noqa: S608 - a table of ours
        {"key": "text"},
        ((key,) for key in keys),
    )


def plots(keys: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int, int], int]:
    """(commune, sheet, number) of today's map → plot, a live one where there is one."""
    found = _ask(
        """
        SELECT DISTINCT ON (asked.commune, asked.sheet, asked.number)
               asked.commune, asked.sheet, asked.number, p.id
        FROM asked
        JOIN parcels_plot p
          ON p.commune_id = asked.commune AND p.sheet = asked.sheet AND p.number = asked.number
        ORDER BY asked.commune, asked.sheet, asked.number, p.state <> 'live', p.id
        """,
        {"commune": "integer", "sheet": "integer", "number": "integer"},
        keys,
    )
    return {(row[0], row[1], row[2]): row[3] for row in found}


def printed_plots(
    keys: Iterable[tuple[int, int, str, str]],
) -> dict[tuple[int, int, str, str], tuple[int, bool]]:
    """(commune, certificate, printed sheet, printed number) → plot, and whether today's map knows it."""
    found = _ask(
        """
        SELECT DISTINCT ON (asked.commune, asked.certificate, asked.sheet, asked.number)
               asked.commune, asked.certificate, asked.sheet, asked.number, p.id, p.sheet IS NOT NULL
        FROM asked
        JOIN parcels_holding h ON h.certificate_id = asked.certificate AND h.commune_id = asked.commune
         AND h.certificate_sheet = asked.sheet AND h.certificate_plot = asked.number
        JOIN parcels_plot p ON p.id = h.plot_id
        ORDER BY asked.commune, asked.certificate, asked.sheet, asked.number, p.sheet IS NULL, p.id
        """,
        {"commune": "integer", "certificate": "bigint", "sheet": "text", "number": "text"},
        keys,
    )
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in found}


def numbered(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(identity number, folded name) → land user."""
    found = _ask(
        """
        SELECT asked.number, asked.name, min(u.id) FROM asked
        JOIN parcels_landuser u
          ON u.id_number = asked.number AND u.id_number <> '' AND u.name_fold = asked.name
        GROUP BY 1, 2
        """,
        {"number": "text", "name": "text"},
        keys,
    )
    return {(row[0], row[1]): row[2] for row in found}


def standing(land_users: Iterable[int]) -> dict[int, int]:
    """Land users that were merged into another → the one that stands for them."""
    return _first(
        """
        SELECT asked.id, u.merged_into_id FROM asked
        JOIN parcels_landuser u ON u.id = asked.id AND u.merged_into_id IS NOT NULL
        """,
        {"id": "bigint"},
        ((pk,) for pk in land_users),
    )


def namesakes(keys: Iterable[tuple[int, int, str]]) -> dict[tuple[int, int, str], list[Namesake]]:
    """(commune, certificate, folded name) → land users of that name there, oldest record first."""
    found = _ask(
        """
        SELECT DISTINCT asked.commune, asked.certificate, asked.name, u.id, u.birth_year
        FROM asked
        JOIN parcels_holding h ON h.certificate_id = asked.certificate AND h.commune_id = asked.commune
        JOIN parcels_landuser u ON u.id = h.land_user_id AND u.name_fold = asked.name
        ORDER BY u.id
        """,
        {"commune": "integer", "certificate": "bigint", "name": "text"},
        keys,
    )
    there: dict[tuple[int, int, str], list[Namesake]] = defaultdict(list)
    for row in found:
        there[row[0], row[1], row[2]].append(Namesake(row[3], row[4]))
    return there


def holdings(
    keys: Iterable[tuple[int, int | None, int | None]],
) -> dict[tuple[int, int | None, int | None], list[tuple[int, str]]]:
    """(plot, certificate, land user) → holdings with their Guids, oldest first."""
    found = _ask(
        """
        SELECT asked.plot, asked.certificate, asked.land_user, h.id, h.guid
        FROM asked
        JOIN parcels_holding h ON h.plot_id = asked.plot
         AND h.certificate_id IS NOT DISTINCT FROM asked.certificate
         AND h.land_user_id IS NOT DISTINCT FROM asked.land_user
        ORDER BY h.id
        """,
        {"plot": "bigint", "certificate": "bigint", "land_user": "bigint"},
        keys,
    )
    there: dict[tuple[int, int | None, int | None], list[tuple[int, str]]] = defaultdict(list)
    for row in found:
        there[row[0], row[1], row[2]].append((row[3], row[4]))
    return there


def records(
    model: type[models.Model], column: str, keys: Iterable[int], wanted: Sequence[str]
) -> list[dict[str, Any]]:
    """The wanted columns of records whose `column` is among the keys, in order of their ids."""
    ids = sorted(set(keys))
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), _AT_ONCE):
        chunk = model._default_manager.filter(**{f"{column}__in": ids[start : start + _AT_ONCE]})
        found += chunk.order_by("pk").values("pk", *wanted)
    return found


def _first(sql: str, columns: Mapping[str, str], keys: Iterable[Sequence[Hashable]]) -> dict[Any, int]:
    return dict(_ask(sql, columns, keys))
