"""The reference rows that the tests read: the province's own units, codes and common names."""

import csv
from functools import cache
from pathlib import Path

import landdb.normalise

_DATA = Path(landdb.normalise.__file__).parent / "data"
_REFERENCE = Path(landdb.normalise.__file__).parent.parent / "reference" / "data"


def own_rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (_REFERENCE / name).open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


SURNAMES = [row["surname"] for row in own_rows("surnames.csv")]
MIDDLE_NAMES = ["Văn", "Thị", "Đức", "Hữu", "Xuân", "Quang", "Ngọc", "Thúy", "Hoài", "Bá", "Đình", "Như"]
GIVEN_NAMES = [row["name"] for row in rows("names_given.csv")]
