"""The figures of a report with their names and definitions, and the tables that are made of them."""

from __future__ import annotations

from collections.abc import Sequence

from ..classification import period
from ..models import Task, Verification
from .course import whole
from .history import TaskFigures, total
from .report_parts import CHANGE, COUNT, DAY, POINTS, SHARE, WORDS, Column, Report, Table, Value
from .report_past import Past
from .report_standing import Standing, needed, of_task, planned_of

Outcome = Verification.Outcome

#: Each task: what of it is counted, and its name in the table.
TASKS = {
    Task.CLEAN: ("thửa", "Làm sạch thửa đất"),
    Task.COLLECT: ("giấy", "Thu giấy chứng nhận"),
    Task.SCAN: ("giấy", "Gắn bản quét giấy chứng nhận"),
    Task.VERIFY: ("người", "Xác minh người sử dụng đất"),
    Task.CODE: ("thửa", "Gán mã định danh thửa"),
}
#: How the plan of a day is reckoned.
_LINE = "Đường thẳng từ số thửa nhóm 1 lúc kế hoạch bắt đầu đến số được giao vào ngày hạn."
_OTHER_LINE = (
    "Đường thẳng từ số đã làm lúc kế hoạch bắt đầu (không bản chốt nào ghi thì từ 0) đến số được giao vào "
    "ngày hạn."
)
GROUPS = {1: "Nhóm 1", 2: "Nhóm 2", 3: "Nhóm 3"}
OUTCOMES = {
    Outcome.MATCHED: "Khớp với dữ liệu dân cư",
    Outcome.MISMATCH: "Thấy nhưng khác thông tin",
    Outcome.AMBIGUOUS: "Chưa rõ là ai",
    Outcome.NOT_FOUND: "Không tìm thấy",
    Outcome.DECEASED: "Đã mất",
    Outcome.WITH_POLICE: "Đã gửi Công an khi đối chiếu",
    Outcome.UNVERIFIABLE: "Thiếu căn cứ để đối chiếu",
    Outcome.NOT_APPLICABLE: "Không áp dụng (cơ quan, tổ chức)",
    "": "Đã đổi sau khi chốt, không còn rõ",
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
    report.add("communes", "Số xã, phường", len(places), "Xã, phường có số liệu của tuần.")
    report.add("communes_ranked", "Số xã, phường được xếp", len(ranked), "Có chỉ tiêu làm sạch thửa đất.")
    report.add(
        "communes_late", "Số xã, phường chậm kế hoạch", len(late), "Đã làm ít hơn kế hoạch đến ngày chốt."
    )
    report.add(
        "communes_far", "Số xã, phường chậm trên 10 điểm %", len(far), "Chậm kế hoạch quá 10 điểm phần trăm."
    )


def _stand(report: Report, past: Past) -> None:
    counted = "Từ tuần kế hoạch làm sạch của toàn tỉnh bắt đầu; không có kế hoạch thì từ bản chốt đầu."
    report.add("week", "Tuần của chiến dịch", past.number or "chưa bắt đầu", counted)
    report.add("week_first", "Từ ngày", past.week, "Thứ hai của tuần.", DAY)
    report.add("week_last", "Đến hết ngày", past.last, "Chủ nhật; số liệu chốt lúc 24 giờ.", DAY)
    report.add("revision", "Bản chốt", past.revision, "1 là bản đầu; bản sau sửa bản trước, có nêu lý do.")
    rules = ", ".join(map(str, past.rule_sets)) or "không rõ"
    report.add("rule_set", "Bộ quy tắc", rules, "Số của bộ quy tắc mà thửa được phân loại theo.", WORDS)


def _groups(report: Report, past: Past) -> None:
    figures, book = total(past.now.values()), period.total(past.books.values())
    report.add("plots", "Tổng số thửa", figures.plots, "Thửa đang có trong sổ lúc chốt.")
    rows: list[tuple[Value, ...]] = []
    stocks: list[tuple[int, int, int, int]] = []
    for group, name in GROUPS.items():
        key, closing = f"group_{group}", figures.groups[group]
        opening, came, went = book.opening[group], book.came(group), book.went(group)
        report.add(
            f"{key}_opening", f"{name}, đầu tuần", opening, "Thửa trong nhóm lúc tuần bắt đầu, theo sổ."
        )
        report.add(f"{key}_came", f"{name}, vào", came, "Lượt thửa vào nhóm trong tuần.")
        report.add(f"{key}_went", f"{name}, ra", went, "Lượt thửa ra khỏi nhóm trong tuần.")
        report.add(f"{key}_closing", f"{name}, cuối tuần", closing, "Thửa trong nhóm lúc chốt.")
        report.add(f"{key}_change", f"{name}, tăng giảm", came - went, "Vào trừ ra.", CHANGE)
        part = share(closing, figures.plots)
        report.add(f"{key}_share", f"{name}, tỷ lệ", part, "Trên tổng số thửa lúc chốt.", SHARE)
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
    report.add("people", "Người sử dụng đất", people, "Người đứng tên ở các thửa, cả cơ quan, tổ chức.")
    report.add("people_asked", "Người phải đối chiếu", people - out, "Không kể cơ quan, tổ chức.")
    rows = []
    for outcome, name in OUTCOMES.items():
        count = now[outcome]
        change = count - before[outcome] if before else None
        if outcome:
            told = f"Người có kết quả này lúc chốt: {name[0].lower()}{name[1:]}."
            report.add(f"people_{outcome}", f"Người: {name}", count, told)
        if count or (before and before[outcome]):
            rows.append((name, count, share(count, people), change))
    matched = now[Outcome.MATCHED]
    told = "Trên số người phải đối chiếu."
    report.add("people_matched_share", "Người khớp, tỷ lệ", share(matched, people - out), told, SHARE)
    gain = matched - before[Outcome.MATCHED] if before else None
    report.add("people_matched_change", "Người khớp, tăng giảm", gain, "So với bản chốt tuần trước.", CHANGE)
    unsettled = [Outcome.MISMATCH, Outcome.AMBIGUOUS, Outcome.NOT_FOUND, Outcome.UNVERIFIABLE]
    wrong = sum(now[outcome] for outcome in unsettled)
    report.add(
        "people_wrong", "Người sai lệch, chưa rõ", wrong, "Khác thông tin, chưa rõ là ai, không thấy, thiếu."
    )
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
    key = task.value
    report.add(f"{key}_assigned", f"{name}: được giao", told.assigned, f"Số {unit} trong kế hoạch lúc chốt.")
    report.add(f"{key}_excluded", f"{name}: chưa làm được", excluded, "Có lý do đã ghi: thế chấp, mất giấy…")
    report.add(f"{key}_collectable", f"{name}: có thể làm", told.collectable, "Được giao trừ chưa làm được.")
    where = "ở các xã, phường được giao" if told.assigned is not None else "ở mọi xã, phường"
    report.add(f"{key}_done", f"{name}: đã làm", told.done, f"Số {unit} đạt lúc chốt, {where}.")
    of_assigned, of_rest = share(told.done, told.assigned), share(told.done, told.collectable)
    report.add(f"{key}_rate", f"{name}: trên số được giao", of_assigned, "Đã làm trên được giao.", SHARE)
    report.add(f"{key}_rest", f"{name}: trên số có thể làm", of_rest, "Đã làm trên có thể làm.", SHARE)
    report.add(f"{key}_planned", f"{name}: kế hoạch", plan, _LINE if task == Task.CLEAN else _OTHER_LINE)
    gap = None if told.done is None or plan is None else told.done - plan
    report.add(f"{key}_gap", f"{name}: so kế hoạch", gap, "Đã làm trừ kế hoạch.", CHANGE)
    pace = needed(told, past.last)
    report.add(f"{key}_needed", f"{name}: cần mỗi tuần", pace, "Số còn lại chia đều cho các tuần đến hạn.")
    report.add(f"{key}_starts", f"{name}: bắt đầu", told.starts, "Ngày sớm nhất trong kế hoạch.", DAY)
    report.add(f"{key}_due", f"{name}: hạn", told.due, "Ngày muộn nhất trong kế hoạch.", DAY)


def _plots(report: Report, past: Past) -> None:
    figures = total(past.now.values())
    coded = figures.tasks.get(Task.CODE, TaskFigures()).done
    report.add("coded", "Thửa có mã định danh", coded, "Thửa đang có trong sổ và đã có mã.")
    report.add("coded_share", "Thửa có mã, tỷ lệ", share(coded, figures.plots), "Trên tổng số thửa.", SHARE)
    drawn = figures.plots - figures.rules["geometry_missing"]
    report.add("drawn", "Thửa có trên bản đồ", drawn, "Thửa không vướng quy tắc “chưa có hình thể”.")
    report.add(
        "drawn_share", "Thửa có trên bản đồ, tỷ lệ", share(drawn, figures.plots), "Trên tổng số thửa.", SHARE
    )


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
