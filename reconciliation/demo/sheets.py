"""Today's map sheets and the old sheets that they were before the merger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from . import columns as col
from . import rates
from .draw import Flags, Ints, Topic, stream
from .places import Commune, Villages

#: Every fifth sheet of a commune that did not keep its numbers came from a second survey, numbered from here.
_SECOND_SURVEY = 500


@dataclass(slots=True)
class Sheets:
    """Sheet 1 is at place 0. `old`: its number before the merger; `other`: a second one it may mean, or 0."""

    unit: Ints
    old: Ints
    other: Ints
    village: Ints
    is_residential: Flags
    crop: Ints

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def is_renumbered_away(self) -> Flags:
        """Sheets whose old number no sheet carries today."""
        return self.old > len(self)


def renumbered(commune: Commune, places: Villages, seed: int, count: int) -> Sheets:
    """`count` sheets: those of the unit that kept its code keep their numbers, others get an offset."""
    rng = stream(seed, commune.number, Topic.CROSSWALK)
    units = len(commune.former)
    unit = np.arange(count) * units // max(count, 1)
    start = np.searchsorted(unit, np.arange(units))
    old = np.arange(count) - start[unit] + 1
    away = (unit > 0) & ((np.arange(count) % 5 == 4) | (np.arange(count) == count - 1))
    old = np.where(away, old + _SECOND_SURVEY, old)
    ambiguous = (unit > 0) & (rng.random(count) < rates.AMBIGUOUS_SHEETS)
    if (unit > 0).any():
        ambiguous[int(start[1:][start[1:] < count][0])] = True
    other = np.where(ambiguous, np.arange(count), 0)
    village = np.empty(count, dtype=np.int64)
    for place in range(units):
        here, mine = np.flatnonzero(unit == place), np.flatnonzero(places.unit == place)
        village[here] = mine[rng.integers(0, len(mine), len(here))]
    crops = (0.6, 0.15, 0.15, 0.05, 0.05 if not commune.in_old_bac_ninh else 0.0)
    crop = np.searchsorted(np.cumsum(crops) / sum(crops), rng.random(count), side="right")
    return Sheets(unit, old, other, village, rng.random(count) < 0.35, np.minimum(crop, len(crops) - 1))


def map_sheets(commune: Commune, commune_id: int, sheets: Sheets) -> pa.Table:
    """Rows of parcels_mapsheet."""
    count = len(sheets)
    return pa.table(
        {
            "commune_id": col.same(commune_id, count),
            "number": col.integers(np.arange(count) + 1),
            "scale": col.integers(_scale(sheets)),
            "srid": col.same(commune.srid, count),
        }
    )


def crosswalk(commune_id: int, former_ids: list[int], sheets: Sheets) -> pa.Table:
    """Rows of parcels_sheetcrosswalk: a line per sheet, two where the old number leads to two of today's."""
    doubled = np.flatnonzero(sheets.other > 0)
    which = np.r_[np.arange(len(sheets)), doubled]
    sheet = np.r_[np.arange(len(sheets)) + 1, sheets.other[doubled]]
    count = len(which)
    return pa.table(
        {
            "old_unit_id": col.integers(np.array(former_ids)[sheets.unit[which]]),
            "old_sheet": col.integers(sheets.old[which]),
            "scale": col.integers(_scale(sheets)[which]),
            "commune_id": col.same(commune_id, count),
            "sheet": col.integers(sheet),
        }
    )


def _scale(sheets: Sheets) -> Ints:
    return np.where(sheets.is_residential, 1000, 2000)
