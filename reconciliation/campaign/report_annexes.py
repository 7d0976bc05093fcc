"""The tables by commune that go into the workbook beside the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_noop as _noop

from .history import TaskFigures
from .report_figures import GROUPS, OUTCOMES, PLACES, TASKS, place_row
from .report_parts import DAY, WORDS, Column, Table, Value
from .report_past import Past
from .report_standing import Standing

_PLACE = Column("Xã, phường", WORDS)
HOLDERS = {
    "desk": _noop("Bàn xét duyệt"),
    "police": _noop("Công an"),
    "commune": _noop("Xã, phường"),
    "citizen": _noop("Người sử dụng đất (chưa thu được)"),
    "later": _noop("Để sau"),
}
AGES = ("Đến 7 ngày", "8–14", "15–30", "Trên 30")


def annexes(past: Past, places: Sequence[Standing]) -> Iterator[Table]:
    """All communes: by rank, their ledger, their land users, their tasks, what they wait for."""
    rows = tuple(place_row(each) for each in places)
    yield Table(
        "by_rank", "Xã theo hạng", "Xã, phường xếp theo điểm phần trăm so với kế hoạch.", PLACES, rows
    )
    by_name = sorted(places, key=lambda each: each.sort_key)
    yield _ledger(past, by_name)
    yield _people(by_name)
    yield from _tasks(by_name)
    yield _waiting(by_name)


def _ledger(past: Past, places: Sequence[Standing]) -> Table:
    columns = [
        Column(f"{name}, {what}")
        for name in GROUPS.values()
        for what in ("đầu tuần", "vào", "ra", "cuối tuần")
    ]
    rows = []
    for each in places:
        book = past.books[each.commune]
        row: list[Value] = [each.name]
        for group in GROUPS:
            row += [book.opening[group], book.came(group), book.went(group), each.figures.groups[group]]
        rows.append(tuple(row))
    caption = "Sổ chuyển nhóm theo xã, phường (thửa). Đầu tuần + vào − ra = cuối tuần."
    return Table("ledger", "Sổ theo xã", caption, (_PLACE, *columns), tuple(rows))


def _people(places: Sequence[Standing]) -> Table:
    columns = tuple(Column(name) for name in OUTCOMES.values())
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (each.name, *(each.figures.verification[outcome] for outcome in OUTCOMES)) for each in places
    )
    return Table(
        "people_by_commune", "Dân cư theo xã", "Kết quả đối chiếu dân cư (người).", (_PLACE, *columns), rows
    )


def _tasks(places: Sequence[Standing]) -> Iterator[Table]:
    whats = ("Được giao", "Chưa làm được", "Có thể làm", "Đã làm")
    for task, (unit, name) in TASKS.items():
        told = [(each.name, each.figures.tasks.get(task, TaskFigures())) for each in places]
        rows = tuple(
            (
                place,
                figures.assigned,
                figures.excluded.total() if figures.assigned is not None else None,
                figures.collectable,
                figures.done,
                figures.starts,
                figures.due,
            )
            for place, figures in told
        )
        columns = (_PLACE, *map(Column, whats), Column("Bắt đầu", DAY), Column("Hạn", DAY))
        yield Table(f"task_{task.value}", name[:28], f"{name} ({unit}).", columns, rows)


def _waiting(places: Sequence[Standing]) -> Table:
    columns = tuple(Column(name) for name in HOLDERS.values())
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            each.name,
            *(each.figures.waiting[who].items if who in each.figures.waiting else 0 for who in HOLDERS),
        )
        for each in places
    )
    return Table(
        "waiting_by_commune", "Việc chờ theo xã", "Việc đang chờ ai (người).", (_PLACE, *columns), rows
    )
