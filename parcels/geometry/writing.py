"""What a look at outlines found, into the database by difference: what stands already is left alone."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from django.db import connection

from landdb import bulk

from .outlines import Outlines
from .overlaps import Overlaps
from .reading import Due, listed
from .systems import Flags, Floats, Ints

#: The largest area that a column holds, m².
_MOST = 999_999_999_999.0
#: Degrees that a place may move without being written: a millimetre.
_STILL = 1e-8


@dataclass(frozen=True, slots=True)
class Changes:
    """Pairs whose overlap is new or another (with the area), and pairs that overlap no more."""

    new: dict[tuple[int, int], float]
    other: dict[tuple[int, int], float]
    over: list[tuple[int, int]]

    @property
    def plots(self) -> set[int]:
        return {plot for pair in itertools.chain(self.new, self.other, self.over) for plot in pair}


def compare(plots: Ints, found: Overlaps) -> Changes:
    """What is found of these plots against what is written of them."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"ids": listed(plots)})
        stands = {(first, second): float(area) for first, second, area in cursor.fetchall()}
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    now = dict(zip(pairs, np.minimum(found.area, _MOST).tolist(), strict=True))
    return Changes(
        {pair: area for pair, area in now.items() if pair not in stands},
        {pair: area for pair, area in now.items() if abs(stands.get(pair, area) - area) > 0.005},
        [pair for pair in stands if pair not in now],
    )


_STANDING = """
    SELECT first_id, second_id, area FROM parcels_plotoverlap WHERE first_id = ANY(%(ids)s::bigint[])
    UNION
    SELECT first_id, second_id, area FROM parcels_plotoverlap WHERE second_id = ANY(%(ids)s::bigint[])
"""

_NEW = """
    INSERT INTO parcels_plotoverlap (first_id, second_id, area)
    SELECT first_id, second_id, round(area::numeric, 2)
    FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]) n (first_id, second_id, area)
"""

_OTHER = """
    UPDATE parcels_plotoverlap o SET area = round(n.area::numeric, 2)
    FROM unnest(%s::bigint[], %s::bigint[], %s::float8[]) n (first_id, second_id, area)
    WHERE o.first_id = n.first_id AND o.second_id = n.second_id
"""

_OVER = """
    DELETE FROM parcels_plotoverlap o
    USING unnest(%s::bigint[], %s::bigint[]) n (first_id, second_id)
    WHERE o.first_id = n.first_id AND o.second_id = n.second_id
"""


def pairs(changes: Changes) -> Counter[str]:
    """Write the changes; counts: opened, other, closed."""
    return Counter(
        opened=_run(_NEW, _columns((*pair, area) for pair, area in changes.new.items())),
        other=_run(_OTHER, _columns((*pair, area) for pair, area in changes.other.items())),
        closed=_run(_OVER, _columns(changes.over)),
    )


_BOXES = """
    UPDATE parcels_plot p SET box = box(point(n.x1, n.y1), point(n.x2, n.y2))
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::float8[]) n (id, x1, y1, x2, y2)
    WHERE p.id = n.id
"""


def boxes(ids: Ints, stands: Floats, bounds: Floats) -> int:
    """Write the boxes that are others now; how many."""
    differs = ~same(stands, bounds).all(axis=1)
    return _run(_BOXES, [ids[differs].tolist(), *(_known(column) for column in bounds[differs].T)])


_FACTS = """
    UPDATE parcels_plot p SET measured_area = round(n.area::numeric, 2), lon = n.lon, lat = n.lat,
        geometry_fault = n.fault
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::text[])
        n (id, area, lon, lat, fault)
    WHERE p.id = n.id
"""


def facts(seen: Due, looked: Outlines) -> set[int]:
    """Write area, place and fault where they are others now; the plots of which that holds."""
    area = np.where(looked.area < _MOST, looked.area, np.nan)
    stays = same(seen.floats("measured_area"), area, 0.005)
    stays &= same(seen.floats("lon"), looked.lon, _STILL) & same(seen.floats("lat"), looked.lat, _STILL)
    differs = ~stays | (seen.texts("geometry_fault") != looked.fault)
    ids = seen.ints("plot_id")[differs].tolist()
    values = (area, looked.lon, looked.lat)
    _run(_FACTS, [ids, *(_known(column[differs]) for column in values), looked.fault[differs].tolist()])
    return set(ids)


