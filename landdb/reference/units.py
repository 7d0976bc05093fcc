"""The two registration offices, the 99 communes of today and the 313 units they grew out of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from landdb.models import AdminUnit, AdminUnitName, RegistrationOffice
from landdb.normalise.text import sort_key

from .gazetteer import commune_ids
from .merge import Merged, merge
from .tables import rows

#: Resolution 1658/NQ-UBTVQH15: the re-arrangement of communes.
MERGER = dt.date(2025, 7, 1)
#: Resolution 388/NQ-UBTVQH16: twelve communes become wards, the province a city.
WARDS = dt.date(2026, 9, 20)

_DAY = dt.timedelta(days=1)
_KINDS = {"phường": AdminUnit.Kind.WARD, "xã": AdminUnit.Kind.COMMUNE, "thị trấn": AdminUnit.Kind.TOWN}
#: Former province code → office code, name.
_OFFICES = {"27": ("VP1", "Văn phòng Đăng ký đất đai số 1"), "24": ("VP2", "Văn phòng Đăng ký đất đai số 2")}


@transaction.atomic
def load(on: dt.date | None = None) -> dict[str, Merged]:
    """Bring offices, units and their names to what the data files say of a day (today unless told)."""
    day = on or dt.date.today()
    _begin_at_one()
    counts = {
        "offices": merge(RegistrationOffice, ({"code": c, "name": n} for c, n in _OFFICES.values()), ["code"])
    }
    counts["communes"] = merge(AdminUnit, _communes(day), ["code", "valid_from"])
    counts["predecessors"] = merge(AdminUnit, _predecessors(), ["code", "name", "district", "valid_to"])
    counts["names"] = merge(AdminUnitName, _names(), ["unit_id", "name"])
    commune_ids.cache_clear()
    return counts


def ensure_loaded() -> None:
    """Load the units where there are none yet, so that a first import finds them."""
    if not AdminUnit.objects.filter(valid_from=MERGER).exists():
        load()


def _begin_at_one() -> None:
    """Ids of units are small numbers: loads that were rolled back must not use them up."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE landdb_adminunit IN SHARE ROW EXCLUSIVE MODE")
        if not AdminUnit.objects.exists():
            cursor.execute("SELECT setval(pg_get_serial_sequence('landdb_adminunit', 'id'), 1, false)")


def _split(name: str) -> tuple[AdminUnit.Kind, str]:
    """("ward", "Kinh Bắc") of "Phường Kinh Bắc"."""
    for word, kind in _KINDS.items():
        if name.lower().startswith(f"{word} "):
            return kind, name[len(word) + 1 :]
    raise ValueError(f"{name!r} begins with no kind of unit")


def _communes(day: dt.date) -> Iterator[dict[str, Any]]:
    offices = dict(RegistrationOffice.objects.values_list("code", "pk"))
    for row in rows("admin_units"):
        name = row["name_from_2026_09_20"] if day >= WARDS else row["name"]
        kind, short_name = _split(name)
        yield {
            "code": row["code"],
            "name": name,
            "short_name": short_name,
            "kind": kind.value,
            "province": "Thành phố Bắc Ninh" if day >= WARDS else "Tỉnh Bắc Ninh",
            "province_code": "24",
            "valid_from": MERGER,
            "office_id": offices[_OFFICES[row["former_province_code"]][0]],
            "sort_key": sort_key(short_name),
            "map_lon": float(row["map_lon"]),
            "map_lat": float(row["map_lat"]),
            "population": int(row["population_2025"]),
            "area_km2": float(row["area_km2"]),
        }


def _predecessors() -> Iterator[dict[str, Any]]:
    today = dict(AdminUnit.objects.filter(valid_from=MERGER).values_list("code", "pk"))
    for row in rows("admin_crosswalk"):
        kind, short_name = _split(row["old_name"])
        yield {
            "code": row["old_code"],
            "name": row["old_name"],
            "short_name": short_name,
            "kind": kind.value,
            "district": row["old_district"],
            "province": row["old_province"],
            "province_code": row["old_province_code"],
            "valid_to": MERGER - _DAY,
            "successor_id": today[row["new_code"]],
            "sort_key": sort_key(short_name),
        }


def _names() -> Iterator[dict[str, Any]]:
    """Every name and the days between which it stood; units merged before 2025 lead to their heir."""
    today = dict(AdminUnit.objects.filter(valid_from=MERGER).values_list("code", "pk"))
    for row in rows("admin_units"):
        unit = today[row["code"]]
        before, after = row["name"], row["name_from_2026_09_20"]
        yield _name(unit, before, MERGER, None if before == after else WARDS - _DAY)
        if before != after:
            yield _name(unit, after, WARDS, None)
    heirs = {(unit.code, unit.name): unit.pk for unit in AdminUnit.objects.filter(valid_to=MERGER - _DAY)}
    periods: dict[tuple[int, str], list[tuple[dt.date | None, dt.date]]] = {
        (pk, name): [(None, MERGER - _DAY)] for (_code, name), pk in heirs.items()
    }
    for row in rows("admin_name_history"):
        heir = heirs.get((row["unit_2025_06_30_code"], row["unit_2025_06_30_name"]))
        if heir is not None:
            began = dt.date.fromisoformat(row["valid_from"]) if row["valid_from"] else None
            ended = dt.date.fromisoformat(row["valid_to"]) - _DAY
            periods.setdefault((heir, row["name"]), []).append((began, ended))
    for (heir, name), spans in periods.items():
        starts = [start for start, _end in spans]
        first = None if None in starts else min(start for start in starts if start)
        yield _name(heir, name, first, max(end for _start, end in spans))


def _name(unit: int, name: str, since: dt.date | None, until: dt.date | None) -> dict[str, Any]:
    kind, _short = _split(name)
    return {"unit_id": unit, "name": name, "kind": kind.value, "valid_from": since, "valid_to": until}
