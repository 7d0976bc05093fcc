"""The communes of the province, what they were made of, and the villages in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from landdb.reference.tables import rows

from .draws import Rng, stream
from .villages import village_names

#: Communes are left out before they grow smaller than this.
FEWEST = 2_000
COMMUNES = 3
VILLAGE = 1_000


@dataclass(frozen=True, slots=True)
class Village:
    name: str
    former: int
    share: float


@dataclass(frozen=True, slots=True)
class Former:
    """A commune of before the merger."""

    name: str
    district: str


@dataclass(frozen=True, slots=True)
class Commune:
    number: int
    code: str
    name: str
    district: str
    province: str
    residents: int
    formers: tuple[Former, ...]
    villages: tuple[Village, ...]


def communes(residents: int, seed: int) -> list[Commune]:
    """As many communes as can be filled, whole districts together, as uneven as they are."""
    rng = stream(seed, "", "places")
    units, predecessors = rows("admin_units"), defaultdict(list)
    for row in rows("admin_crosswalk"):
        predecessors[row["new_code"]].append(row)
    districts = sorted({unit["former_districts"].partition("|")[0] for unit in units})
    place = {
        district: int(at) for district, at in zip(districts, rng.permutation(len(districts)), strict=True)
    }
    ordered = sorted(
        units, key=lambda unit: (place[unit["former_districts"].partition("|")[0]], unit["code"])
    )
    chosen = ordered[: int(np.clip(residents // (2 * FEWEST), min(COMMUNES, residents), len(units)))]
    sizes = _sizes(residents, [float(unit["population_2025"]) for unit in chosen])
    return [
        _commune(number, unit, size, predecessors[unit["code"]], stream(seed, unit["code"], "villages"))
        for number, (unit, size) in enumerate(zip(chosen, sizes, strict=True))
    ]


def _sizes(residents: int, population: list[float]) -> list[int]:
    """Every commune its floor, the rest by population; the sum is exact."""
    floor = min(FEWEST, max(1, residents // len(population) // 2))
    share = np.array(population) / sum(population)
    edges = np.rint(np.r_[0, np.cumsum(share)] * (residents - floor * len(population))).astype(int)
    return [int(size) for size in np.diff(edges) + floor]


def _commune(
    number: int, unit: dict[str, str], residents: int, old: list[dict[str, str]], rng: Rng
) -> Commune:
    formers = tuple(Former(row["old_name"], row["old_district"]) for row in old)
    shares = rng.gamma(6.0, size=len(formers))
    shares /= shares.sum()
    villages: list[Village] = []
    for former, share in enumerate(shares):
        names = village_names(
            rng, formers[former].name, formers[former].district, max(3, round(residents * share / VILLAGE))
        )
        sizes = rng.gamma(4.0, size=len(names))
        villages += [
            Village(name, former, float(share * size))
            for name, size in zip(names, sizes / sizes.sum(), strict=True)
        ]
    return Commune(
        number=number,
        code=unit["code"],
        name=unit["name"],
        district=unit["former_districts"].partition("|")[0],
        province="0" + unit["former_province_code"],
        residents=residents,
        formers=formers,
        villages=tuple(villages),
    )
