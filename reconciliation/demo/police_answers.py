"""Answers to a list as the police of a province would send them: reordered, partial, repeated, contradicting,
retyped; in two files with columns of their own."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from landdb.normalise import id_numbers, line_keys
from landdb.spreadsheets import csv_bytes, text_cell

from ..models import VerificationBatch, VerificationLine

#: Shares of what the police say, for each 1,000 people asked about; the others get no answer yet.
_SAID = {
    "confirmed": 400, "corrected": 200, "no_such": 130, "deceased": 80, "several": 30, "undetermined": 20,
}  # fmt: skip
#: Of 1,000 answered lines: told twice alike, told twice otherwise, key retyped, key mistyped, key of no list.
_TWICE, _TORN, _RETYPED, _MISTYPED, _STRANGE = 40, 10, 120, 5, 2
_WRITTEN = {
    "confirmed": ("Đúng", "đúng", "Khớp", "DUNG", "xác nhận đúng"),
    "corrected": ("Sai, đã sửa", "sai - đã sửa", "Đã sửa"),
    "no_such": ("Không có người này", "không tìm thấy", "Không tồn tại"),
    "deceased": ("Đã mất", "đã chết", "Tử vong"),
    "several": ("Có nhiều người", "trùng nhiều người"),
    "undetermined": ("Chưa xác định được", "chưa rõ"),
}
_HEADS = ("STT", "Ghi chú", "Trả lời", "Họ và tên", "Mã dòng", "Ngày sinh đúng", "Số định danh đúng",
          "Mất ngày", "Cán bộ xác minh", "Điện thoại xã")  # fmt: skip

Row = dict[str, str]


@dataclass
class Sent:
    """The files, and what stands in them: rows, and how many lines were meant to be answered plainly."""

    files: list[Path] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    plain: dict[str, str] = field(default_factory=dict)


def write(batch: VerificationBatch, where: Path, seed: int = 1) -> Sent:
    """Two files of answers about a list, a workbook and a CSV, which overlap a little."""
    draw, sent = random.Random(seed), Sent()
    lines = list(batch.lines.filter(state=VerificationLine.State.WAITING).order_by("number"))
    used = set(VerificationLine.objects.filter(batch=batch).values_list("id_number", flat=True))
    rows = [row for line in lines for row in _rows(line, draw, sent, used)]
    rows += [{"Ghi chú": f"Cộng: {len(rows)} người"}]
    draw.shuffle(rows)
    half = len(rows) * 11 // 20
    where.mkdir(parents=True, exist_ok=True)
    overlap = [dict(row) for row in rows[:half] if draw.random() < 0.02 and row.get("Mã dòng")]
    for name, some in (("tra-loi-dot-1.xlsx", rows[:half]), ("tra-loi-dot-2.csv", rows[half:] + overlap)):
        path = where / name
        path.write_bytes(_workbook(some) if name.endswith("xlsx") else _csv(some))
        sent.files.append(path)
        sent.rows[name] = len(some)
    sent.counts["overlap"] = len(overlap)
    return sent


def _rows(line: VerificationLine, draw: random.Random, sent: Sent, used: set[str]) -> Iterable[Row]:
    """The rows about one line: none, one, or several."""
    word = _said(draw)
    if word is None:
        sent.counts["silent"] += 1
        if draw.random() < 0.3:
            yield {"Mã dòng": line_keys.shown(line.key), "Họ và tên": line.name}
        return
    row = _row(line, word, draw, used)
    chance = draw.randrange(1000)
    if chance < _MISTYPED:
        sent.counts["mistyped"] += 1
        yield row | {"Mã dòng": _slip(line.key, draw)}
    elif chance < _MISTYPED + _STRANGE:
        sent.counts["strange"] += 1
        yield row | {"Mã dòng": line_keys.new(), "Họ và tên": ""}
    elif chance < _MISTYPED + _STRANGE + _TORN:
        sent.counts["torn"] += 1
        other = "no_such" if word != "no_such" else "deceased"
        if word == "undetermined":
            # Whoever could not say at first contradicts nobody: the word that came stands.
            sent.plain[line.key] = other
        yield row
        yield _row(line, other, draw, used)
    else:
        sent.counts[word] += 1
        sent.plain[line.key] = word
        yield row
        if chance > 1000 - _TWICE:
            sent.counts["twice"] += 1
            yield dict(row)


def _said(draw: random.Random) -> str | None:
    drawn = draw.randrange(1000)
    for word, share in _SAID.items():
        drawn -= share
        if drawn < 0:
            return word
    return None


def _row(line: VerificationLine, word: str, draw: random.Random, used: set[str]) -> Row:
    row = {
        "Mã dòng": _typed(line.key, draw),
        "Trả lời": draw.choice(_WRITTEN[word]),
        "Họ và tên": line.name if draw.random() < 0.8 else "",
        "Cán bộ xác minh": draw.choice(("Đại úy Mẫu A", "Thượng úy Mẫu B", "")),
        "Ghi chú": draw.choice(("", "", "đã hỏi gia đình")),
        "Điện thoại xã": "",
    }
    if word == "corrected":
        row["Ngày sinh đúng"] = _other_day(line, draw)
    if word == "confirmed" and not line.id_number and draw.random() < 0.5:
        row["Số định danh đúng"] = _number(line, draw, used)
    if word == "deceased":
        row["Mất ngày"] = draw.choice(("2019", f"{draw.randrange(1, 28):02}/0{draw.randrange(1, 9)}/2021"))
    return row


def _typed(key: str, draw: random.Random) -> str:
    """As copied, or as somebody types it from paper."""
    if draw.randrange(1000) >= _RETYPED:
        return line_keys.shown(key)
    return draw.choice((key.lower(), " ".join(key), key.replace("0", "O"), key.replace("1", "l"), key))


def _slip(key: str, draw: random.Random) -> str:
    place = draw.randrange(len(key))
    other = draw.choice([each for each in line_keys.ALPHABET if each != key[place]])
    return key[:place] + other + key[place + 1 :]


def _other_day(line: VerificationLine, draw: random.Random) -> str:
    """Another birth day than the list has; of those with a number, of its year."""
    number = id_numbers.parse(line.id_number)
    year = number.birth_year or draw.randrange(1940, 2000)
    return f"{draw.randrange(2, 28):02}/{draw.randrange(1, 13):02}/{year}"


def _number(line: VerificationLine, draw: random.Random, used: set[str]) -> str:
    """A made-up number that nobody has, of the year and sex that the list says."""
    year = next((int(part) for part in line.birth.split("/") if len(part) == 4), 1970)
    digit = 2 * (year // 100 - 19) + (line.sex == "F")
    while True:
        number = f"024{digit}{year % 100:02}{draw.randrange(10**6):06}"
        if number not in used:
            used.add(number)
            return number


def _csv(rows: Sequence[Row]) -> bytes:
    return csv_bytes([_HEADS, *([row.get(head, "") for head in _HEADS] for row in rows)])


def _workbook(rows: Sequence[Row]) -> bytes:
    """With a title above the header, as offices lay it out."""
    book, packed = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet("KQ")
    sheet.append(["CÔNG AN TỈNH – KẾT QUẢ XÁC MINH", None, dt.date(2026, 12, 1)])
    sheet.append([])
    sheet.append(list(_HEADS))
    for row in rows:
        sheet.append([text_cell(sheet, row.get(head, "")) for head in _HEADS])
    book.save(packed)
    return packed.getvalue()
