"""Outlines out of the database: those that changed since they were last looked at, and those around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from django.db import connection

from landdb import bulk

from . import systems
from .outlines import OUTSIDE, Outlines, parse
from .systems import Flags, Floats, Ints, Shapes, Texts

#: Rises when outlines are looked at in another way: all are then looked at again.
METHOD = 1
#: Plots up to which each is asked about by itself; more are asked about by the ground on which they lie.
FEW = 2_000
#: Metres; a larger box is asked about by itself: one stray corner must not bring in half the province.
_WIDE = 5_000.0

_DIGEST = f"md5(int4send({METHOD}) || int4send(COALESCE(p.srid, 0)) || p.geometry)::uuid"

_DUE = f"""
    SELECT p.id AS plot_id, p.commune_id, COALESCE(p.srid, 0) AS srid, p.state = 'live' AS is_live,
        p.geometry IS NOT NULL AS is_drawn, COALESCE(encode(p.geometry, 'hex'), '') AS wkb,
        {_DIGEST} AS digest, o.plot_id IS NOT NULL AS is_known, COALESCE(o.reason, '') AS reason,
        (p.box[1])[0] AS x1, (p.box[1])[1] AS y1, (p.box[0])[0] AS x2, (p.box[0])[1] AS y2,
        p.lon, p.lat, p.measured_area, p.overlap_area, p.geometry_fault
    FROM parcels_plot p LEFT JOIN parcels_plotoutline o ON o.plot_id = p.id {{stretch}}
    WHERE {{scope}} AND CASE WHEN p.state = 'live' AND p.geometry IS NOT NULL
        THEN o.digest IS DISTINCT FROM {_DIGEST} ELSE o.digest IS NOT NULL END
    ORDER BY p.id
"""  # noqa: S608  our own text

_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("plot_id", "commune_id", "srid"), pa.int64()),
    **dict.fromkeys(("is_live", "is_drawn", "is_known"), pa.bool_()),
    **dict.fromkeys(
        ("x1", "y1", "x2", "y2", "lon", "lat", "measured_area", "overlap_area", "area"), pa.float64()
    ),
}

# Box by box through the index: joined freely, all plots of a system would be read for a few of them.
_PROBED = """
    SELECT DISTINCT ON (q.id) q.id AS plot_id, q.srid, q.wkb
    FROM unnest(%s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::int[]) b (x1, y1, x2, y2, srid)
    CROSS JOIN LATERAL (
        SELECT p.id, p.srid, encode(p.geometry, 'hex') AS wkb
        FROM parcels_plot p
        WHERE p.box && box(point(b.x1, b.y1), point(b.x2, b.y2)) AND p.srid = b.srid
            AND p.state = 'live' AND p.geometry IS NOT NULL
        OFFSET 0
    ) q
    ORDER BY q.id
"""

_ON_GROUND = """
    SELECT p.id AS plot_id, p.srid,
        (p.box[1])[0] AS x1, (p.box[1])[1] AS y1, (p.box[0])[0] AS x2, (p.box[0])[1] AS y2
    FROM parcels_plot p
    WHERE p.state = 'live' AND p.geometry IS NOT NULL AND p.srid = %s
        AND p.box && box(point(%s, %s), point(%s, %s))
        AND NOT EXISTS (SELECT FROM unnest(%s::bigint[]) d (id) WHERE d.id = p.id)
