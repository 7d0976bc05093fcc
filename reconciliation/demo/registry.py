"""Rows of citizens_resident. The registry is clean, so its normalised columns are put together from parts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from . import columns as col
from . import names
from .draw import Ints
from .people import STATUSES, Population
from .places import Commune, Villages


def resident_keys(numbers: Ints) -> pa.Array:
    return col.joined("R", col.padded(numbers, 8))


def rows(
    commune: Commune, commune_id: int, places: Villages, home: Population, first_id: int, extract_id: int
) -> pa.Table:
    """The residents of a commune, as `landdb.normalise.people.person` would read them."""
    count = len(home)
    known = names.vocabulary()
    ids = first_id + np.arange(count)
    unit = places.unit[home.village]
    # 1 January often stands for the year alone, so importers keep the year.
    new_year = home.born == home.born.astype("datetime64[Y]")
    former = [f"{unit.name}, {unit.district}" for unit in commune.former]
    return pa.table(
        {
            "id": col.integers(ids),
            "resident_key": resident_keys(ids),
            "commune_id": col.same(commune_id, count),
            "former_commune": col.picked([unit.code_read for unit in commune.former], unit),
            "commune_raw": col.same(commune.name, count),
            "former_commune_raw": col.picked(former, unit),
            "status": col.picked(STATUSES, home.status),
            "died_on": col.days(home.died),
            "extract_id": col.same(extract_id, count),
            "name": home.name.joined(known.texts),
            "name_key": home.name.joined(known.keys),
            "name_fold": home.name.joined(known.folds),
            "birth_on": col.days(home.born, new_year),
            "birth_year": col.integers(home.birth_year),
            "sex": col.picked(("M", "F"), home.sex),
            "id_number": col.padded(home.number, 12),
            "id_kind": col.same("citizen", count),
            "former_number": col.texts(col.padded(home.former, 9), home.former == 0),
            "village": col.picked(places.names, home.village),
            "village_fold": col.picked(places.folds, home.village),
            "warnings": col.same("{}", count),
        }
    )
