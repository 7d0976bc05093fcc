"""One commune with a register that lacks things, its residents, an official and a reviewer."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from landdb.jobs import wait
from landdb.models import AdminUnit, Delivery, Role, User
from parcels.importers.form01.layout import write_v1
from reconciliation.demo import writing

from ...models import PlotStatus
from .. import apart
from ..apart import say, timed

COMMUNE = "09187"
#: The first of these are the rows of the workbook; one plot in so many is in order.
_IN_ORDER = 10
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý")
_MIDDLE = ("Văn", "Đức", "Hữu", "Minh", "Quang", "Thị", "Thu", "Ngọc", "Bích", "Thanh")
_GIVEN = (
    "An", "Bình", "Cường", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hoa", "Hùng", "Lan", "Linh", "Long", "Mai",
    "Nam", "Nga", "Phúc", "Quân", "Sơn", "Tâm", "Thảo", "Trang", "Tuấn", "Vinh", "Yến",
)  # fmt: skip
_VILLAGES = ("Khu phố Niềm Xá", "Khu phố Thị Chung", "Khu phố Y Na", "Khu phố Vệ An", "Khu phố Cổ Mễ")
_TABLES = ("parcels_plot", "parcels_holding", "parcels_landuser", "parcels_certificate", "citizens_resident")


@dataclass(frozen=True)
class Size:
    """Rows that the commune has to mend, drawn from which seed."""

    rows: int
    seed: int = 1


def ensure(size: Size) -> dict[str, float]:
    """A commune in which so many rows are to be mended, made anew each time; the seconds that it took."""
    seconds: dict[str, float] = {}
    writing.clear()
    apart.manage("load_reference")
    folder = Path(settings.VAR) / "workbook"
    folder.mkdir(parents=True, exist_ok=True)
    plots = size.rows + size.rows // (_IN_ORDER - 1) + _IN_ORDER
    say(f"{plots:,} plots of one commune …")
    with timed(seconds, "make"):
        people = list(_people(plots, size.seed))
        write_v1(folder / "register.xlsx", (_row(n, person) for n, person in enumerate(people)))
        _residents(folder / "residents.csv", people)
    with timed(seconds, "import"):
        apart.manage("import_residents", str(folder / "residents.csv"), "--whole")
        apart.manage("import_register", str(folder / "register.xlsx"))
    for source in (Delivery.Source.REGISTER, Delivery.Source.RESIDENTS):
        Delivery.objects.get_or_create(commune=commune(), source=source)
    for kind in ("reconcile", "classify"):
        with timed(seconds, kind):
            wait.run(kind)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(_TABLES)}")
        cursor.execute("VACUUM ANALYZE")
    say(f"  {PlotStatus.objects.count():,} plots sorted")
    return seconds


def commune() -> AdminUnit:
    """The one commune of this bench."""
    return AdminUnit.objects.in_force().get(code=COMMUNE)


def staff() -> tuple[User, User]:
    """An official of the commune, and a reviewer."""
    found = []
    for name, role, of in (
        ("bench_xa", Role.COMMUNE_OFFICIAL, commune()),
        ("bench_duyet", Role.REVIEWER, None),
    ):
        user, _new = User.objects.update_or_create(
            username=name, defaults={"full_name": f"Cán bộ {name}", "role": role, "commune": of}
        )
        found.append(user)
    return found[0], found[1]


def _people(count: int, seed: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(seed)
    for n in range(count):
        woman = chance.random() < 0.5
        born = dt.date(1940, 1, 1) + dt.timedelta(days=chance.randrange(22_000))
        # The digit for sex and century, then the year: as the number of a real card is made.
        number = f"024{1 if woman else 0}{born.year % 100:02}{n:06}"
        name = " ".join(map(chance.choice, (_FAMILY, _MIDDLE, _GIVEN, _GIVEN)))
        yield {
            "name": name,
            "born": born,
            "sex": "Nữ" if woman else "Nam",
            "number": number,
            "village": chance.choice(_VILLAGES),
        }


def _row(n: int, person: dict[str, Any]) -> dict[str, Any]:
    """A row of the register; most lack the book number, some the issue date, the sex or the number too."""
    is_in_order = n % _IN_ORDER == 0
    return {
        "commune_code": COMMUNE,
        "serial": f"CD {n:06}",
        "issued": "20/05/2018" if is_in_order or n % 7 else "",
        "book_number": f"CH{n:05}" if is_in_order else "",
        "name": person["name"],
        "id_number": person["number"] if is_in_order or n % 11 else "",
        "birth": f"{person['born']:%d/%m/%Y}" if n % 3 else str(person["born"].year),
        "sex": person["sex"] if is_in_order or n % 13 else "",
        "address": f"{person['village']}, Phường Kinh Bắc, tỉnh Bắc Ninh",
        "legal_form": "Cá nhân",
        "role": "Cá nhân",
        "certificate_sheet": 1 + n // 200,
        "certificate_plot": 1 + n % 200,
        "sheet": 1 + n // 200,
        "number": 1 + n % 200,
        "plot_address": person["village"],
        "legal_area": 80 + n % 300,
        "use1_purpose": "ODT",
        "use1_area": 80 + n % 300,
        "use1_origin": "CNQ-CTT",
        "use1_form": "Sử dụng riêng",
        "use1_term": "Lâu dài",
        "guid": f"bench-{n:08}",
    }


def _residents(path: Path, people: list[dict[str, Any]]) -> None:
    heads = [
        "resident_id", "full_name", "dob", "sex", "cccd", "cmnd", "village", "commune_code", "commune",
        "old_commune", "old_district", "status",
    ]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        for n, each in enumerate(people):
            writer.writerow(
                [f"cd{n}", each["name"], f"{each['born']:%d/%m/%Y}", each["sex"], each["number"], "",
                 each["village"], COMMUNE, "Phường Kinh Bắc", "", "", "alive"]
            )  # fmt: skip
