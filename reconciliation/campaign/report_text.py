"""The text of a report, in the order in which provinces report (formats of the campaign; Decree 30/2020)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .forecast import Forecast
from .report_difficulties import Noted
from .report_figures import TASKS
from .report_parts import COUNT, DAY, Block, Report, written

_WEEK_TEXT = "Đến 24 giờ ngày {week_last}, "


def write(report: Report, ahead: Forecast | None, noted: Sequence[Noted], names: dict[int, str]) -> None:
    """All blocks, from the plan to the tasks of the next week."""
    _plan(report)
    _part(report, "II. KẾT QUẢ THỰC HIỆN")
    _people(report)
    _plots(report, ahead)
    _collected(report)
    _codes(report)
    _places(report)
    _part(report, "III. KHÓ KHĂN, VƯỚNG MẮC VÀ NHIỆM VỤ TUẦN SAU")
    _difficulties(report, noted, names)
    _tasks(report)


def _part(report: Report, title: str) -> None:
    report.blocks.append(Block("part", title))


def _head(report: Report, title: str) -> None:
    report.blocks.append(Block("head", title))


def _say(report: Report, *sentences: str, kind: str = "text") -> None:
    report.blocks.append(Block(kind, report.say(" ".join(filter(None, sentences)))))


def _table(report: Report, key: str) -> None:
    if key in report.tables and report.tables[key].rows:
        report.blocks.append(Block("table", key))


def _picture(report: Report, key: str) -> None:
    if key in report.pictures:
        report.blocks.append(Block("picture", key))


def _has(report: Report, *keys: str) -> bool:
    return all(report.value(key) is not None for key in keys)


def _moved(report: Report, key: str, unit: str) -> str:
    """A difference in words: tăng 12 thửa, giảm 3 thửa, không đổi."""
    change = report.value(key)
    if not isinstance(change, int) or not change:
        return "không đổi"
    return f"{'tăng' if change > 0 else 'giảm'} {written(abs(change), COUNT)} {unit}"


def _plan(report: Report) -> None:
    _part(report, "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI")
    given = [
        f"{name.lower()} {{{task.value}_assigned}} {unit}"
        for task, (unit, name) in TASKS.items()
        if _has(report, f"{task.value}_assigned")
    ]
    if given:
        dates = ", từ {clean_starts} đến {clean_due}" if _has(report, "clean_starts", "clean_due") else ""
        whom = "" if report.value("communes") == 1 else " {communes} xã, phường"
        _say(report, f"Kế hoạch giao{whom}{dates}: {'; '.join(given)}.")
    else:
        _say(report, "Chưa giao chỉ tiêu cho các xã, phường.")
    if report.revision > 1:
        why = "; ".join(report.reasons).rstrip(".")
        _say(report, f"Số liệu là bản chốt {report.revision}, sửa bản trước vì: {_plain(why)}.")
    if report.is_rebuilt:
        _say(report, "Bản chốt được lập sau ngày chốt từ dữ liệu có ngày; số không có ngày để trống.")
    _say(report, "Văn bản chỉ đạo, hội nghị, tuyên truyền trong tuần:", kind="fill")


def _plain(words: str) -> str:
    """Words of a person, in which braces are braces."""
    return words.replace("{", "{{").replace("}", "}}")


def _people(report: Report) -> None:
    _head(report, "1. Đối chiếu với Cơ sở dữ liệu quốc gia về dân cư")
    if not report.value("people"):
        _say(report, "Chưa đối chiếu lần nào.")
        return
    change = ""
    if _has(report, "people_matched_change"):
        change = f", {_moved(report, 'people_matched_change', 'người')} so với tuần trước"
    _say(
        report,
        _WEEK_TEXT + "có {people} người sử dụng đất, trong đó {people_asked} người phải đối chiếu;",
        f"{{people_matched}} người khớp ({{people_matched_share}}){change};",
        "{people_wrong} người sai lệch hoặc chưa rõ.",
        # Of the open hand-overs, as in the table of what waits: an outcome is only as new as its matching.
        "{waiting_police} người đang chờ Công an trả lời." if _has(report, "waiting_police") else "",
    )
    _table(report, "people")


def _plots(report: Report, ahead: Forecast | None) -> None:
    _head(report, "2. Rà soát, phân loại thửa đất")
    gap = report.value("clean_gap")
    against = ""
    if isinstance(gap, int):
        side = "thấp hơn" if gap < 0 else "cao hơn"
        against = f"; {side} kế hoạch {written(abs(gap), COUNT)} thửa" if gap else "; đúng kế hoạch"
    _say(
        report,
        _WEEK_TEXT + "có {plots} thửa được rà soát: {group_1_closing} thửa đạt nhóm 1 ({group_1_share}),",
        f"{_moved(report, 'group_1_change', 'thửa')} so với đầu tuần{against};",
        "{group_2_closing} thửa nhóm 2 ({group_2_share}); {group_3_closing} thửa nhóm 3 ({group_3_share}).",
    )
    if _has(report, "clean_rate"):
        _say(
            report,
            "Về chỉ tiêu làm sạch: đã đạt {clean_done} trên {clean_assigned} thửa được giao ({clean_rate});",
            "{clean_excluded} thửa chưa làm được vì lý do đã ghi, nên đạt {clean_rest} số có thể làm.",
        )
    if ahead is not None:
        _say(report, _forecast(report, ahead))
    _table(report, "groups")
    _picture(report, "burn")


def _forecast(report: Report, ahead: Forecast) -> str:
    """Only what is likely enough to be told."""
    report.add("forecast_pace", round(ahead.pace))
    for key, day in (("likely", ahead.likely), ("earliest", ahead.earliest), ("latest", ahead.latest)):
        report.add(f"forecast_{key}", day, DAY)
    start = "Theo nhịp các tuần gần nhất ({forecast_pace} thửa mỗi tuần), "
    if ahead.likely is None:
        return start + "chưa thể nói ngày hoàn thành chỉ tiêu."
    if ahead.earliest and ahead.latest:
        told = "chỉ tiêu {clean_assigned} thửa dự kiến đạt trong khoảng "
        told += "{forecast_earliest} đến {forecast_latest}"
    else:
        told = "chỉ tiêu {clean_assigned} thửa dự kiến đạt khoảng {forecast_likely}"
        told += ", sớm nhất {forecast_earliest}" if ahead.earliest else ""
    due = report.value("clean_due")
    late = (ahead.likely - due).days if isinstance(due, dt.date) else 0
    if late > 0:
        report.add("forecast_late", late)
        told += ", chậm khoảng {forecast_late} ngày so với hạn {clean_due}"
    return start + told + "."


def _collected(report: Report) -> None:
    _head(report, "3. Thu giấy chứng nhận, gắn bản quét")
    if _has(report, "collect_done", "collect_rest"):
        _say(
            report,
            "Chỉ tiêu thu {collect_assigned} giấy chứng nhận, có thể thu {collect_collectable};",
            "đã thu {collect_done} giấy ({collect_rate} số được giao, {collect_rest} số có thể thu).",
        )
    elif _has(report, "collect_done"):
        _say(report, "Đã thu {collect_done} giấy chứng nhận; chưa giao chỉ tiêu thu.")
    else:
        _say(report, "Chưa có số liệu thu giấy chứng nhận của tuần.")
    if _has(report, "scan_done", "scan_rate"):
        _say(
            report, "Đã gắn bản quét vào {scan_done} giấy trên {scan_assigned} giấy được giao ({scan_rate})."
        )
    elif _has(report, "scan_done"):
        _say(report, "Đã gắn bản quét vào {scan_done} giấy.")
    _table(report, "tasks")
    _table(report, "reasons")


def _codes(report: Report) -> None:
    _head(report, "4. Bản đồ và mã định danh thửa")
    coded = "; {coded} thửa đã có mã định danh ({coded_share})" if _has(report, "coded") else ""
    _say(report, f"{{drawn}} thửa có hình thể trên bản đồ ({{drawn_share}}){coded}.")


def _places(report: Report) -> None:
    if "slow" not in report.tables:
        return
    _head(report, "5. Các xã, phường")
    if report.value("communes_ranked"):
        _say(
            report,
            "{communes_late} trên {communes_ranked} xã, phường chậm kế hoạch;",
            "{communes_far} xã, phường chậm trên 10 điểm phần trăm.",
        )
    _table(report, "best")
    _table(report, "slow")
    _picture(report, "spread")


def _difficulties(report: Report, noted: Sequence[Noted], names: dict[int, str]) -> None:
    _head(report, "1. Khó khăn, vướng mắc")
    _table(report, "rules")
    _table(report, "waiting")
    for each in noted:
        where = names.get(each.commune, "") if each.commune else "Việc chung"
        answer = f" {each.answer}" if each.answer else ""
        report.blocks.append(Block("item", f"{where}: {each.text}{answer}"))
    if not noted:
        _say(report, "Khó khăn khác (nhân lực, máy quét, phần mềm, thiên tai):", kind="fill")


def _tasks(report: Report) -> None:
    _head(report, "2. Nhiệm vụ, thời hạn")
    items = []
    if report.value("clean_needed"):
        items.append(
            "Để kịp hạn {clean_due}, mỗi tuần đưa thêm {clean_needed} thửa lên nhóm 1 "
            f"(tuần này {_moved(report, 'group_1_change', 'thửa')})."
        )
    if report.value("waiting_police"):
        old = (
            ", trước hết {waiting_police_old} người chờ quá 30 ngày"
            if report.value("waiting_police_old")
            else ""
        )
        items.append(f"Công an trả lời {{waiting_police}} người đang chờ xác minh{old}.")
    if report.value("waiting_desk"):
        items.append("Văn phòng đăng ký đất đai xét {waiting_desk} người đang chờ ở bàn xét duyệt.")
    if report.value("waiting_commune"):
        items.append("Các xã, phường trả lời {waiting_commune} người được hỏi lại.")
    if report.value("collect_needed"):
        items.append("Mỗi tuần thu {collect_needed} giấy chứng nhận để kịp hạn {collect_due}.")
    if report.value("communes_far") and report.value("communes") != 1:
        items.append("{communes_far} xã, phường chậm trên 10 điểm phần trăm báo cáo lịch làm bù.")
    for item in items:
        _say(report, item, kind="item")
    _say(report, "Việc khác, người chịu trách nhiệm, thời hạn:", kind="fill")