_CLEAR = """
    UPDATE parcels_plot p SET overlap_area = NULL,
        box = CASE WHEN p.geometry IS NOT NULL THEN p.box END,
        measured_area = CASE WHEN p.geometry IS NOT NULL THEN p.measured_area END,
        lon = CASE WHEN p.geometry IS NOT NULL THEN p.lon END,
        lat = CASE WHEN p.geometry IS NOT NULL THEN p.lat END,
        geometry_fault = CASE WHEN p.geometry IS NOT NULL THEN p.geometry_fault ELSE '' END
    WHERE p.id = ANY(%s)
"""


def clear(gone: Due) -> set[int]:
    """Plots that are drawn or live no more: nothing overlaps them; without an outline nothing is known."""
    ids = gone.ints("plot_id").tolist()
    _run(_CLEAR, [ids])
    return set(ids)


_TOTALS = """
    UPDATE parcels_plot p SET overlap_area = s.area
    FROM (
        SELECT n.id, LEAST(COALESCE(sum(o.area), 0), 999999999999.99) AS area
        FROM unnest(%s::bigint[]) n (id)
        LEFT JOIN LATERAL (
            SELECT area FROM parcels_plotoverlap WHERE first_id = n.id
            UNION ALL SELECT area FROM parcels_plotoverlap WHERE second_id = n.id
        ) o ON TRUE
        GROUP BY 1
    ) s
    WHERE p.id = s.id AND p.overlap_area IS DISTINCT FROM s.area
        AND p.state = 'live' AND p.geometry IS NOT NULL
    RETURNING p.id
"""

_UNKNOWN = """
    UPDATE parcels_plot SET overlap_area = NULL WHERE id = ANY(%s) AND overlap_area IS NOT NULL RETURNING id
"""


def totals(seen: Due, looked: Outlines, paired: Iterable[int]) -> set[int]:
    """Write by how much plots lie over others, of those seen and those in changed pairs; whose that is new.

    Of a plot that covers no known ground nobody knows it.
    """
    ids = seen.ints("plot_id")
    is_nowhere = shapely.is_missing(looked.ground)
    nowhere = set(ids[is_nowhere].tolist())
    # Most lie over nobody, and it is written so already.
    stands = seen.floats("overlap_area")
    wanted = set(ids[~is_nowhere & (stands != 0)].tolist()) | (set(paired) - nowhere)
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [sorted(wanted)])
        changed = {row[0] for row in cursor.fetchall()}
        cursor.execute(_UNKNOWN, [sorted(nowhere)])
        return changed | {row[0] for row in cursor.fetchall()}


_SETTLED = """
    UPDATE parcels_plotoutline o SET digest = n.digest, reason = n.reason
    FROM unnest(%s::bigint[], %s::uuid[], %s::text[]) n (id, digest, reason) WHERE o.plot_id = n.id
"""


_GONE = "UPDATE parcels_plotoutline SET digest = NULL, reason = '' WHERE plot_id = ANY(%s)"


def settle(seen: Due, looked: Outlines, gone: Due) -> None:
    """Note what was looked at, so that it is not looked at again."""
    _run(_GONE, [gone.ints("plot_id").tolist()])
    known = seen.flags("is_known")
    ids, digests = seen.ints("plot_id"), seen.texts("digest")
    reasons = np.array([text[:100] for text in looked.reason], dtype=object)
    _run(_SETTLED, [column[known].tolist() for column in (ids, digests, reasons)])
    if not known.all():
        fresh = [pa.array(column[~known].tolist()) for column in (ids, digests, reasons)]
        bulk.copy_in(pa.table(fresh, names=["plot_id", "digest", "reason"]), "parcels_plotoutline")


def same(one: Floats, other: Floats, apart: float = 0.0) -> Flags:
    """Where two agree as far as `apart`, or neither is known."""
    alike: Flags = (np.abs(one - other) <= apart) | (np.isnan(one) & np.isnan(other))
    return alike


def _known(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _run(sql: str, columns: list[list[Any]]) -> int:
    """Rows changed; no rows given, no statement."""
    if not columns or not columns[0]:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)
        return int(cursor.rowcount)
