"""The figures of a report with their names and definitions, and the tables that are made of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _noop

from ..classification import period
from ..models import Task, Verification
from .course import whole
from .history import TaskFigures, total
from .people import SUMS
from .report_parts import CHANGE, COUNT, DAY, POINTS, SHARE, WORDS, Column, Report, Table, Value
from .report_past import Past
from .report_standing import Standing, needed, of_task, planned_of
from .report_words import TOLD, Words

Outcome = Verification.Outcome

#: Each task: what of it is counted, and its name in the table.
TASKS = {
    Task.CLEAN: (_noop("thửa"), _noop("Làm sạch thửa đất")),
    Task.COLLECT: (_noop("giấy"), _noop("Thu giấy chứng nhận")),
    Task.SCAN: (_noop("giấy"), _noop("Gắn bản quét giấy chứng nhận")),
    Task.VERIFY: (_noop("người"), _noop("Xác minh người sử dụng đất")),
    Task.CODE: (_noop("thửa"), _noop("Gán mã định danh thửa")),
}
GROUPS = {1: _noop("Nhóm 1"), 2: _noop("Nhóm 2"), 3: _noop("Nhóm 3")}
OUTCOMES = {
    Outcome.MATCHED: _noop("Khớp với dữ liệu dân cư"),
    Outcome.MISMATCH: _noop("Thấy nhưng khác thông tin"),
    Outcome.AMBIGUOUS: _noop("Chưa rõ là ai"),
    Outcome.NOT_FOUND: _noop("Không tìm thấy"),
    Outcome.DECEASED: _noop("Đã mất"),
    Outcome.WITH_POLICE: _noop("Đã gửi Công an khi đối chiếu"),
    Outcome.UNVERIFIABLE: _noop("Thiếu căn cứ để đối chiếu"),
    Outcome.NOT_APPLICABLE: _noop("Không áp dụng (cơ quan, tổ chức)"),
    "": _noop("Đã đổi sau khi chốt, không còn rõ"),
}


def share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole


def describe(report: Report, past: Past, places: Sequence[Standing]) -> None:
    """All figures but those of single communes."""
    _stand(report, past)
    _groups(report, past)
    _people(report, past)
    for task in TASKS:
        _task(report, past, task)
    _plots(report, past)
    ranked = [each for each in places if each.gap is not None]
    late = [each for each in ranked if (each.gap or 0) < 0]
    far = [each for each in ranked if (each.gap or 0) < -10]
    report.add("communes", len(places))
    report.add("communes_ranked", len(ranked))
    report.add("communes_late", len(late))
    report.add("communes_far", len(far))


def _stand(report: Report, past: Past) -> None:
    report.add("week", past.number or _noop("chưa bắt đầu"))
    report.add("week_first", past.week, DAY)
    report.add("week_last", past.last, DAY)
    report.add("revision", past.revision)
    report.add("rule_set", ", ".join(map(str, past.rule_sets)) or _noop("không rõ"), WORDS)


def _groups(report: Report, past: Past) -> None:
    figures, book = total(past.now.values()), period.total(past.books.values())
    report.add("plots", figures.plots)
    rows: list[tuple[Value, ...]] = []
    stocks: list[tuple[int, int, int, int]] = []
    for group, name in GROUPS.items():
        key, closing = f"group_{group}", figures.groups[group]
        opening, came, went = book.opening[group], book.came(group), book.went(group)
        report.add(f"{key}_opening", opening, what="group_opening", group=name)
        report.add(f"{key}_came", came, what="group_came", group=name)
        report.add(f"{key}_went", went, what="group_went", group=name)
        report.add(f"{key}_closing", closing, what="group_closing", group=name)
        report.add(f"{key}_change", came - went, CHANGE, what="group_change", group=name)
        part = share(closing, figures.plots)
        report.add(f"{key}_share", part, SHARE, what="group_share", group=name)
        stocks.append((opening, came, went, closing))
        rows.append((name, opening, came, went, closing, part))
    sums = [sum(column) for column in zip(*stocks, strict=True)]
    gaps = [closing - opening - came + went for opening, came, went, closing in stocks]
    told = (
        f"Số chốt lúc 24 giờ ngày {past.last:%d/%m/%Y}, {_revision(past)}, bộ quy tắc "
        f"{report.figures['rule_set'].shown}. Tỷ lệ trên tổng số thửa lúc chốt. Một thửa chuyển nhiều lần "
        "được đếm mỗi lần."
    )
    if any(gaps):
        words = ", ".join(f"{name} {gap:+d}" for name, gap in zip(GROUPS.values(), gaps, strict=True) if gap)
        told += f" Bản chốt lệch sổ: {words} thửa."
    report.tables["groups"] = Table(
        "groups",
        "Ba nhóm",
        "Thửa đất theo nhóm (thửa). Đầu tuần + vào − ra = cuối tuần.",
        (
            Column("Nhóm", WORDS),
            Column("Đầu tuần"),
            Column("Vào"),
            Column("Ra"),
            Column("Cuối tuần"),
            Column("Tỷ lệ (%)", SHARE),
        ),
        tuple(rows),
        ("Cộng", *sums, share(figures.plots, figures.plots)),
        told,
        tuple(map(str, GROUPS)),
    )


def _revision(past: Past) -> str:
    return f"bản chốt {past.revision}"


def _people(report: Report, past: Past) -> None:
    now, before = total(past.now.values()).verification, total(past.before.values()).verification
    people, out = now.total(), now[Outcome.NOT_APPLICABLE]
    report.add("people", people)
    report.add("people_asked", people - out)
    rows = []
    for outcome, name in OUTCOMES.items():
        count = now[outcome]
        change = count - before[outcome] if before else None
        if outcome:
            small = Words(name).small
            report.add(f"people_{outcome}", count, what="people_of", outcome=name, small=small)
        if count or (before and before[outcome]):
            rows.append((name, count, share(count, people), change))
    matched = now[Outcome.MATCHED]
    report.add("people_matched_share", share(matched, people - out), SHARE)
    gain = matched - before[Outcome.MATCHED] if before else None
    report.add("people_matched_change", gain, CHANGE)
    report.add("people_wrong", sum(now[outcome] for outcome in SUMS["wrong"]))
    report.tables["people"] = Table(
        "people",
        "Đối chiếu dân cư",
        "Người sử dụng đất theo kết quả đối chiếu với Cơ sở dữ liệu quốc gia về dân cư (người).",
        (
            Column("Kết quả", WORDS),
            Column("Cuối tuần"),
            Column("Tỷ lệ (%)", SHARE),
            Column("So tuần trước", CHANGE),
        ),
        tuple(rows),
        ("Cộng", people, share(people, people), None) if rows else (),
        # Whoever was sent to the police since the matching has the outcome of before.
        "Kết quả của lần đối chiếu gần nhất. Ai đang chờ Công an trả lời thì tính ở bảng việc đang chờ ai.",
    )


def _task(report: Report, past: Past, task: Task) -> None:
    unit, name = TASKS[task]
    told, line = of_task(past.now.values(), task), planned_of(past, task, past.last)
    plan = None if line is None else whole(line)
    excluded = told.excluded.total() if told.assigned is not None else None
    where = _noop("ở các xã, phường được giao") if told.assigned is not None else _noop("ở mọi xã, phường")
    found: list[tuple[str, Value, str]] = [
        ("assigned", told.assigned, COUNT),
        ("excluded", excluded, COUNT),
        ("collectable", told.collectable, COUNT),
        ("done", told.done, COUNT),
        ("rate", share(told.done, told.assigned), SHARE),
        ("rest", share(told.done, told.collectable), SHARE),
        ("planned", plan, COUNT),
        ("gap", None if told.done is None or plan is None else told.done - plan, CHANGE),
        ("needed", needed(told, past.last), COUNT),
        ("starts", told.starts, DAY),
        ("due", told.due, DAY),
    ]
    for figure, value, kind in found:
        key = f"{task.value}_{figure}"
        what = key if key in TOLD else f"task_{figure}"
        report.add(key, value, kind, what=what, task=name, unit=unit, where=where)


def _plots(report: Report, past: Past) -> None:
    figures = total(past.now.values())
    coded = figures.tasks.get(Task.CODE, TaskFigures()).done
    report.add("coded", coded)
    report.add("coded_share", share(coded, figures.plots), SHARE)
    drawn = figures.plots - figures.rules["geometry_missing"]
    report.add("drawn", drawn)
    report.add("drawn_share", share(drawn, figures.plots), SHARE)


def tasks_table(report: Report, past: Past) -> Table:
    """The plan's tasks side by side; a denominator that has changed since last week is told below."""
    rows, changed = [], []
    for task, (unit, name) in TASKS.items():
        names = ("assigned", "excluded", "collectable", "done", "rate", "rest", "gap")
        values = [report.value(f"{task.value}_{what}") for what in names]
        now, done = values[0], values[3]
        if now is None and done is None:
            continue
        rows.append((f"{name} ({unit})", *values))
        then = of_task(past.before.values(), task).assigned if past.before else None
        if then is not None and now is not None and then != now:
            changed.append(f"{name.lower()} từ {then:,} thành {now:,}".replace(",", "."))
    note = "Trên số được giao và trên số có thể làm (được giao trừ chưa làm được vì lý do đã ghi) lúc chốt."
    if changed:
        note += f" Số được giao đã đổi so với tuần trước: {'; '.join(changed)}."
    return Table(
        "tasks",
        "Việc được giao",
        "Việc được giao, đã làm và so với kế hoạch.",
        (
            Column("Việc", WORDS),
            Column("Được giao"),
            Column("Chưa làm được"),
            Column("Có thể làm"),
            Column("Đã làm"),
            Column("% được giao", SHARE),
            Column("% có thể làm", SHARE),
            Column("So kế hoạch", CHANGE),
        ),
        tuple(rows),
        (),
        note,
    )


PLACES = (
    Column("Hạng", COUNT),
    Column("Xã, phường", WORDS),
    Column("Số thửa"),
    Column("Nhóm 1"),
    Column("Tuần này", CHANGE),
    Column("Được giao"),
    Column("Đã làm (%)", SHARE),
    Column("So kế hoạch (điểm)", POINTS),
    Column("Cần mỗi tuần"),
)


def place_row(each: Standing) -> tuple[Value, ...]:
    """A commune's line in the tables by rank."""
    return (
        each.rank,
        each.name,
        each.figures.plots,
        each.figures.groups[1],
        each.change,
        each.clean.assigned,
        each.rate,
        each.gap,
        each.needed,
    )
