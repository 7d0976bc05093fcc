"""Who reports to whom: what stands around the text of a report, by the form of Decree 30/2020/NĐ-CP."""

from __future__ import annotations

import datetime as dt

from .report_parts import Letter
from .report_past import Past, Territory

#: Since that day the province is a city under the central government.
CITY_SINCE = dt.date(2026, 9, 20)
#: Who reports of the province, in the lines of the head.
_TASK_FORCE = ("TỔ CÔNG TÁC LÀM SẠCH", "DỮ LIỆU ĐẤT ĐAI")
_TEAM = "Tổ công tác làm sạch dữ liệu đất đai"


def issuer(territory: Territory, commune: str = "") -> tuple[str, ...]:
    """Who signs for a territory, in the lines of the head; a commune by the name that it had then."""
    if territory.commune is not None:
        return "ỦY BAN NHÂN DÂN", (commune or territory.commune.name).upper()
    if territory.office is not None:
        return (territory.office.name.upper(),)
    return _TASK_FORCE


def letter(past: Past) -> Letter:
    """The letter of a report, made on the day after the week."""
    kind = "thành phố" if past.last >= CITY_SINCE else "tỉnh"
    province, day = _place(past.province), past.last + dt.timedelta(days=1)
    days = f"{past.week:%d/%m} – {past.last:%d/%m/%Y}"
    week = f"tuần {past.number} ({days})" if past.number else f"tuần {days}, trước khi kế hoạch bắt đầu"
    subject = f"Kết quả làm sạch dữ liệu đất đai {week}"
    council = f"Ủy ban nhân dân {kind}"
    if past.territory.commune is not None:
        name = past.names.get(past.territory.commune.pk, past.territory.commune.name)
        place = _place(name)
        return Letter(
            "",
            issuer(past.territory, name),
            "BC-UBND",
            place,
            day,
            subject,
            (council, _TEAM),
            ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
            ("Như trên", "Lưu: VT, ĐĐ"),
        )
    if past.territory.office is not None:
        return Letter(
            "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG",
            issuer(past.territory),
            "BC-VPĐK",
            province,
            day,
            subject,
            ("Sở Nông nghiệp và Môi trường", _TEAM),
            ("GIÁM ĐỐC",),
            ("Như trên", "Lưu: VT"),
        )
    return Letter(
        f"UBND {kind} {province}".upper(),
        issuer(past.territory),
        "BC-TCT",
        province,
        day,
        subject,
        (council, f"Ủy ban nhân dân {len(past.now)} xã, phường"),
        ("TỔ TRƯỞNG",),
        ("Như trên", f"Công an {kind}", "Lưu: VT, TCT"),
    )


def _place(name: str) -> str:
    """The name of a place without the kind of unit that it is."""
    for kind in ("Thành phố ", "Tỉnh ", "Xã ", "Phường ", "Thị trấn "):
        name = name.removeprefix(kind)
    return name
