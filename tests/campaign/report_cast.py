"""A campaign of some weeks over some communes: snapshots and the ledger that leads from one to the next."""

from __future__ import annotations

import datetime as dt

from landdb.models import AdminUnit, RegistrationOffice
from reconciliation.models import GroupMove, LedgerDay, RuleSet, WeeklySnapshot
from tests import factories as make

FIRST = dt.date(2026, 10, 5)
#: Plots of each commune, and of them in group 3.
PLOTS, REBUILD = 4000, 250
_NAMES = (
    "Xã Tân Yên",
    "Xã Bảo Đài",
    "Phường Kép",
    "Xã Mỹ Thái",
    "Phường Mão Điền",
    "Xã Tây Yên Tử",
    "Phường Kinh Bắc",
    "Xã Đại Đồng",
)


def week(number: int) -> dt.date:
    """The Monday of a week, counted from 1."""
    return FIRST + dt.timedelta(weeks=number - 1)


def communes(count: int, office: RegistrationOffice | None = None) -> list[AdminUnit]:
    """Communes that read like those of the province."""
    found = []
    for place in range(count):
        name = _NAMES[place] if place < len(_NAMES) else f"Xã Số {place + 1}"
        kind, _space, short = name.partition(" ")
        found.append(
            make.make_commune(
                delivered=False,
                name=name,
                short_name=short,
                kind="ward" if kind == "Phường" else "commune",
                office=office,
                sort_key=f"{place:03}",
            )
        )
    return found


def ready(place: int, number: int) -> int:
    """Group 1 of the commune at a place at the close of a week: the later in the row, the faster."""
    return 500 + number * (60 + 45 * (place % 9)) + (number % 3) * 17


def campaign(units: list[AdminUnit], weeks: int, *, plan: bool = True) -> None:
    """Closed weeks from 1 on."""
    rule_set, _made = RuleSet.objects.get_or_create(fingerprint="a", defaults={"settings": {}})
    for number in range(1, weeks + 1):
        for place, unit in enumerate(units):
            close(unit, place, number, rule_set, plan=plan)


def close(
    unit: AdminUnit, place: int, number: int, rule_set: RuleSet, *, plan: bool = True
) -> WeeklySnapshot:
    """A commune's snapshot of a week, and the moves of the week before it."""
    one, before = ready(place, number), ready(place, number - 1)
    monday, back = week(number), 5 + place
    if number == 1:
        _move(unit, monday, None, 1, before, GroupMove.Cause.FIRST)
        _move(unit, monday, None, 3, REBUILD, GroupMove.Cause.FIRST)
        _move(unit, monday, None, 2, PLOTS - REBUILD - before, GroupMove.Cause.FIRST)
    _move(unit, monday + dt.timedelta(days=2), 2, 1, one - before + back, GroupMove.Cause.CORRECTION)
    _move(unit, monday + dt.timedelta(days=4), 1, 2, back, GroupMove.Cause.IMPORT)
    return WeeklySnapshot.objects.create(
        commune=unit,
        week=monday,
        group_1=one,
        group_2=PLOTS - REBUILD - one,
        group_3=REBUILD,
        verification={"matched": 1500 + 90 * number, "not_found": 800 - 20 * number, "with_police": 120}
        | {"mismatch": 300, "not_applicable": 40},
        rules={"plot_code_missing": 900, "certificate_missing": 400 + place, "geometry_missing": 35},
        dimensions={"correct": 700, "sufficient": 1800, "clean": 1100, "alive": 300},
        waiting={
            "desk": {"items": 210, "plots": 260, "ages": [120, 50, 30, 10], "since": "2026-09-14"},
            "police": {"items": 120, "plots": 140, "ages": [0, 20, 70, 30], "since": "2026-09-02"},
            "citizen": {"items": 12, "plots": 30, "ages": [0, 2, 4, 6], "since": "2026-08-30"},
        },
        tasks=_tasks(one, number, plan=plan),
        rule_set=rule_set,
    )


def _tasks(one: int, number: int, *, plan: bool) -> dict[str, dict[str, object]]:
    done = {
        "clean": one,
        "verify": 1500 + 90 * number,
        "code": 3100 + 10 * number,
        "collect": 1200,
        "scan": 900,
    }
    assigned = {"clean": 3400, "verify": 2600, "code": 4000, "collect": 2500, "scan": 2500}
    told: dict[str, dict[str, object]] = {task: {"done": count} for task, count in done.items()}
    if plan:
        for task, count in assigned.items():
            told[task] |= {"assigned": count, "starts": "2026-09-01", "due": "2026-12-31"}
        told["clean"]["excluded"] = {"citizen_mortgaged": 20, "citizen_lost": 10}
        told["scan"]["excluded"] = {"citizen_mortgaged": 18}
    return told


def _move(unit: AdminUnit, day: dt.date, left: int | None, entered: int, plots: int, cause: str) -> None:
    LedgerDay.objects.create(
        commune=unit, day=day, cause=cause, from_group=left, to_group=entered, plots=plots
    )
