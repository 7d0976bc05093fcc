"""The communes of the reference data, what they were before the merger, and their made-up villages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from landdb.normalise import addresses
from landdb.reference.gazetteer import gazetteer
from landdb.reference.tables import rows

from .draw import Ints, Topic, stream

#: People per village.
VILLAGE_SIZE = 650
#: VN-2000 / TM-3 with the central meridians 105°30′ (old Bắc Ninh) and 107°00′ (old Bắc Giang).
SRID_BAC_NINH, SRID_BAC_GIANG = 9209, 9214

_FIRST = (
    "An", "Bình", "Cẩm", "Đại", "Đông", "Đoài", "Giang", "Hà", "Hạ", "Hòa", "Hưng", "Kim", "Lai", "Lạc",
    "Liên", "Long", "Mai", "Mỹ", "Nam", "Nga", "Ngọc", "Nội", "Phú", "Phúc", "Quan",
)  # fmt: skip
_SECOND = (
    "Bái", "Cầu", "Cương", "Đình", "Điền", "Đồng", "Hậu", "Khê", "Lâm", "Lộc", "Lương", "Môn", "Ngạn",
    "Ngoại", "Nham", "Ninh", "Phong", "Quang", "Sơn", "Tảo", "Thịnh", "Tiến",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """A commune of before 2025-07-01. `keeps` tells the one whose sheets kept their numbers."""

    code: str
    name: str
    district: str
    is_urban: bool
    keeps: bool

    @property
    def code_read(self) -> str:
        """Its code as importers read it out of the name: '' where an older namesake may be meant."""
        return gazetteer().find(self.name, self.district).former_code


@dataclass(frozen=True, slots=True)
class Commune:
    """One of today's communes."""

    number: int
    code: str
    name: str
    short_name: str
    is_urban: bool
    in_old_bac_ninh: bool
    population: int
    area_km2: float
    lon: float
    lat: float
    former: tuple[FormerUnit, ...]

    @property
    def srid(self) -> int:
        return SRID_BAC_NINH if self.in_old_bac_ninh else SRID_BAC_GIANG

    @property
    def birth_code(self) -> int:
        """The first three digits of numbers registered here."""
        return 27 if self.in_old_bac_ninh else 24


@dataclass(frozen=True, slots=True)
class Villages:
    """The villages of a commune: as written, as compared, and the former unit each lies in."""

    names: tuple[str, ...]
    folds: tuple[str, ...]
    unit: Ints


@lru_cache(maxsize=1)
def communes() -> tuple[Commune, ...]:
    """All communes in the order of their codes."""
    former: dict[str, list[FormerUnit]] = {}
    for row in rows("admin_crosswalk"):
        former.setdefault(row["new_code"], []).append(
            FormerUnit(
                row["old_code"],
                row["old_name"],
                row["old_district"],
                row["old_type"] != "xã",
                row["old_code"] == row["new_code"],
            )
        )
    return tuple(
        Commune(
            number,
            row["code"],
            row["name"],
            row["short_name"],
            row["type"] == "phường",
            row["former_province_code"] == "27",
            int(row["population_2025"]),
            float(row["area_km2"]),
            float(row["map_lon"]),
            float(row["map_lat"]),
            tuple(sorted(former[row["code"]], key=lambda unit: (not unit.keeps, unit.code))),
        )
        for number, row in enumerate(sorted(rows("admin_units"), key=lambda row: row["code"]))
    )


def villages(commune: Commune, seed: int) -> Villages:
    """Made-up villages, spread over the former units; the same for every size of the province."""
    rng = stream(seed, commune.number, Topic.PLACES)
    count = max(len(commune.former), round(commune.population / VILLAGE_SIZE))
    unit = np.sort(rng.integers(0, len(commune.former), count))
    unit[: len(commune.former)] = np.arange(len(commune.former))
    pairs = rng.permutation(len(_FIRST) * len(_SECOND))[:count]
    names: list[str] = []
    for place in range(count):
        first, second = divmod(int(pairs[place % len(pairs)]), len(_SECOND))
        kind = "Khu phố" if commune.former[unit[place]].is_urban else "Thôn"
        names.append(f"{kind} {_FIRST[first]} {_SECOND[second]}")
    return Villages(tuple(names), tuple(addresses.village_key(name) for name in names), unit)
