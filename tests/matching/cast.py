"""Land users and residents for matching tests, normalised as the importers do; and a whole run."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

from citizens.models import RegistryExtract, Resident
from landdb.jobs import engine
from landdb.models import AdminUnit, Job, ReceivedFile
from landdb.normalise import people
from parcels.models import LandUser

_numbers = itertools.count(1)
_KEYS = (
    "name",
    "name_key",
    "name_fold",
    "birth_on",
    "birth_year",
    "sex",
    "id_number",
    "id_kind",
    "former_number",
    "village",
    "village_fold",
)


def commune(name: str = "Tam Đa") -> AdminUnit:
    return AdminUnit.objects.get_or_create(
        name=f"Xã {name}",
        defaults={
            "code": f"{next(_numbers):05}",
            "short_name": name,
            "kind": "commune",
            "province": "Bắc Ninh",
            "province_code": "24",
            "sort_key": name,
        },
    )[0]


def resident(
    name: str,
    birth: str = "",
    number: str = "",
    *,
    sex: str = "",
    village: str = "",
    former: str = "",
    unit: AdminUnit | None = None,
    status: str = "alive",
) -> Resident:
    found = _resident(name, birth, number, sex, village, former, unit, status)
    found.save()
    return found


def _resident(name, birth, number, sex, village, former, unit, status="alive") -> Resident:
    keys = people.person(name, birth, sex, number, village, former)
    return Resident(
        resident_key=f"R{next(_numbers)}", extract=_extract(), commune=unit, status=status, **_columns(keys)
    )


def land_user(
    name: str,
    birth: str = "",
    number: str = "",
    *,
    sex: str = "",
    village: str = "",
    unit: AdminUnit | None = None,
    kind: str = "individual",
) -> LandUser:
    keys = people.person(name, birth, sex, number, village)
    return LandUser.objects.create(
        source_key=f"U{next(_numbers)}",
        commune=unit,
        kind=kind,
        name_raw=name,
        birth_raw=birth,
        sex_raw=sex,
        id_number_raw=number,
        address_raw=village,
        **_columns(keys),
    )


def crowd(size: int, unit: AdminUnit, seed: int = 1) -> list[Resident]:
    """Ordinary neighbours, so that the registry is not made of the tested persons alone."""
    draw = random.Random(seed)
    made = []
    for _n in range(size):
        female, year = draw.random() < 0.5, draw.randint(1940, 2005)
        first = draw.choice(["Nguyễn", "Trần", "Lê", "Phạm", "Ngô", "Đỗ"])
        middle = "Thị" if female else draw.choice(["Văn", "Đình", "Xuân"])
        given = draw.choice(["Hoa", "Lan", "Nga", "Hiền"] if female else ["Hùng", "Nam", "Long", "Toàn"])
        century = (1 if female else 0) + (2 if year >= 2000 else 0)
        number = f"027{century}{year % 100:02}{draw.randrange(10**6):06}"
        born = f"{draw.randint(2, 28):02}/{draw.randint(1, 12):02}/{year}"
        village = draw.choice(["Thôn Đông", "Thôn Đoài", "Thôn Trung"])
        former = f"125{draw.randrange(10**6):06}"
        name, sex = f"{first} {middle} {given}", "Nữ" if female else "Nam"
        made.append(_resident(name, born, number, sex, village, former, unit))
    return Resident.objects.bulk_create(made)


def holders_of(residents: Sequence[Resident], seed: int = 2) -> list[LandUser]:
    """Land users as clerks wrote these residents down: some faults, numbers of either kind or none."""
    draw = random.Random(seed)
    made = []
    for r in residents:
        number = draw.choice([r.id_number, r.former_number, "", r.id_number[:-2] + r.id_number[:-3:-1]])
        name = draw.choice([r.name, r.name.upper(), r.name_fold, r.name.replace("n", "m", 1)])
        born = draw.choice(
            [str(r.birth_year), str(r.birth_year), f"{r.birth_on:%d/%m/%Y}", str(r.birth_year + 1), ""]
        )
        sex = draw.choice(["Nam" if r.sex == "M" else "Nữ", ""])
        village = draw.choice([r.village, r.village, "", "Thôn Thượng"])
        made.append(
            land_user(name, born, number, sex=sex, village=village, unit=draw.choice([r.commune, None]))
        )
    return made


def whole_run() -> Job:
    """Reconcile everything, as the workers would."""
    job = Job.objects.create(kind="reconcile")
    while engine.step(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def _extract() -> RegistryExtract:
    found = RegistryExtract.objects.first()
    if found is None:
        file = ReceivedFile.objects.create(kind="residents", name="dan_cu.csv", sha256="0" * 64, size=1)
        found = RegistryExtract.objects.create(file=file)
    return found


def _columns(keys: people.PersonKeys) -> dict[str, Any]:
    return {name: getattr(keys, name) for name in _KEYS} | {"warnings": list(keys.warnings)}
