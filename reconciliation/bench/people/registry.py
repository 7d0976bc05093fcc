"""The population registry of a commune, as an extract gives it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .draws import Flags, Ints, Rng, words
from .families import TODAY, Days, People
from .numbers import blanked
from .places import Commune

SCHEMA = pa.schema(
    [
        (column, pa.string())
        for column in words(
            "resident_id full_name dob sex cccd cmnd village commune_code commune old_commune old_district "
            "status died_on"
        )
    ]
)
_STATUSES = pa.array(["alive", "deceased", "cancelled", "abroad"])


def statuses(rng: Rng, everyone: People) -> tuple[Ints, Days]:
    """Place in the statuses, and the day of death where there is one (the registry was filled about 2017)."""
    age = 2025 - everyone.year
    chance = rng.random(len(everyone))
    died = chance < np.interp(age, [0, 40, 60, 75, 90, 105], [0.001, 0.006, 0.03, 0.12, 0.45, 0.9])
    status = np.where(died, 1, np.where(chance > 0.996, 2, np.where((chance > 0.988) & (age > 17), 3, 0)))
    return status, np.maximum(TODAY - rng.integers(3, 3_000, len(everyone)), everyone.born + 1)


def residents(
    rng: Rng,
    commune: Commune,
    everyone: People,
    keys: pa.Array,
    numbers: pa.Array,
    former: pa.Array,
    kept: Ints,
) -> tuple[pa.Table, Ints]:
    """The extract of those `kept`, and everyone's status."""
    status, died = statuses(rng, everyone)
    villages = pa.array([village.name for village in commune.villages])
    count = len(everyone)
    columns = {
        "resident_id": keys,
        "full_name": everyone.name,
        "dob": _births(rng, everyone),
        "sex": pa.array(["Nữ", "Nam"]).take(pa.array(everyone.male)),
        "cccd": numbers,
        "cmnd": former,
        "village": villages.take(pa.array(everyone.village)),
        "commune_code": _constant(commune.code, count),
        "commune": _constant(commune.name, count),
        "old_commune": pa.array([unit.name for unit in commune.formers]).take(pa.array(everyone.former)),
        "old_district": pa.array([unit.district for unit in commune.formers]).take(pa.array(everyone.former)),
        "status": _STATUSES.take(pa.array(status)),
        "died_on": blanked(pc.cast(pa.array(died), pa.string()), status != 1),
    }
    return pa.table(columns, schema=SCHEMA).take(pa.array(kept)), status


def _births(rng: Rng, everyone: People) -> pa.Array:
    """ISO dates; of some of the old the first of January, or the year alone."""
    old = np.interp(2025 - everyone.year, [25, 50, 80], [0.005, 0.03, 0.2])
    chance = rng.random(len(everyone))
    first: Flags = chance < old
    dates = np.where(first, everyone.born.astype("M8[Y]").astype("M8[D]"), everyone.born)
    texts = pc.cast(pa.array(dates), pa.string())
    return pc.if_else(pa.array(chance < old * 0.15), pc.utf8_slice_codeunits(texts, 0, 4), texts)


def _constant(value: str, count: int) -> pa.Array:
    return pa.array([value]).take(pa.array(np.zeros(count, np.int64)))