"""

_OF_IDS = """
    SELECT p.id AS plot_id, COALESCE(p.srid, 0) AS srid, encode(p.geometry, 'hex') AS wkb
    FROM parcels_plot p WHERE p.id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Plots to look at, with what stands of them: an Arrow table by the columns of the query."""

    rows: pa.Table

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def ints(self, name: str) -> Ints:
        return np.asarray(self.rows[name].to_numpy(), dtype=np.int64)

    def floats(self, name: str) -> Floats:
        """NaN for what is not known."""
        return np.asarray(self.rows[name].to_numpy(), dtype=np.float64)

    def flags(self, name: str) -> Flags:
        return np.asarray(self.rows[name].to_numpy(), dtype=np.bool_)

    def texts(self, name: str) -> Texts:
        return np.asarray(self.rows[name].to_pylist(), dtype=object)

    @property
    def box(self) -> Floats:
        return np.stack([self.floats(name) for name in ("x1", "y1", "x2", "y2")], axis=1)

    def take(self, which: Flags) -> Due:
        return Due(self.rows.filter(pa.array(which)))


def due_of_plots(plot_ids: Sequence[int], *, only_known: bool = False) -> Due:
    """Of these plots those whose outline, system or state changed since they were looked at.

    `only_known` leaves out those that were never looked at.
    """
    known = " AND o.plot_id IS NOT NULL" if only_known else ""
    return _due(f"p.id = ANY(%s){known}", list(plot_ids), "")


def due_of_communes(commune_ids: Sequence[int]) -> Due:
    """The same of whole communes."""
    ids = list(commune_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM parcels_plot WHERE commune_id = ANY(%s)", [ids])
        first, last = cursor.fetchone()
    # Says nothing new, but lets the outlines be read as one stretch of their index.
    stretch = f"AND o.plot_id BETWEEN {first:d} AND {last:d}" if first is not None else ""
    return _due("p.commune_id = ANY(%s)", ids, stretch)


def _due(scope: str, ids: list[int], stretch: str) -> Due:
    return Due(bulk.read_here(_DUE.format(scope=scope, stretch=stretch), [ids], _TYPES))


def around(ids: Ints, srid: Ints, looked: Outlines) -> tuple[Ints, Ints, Shapes]:
    """Ids, systems and shapes of other live plots whose boxes touch those of outlines that were looked at.

    Outlines of other systems are found where their box touches in the systems that are used at home.
    """
    lies = ~shapely.is_missing(looked.ground) & np.isfinite(looked.box).all(axis=1)
    span = looked.box[:, 2:] - looked.box[:, :2]
    alone = lies & ((looked.fault == OUTSIDE) | (span > _WIDE).any(axis=1))
    if lies.sum() <= FEW:
        alone = lies
    together = np.flatnonzero(lies & ~alone)
    tables = [_probed(looked.box[alone], srid[alone])] if alone.any() else []
    tables += [_of_ids(_touching(looked.box[together], srid[together], ids))] if len(together) else []
    if not tables:
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros(0, dtype=object)
    found = pa.concat_tables(tables)
    others = np.asarray(found["plot_id"].to_numpy(), dtype=np.int64)
    _unique, places = np.unique(others, return_index=True)
    places = places[~np.isin(others[places], ids)]
    found = found.take(pa.array(places))
    return others[places], np.asarray(found["srid"].to_numpy()), parse(found["wkb"].to_pylist())


def listed(ids: Iterable[int]) -> str:
    """Ids as an array for PostgreSQL; many are told apart by psycopg one by one, which takes longer."""
    return "{" + ",".join(map(str, ids)) + "}"


def _elsewhere(srid: int) -> list[int]:
    return [system for system in systems.AT_HOME if system != srid]


def _probed(boxes: Floats, srid: Ints) -> pa.Table:
    """Plots around each box."""
    asked = [(*box, int(own)) for box, own in zip(boxes.tolist(), srid, strict=True)]
    for box, own in list(zip(boxes.tolist(), srid, strict=True)):
        moved = ((*systems.moved_box(tuple(box), int(own), other), other) for other in _elsewhere(int(own)))
        asked += [one for one in moved if np.isfinite(one).all()]
    columns: list[Any] = [list(column) for column in zip(*asked, strict=True)]
    return bulk.read_here(_PROBED, columns, _TYPES)


def _touching(boxes: Floats, srid: Ints, ids: Ints) -> list[int]:
    """Ids of plots, other than `ids`, whose boxes touch these; read by the ground they lie on together."""
    found: set[int] = set()
    for own in np.unique(srid):
        mine = boxes[srid == own]
        extent = (*mine[:, :2].min(axis=0).tolist(), *mine[:, 2:].max(axis=0).tolist())
        tree = shapely.STRtree(shapely.box(*mine.T))
        for system in (int(own), *_elsewhere(int(own))):
            ground = extent if system == own else systems.moved_box(extent, int(own), system)
            rows = bulk.read_here(_ON_GROUND, [system, *ground, listed(ids)], _TYPES)
            if not rows.num_rows:
                continue
            theirs = shapely.box(*(rows[name].to_numpy() for name in ("x1", "y1", "x2", "y2")))
            if system != own:
                theirs = systems.moved(theirs, system, int(own))
            touching = np.unique(tree.query(theirs)[0])
            found.update(rows["plot_id"].to_numpy()[touching].tolist())
    return sorted(found)


def _of_ids(ids: list[int]) -> pa.Table:
    return bulk.read_here(_OF_IDS, [listed(ids)], _TYPES)
