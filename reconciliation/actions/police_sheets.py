"""The list as the police get it: a workbook to fill in, and the same as CSV. In Vietnamese, whoever asks."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from landdb.normalise import line_keys
from landdb.spreadsheets import csv_bytes, text_cell

from ..models import VerificationBatch, VerificationLine

#: What is asked. Only what is needed to find a person; no plot, certificate or telephone.
ASKED = (
    "Mã dòng", "STT", "Xã, phường", "Họ và tên", "Ngày, năm sinh", "Giới tính", "Số định danh/CMND",
    "Số CMND cũ", "Nơi thường trú", "Hỏi vì",
)  # fmt: skip
#: What the police fill in.
ANSWERED = (
    "Kết quả xác minh", "Họ và tên đúng", "Ngày sinh đúng", "Giới tính đúng", "Số định danh đúng",
    "Nơi thường trú hiện nay", "Mất ngày", "Ghi chú", "Người xác minh",
)  # fmt: skip
#: The words of an answer, as the drop-down offers them.
WORDS = {
    "confirmed": "Đúng",
    "corrected": "Sai, đã sửa",
    "no_such": "Không có người này",
    "deceased": "Đã mất",
    "several": "Có nhiều người",
    "undetermined": "Chưa xác định được",
}
LIST_SHEET = "Danh sách"
_WHY = {
    "not_found": "Không tìm thấy trong dữ liệu dân cư",
    "ambiguous": "Có nhiều người giống nhau",
    "mismatch": "Thông tin khác dữ liệu dân cư",
    "unverifiable": "Thiếu căn cứ để đối chiếu",
}
_SEXES = {"M": "Nam", "F": "Nữ"}
_WIDTHS = (17, 7, 20, 28, 13, 9, 16, 13, 34, 30, 20, 28, 13, 11, 16, 34, 12, 28, 22)
_HELP = (
    ("Đúng", "Có đúng người này như đã ghi. Ghi thêm số định danh 12 số nếu danh sách chưa có."),
    ("Sai, đã sửa", "Có người này nhưng ghi sai: ghi giá trị đúng vào cột “… đúng”; ô không sai để trống."),
    ("Không có người này", "Không có ai như vậy trong dữ liệu quốc gia về dân cư."),
    ("Đã mất", "Người này đã mất: ghi ngày vào cột “Mất ngày” (dd/mm/yyyy hoặc năm)."),
    ("Có nhiều người", "Nhiều người cùng như vậy, chưa biết là ai: ghi vào cột “Ghi chú”."),
    ("Chưa xác định được", "Chưa trả lời được; sẽ hỏi lại."),
)  # fmt: skip


def row_of(line: VerificationLine) -> list[str]:
    """The cells of what is asked about a person."""
    return [
        line_keys.shown(line.key),
        str(line.number),
        str(line.commune or ""),
        line.name,
        line.birth,
        _SEXES.get(line.sex, ""),
        line.id_number,
        line.former_number,
        line.address,
        _WHY.get(line.outcome, ""),
    ]


def checksum(content: bytes) -> str:
    """SHA-256 of a file: whoever receives it can tell with any tool whether it is the one issued."""
    return hashlib.sha256(content).hexdigest()


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """The list as CSV, with the columns to fill in."""
    empty = [""] * len(ANSWERED)
    return csv_bytes([[*ASKED, *ANSWERED], *([*row, *empty] for row in rows)])


def workbook(batch: VerificationBatch, part: str, rows: Sequence[Sequence[str]], mark: str) -> bytes:
    """The list as a workbook: a delivery note, the lines, and how to answer."""
    book = Workbook(write_only=True)
    _note(book, batch, part, len(rows), mark)
    _lines(book, rows)
    _instructions(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def note_of(batch: VerificationBatch, part: str, lines: int, mark: str) -> list[tuple[str, str]]:
    """What the delivery note says: which list, what for, by what right, how many, until when."""
    return [
        ("Số danh sách", batch.number),
        ("Phần", part),
        ("Mục đích", batch.purpose),
        ("Căn cứ pháp lý", batch.legal_basis),
        ("Số người", str(lines)),
        ("Trả lời trước ngày", f"{batch.due_on:%d/%m/%Y}"),
        ("SHA-256 của tệp .csv", mark),
    ]


def _note(book: Workbook, batch: VerificationBatch, part: str, lines: int, mark: str) -> None:
    sheet = book.create_sheet("Giao nhận")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 80
    title = text_cell(sheet, "DANH SÁCH NGƯỜI SỬ DỤNG ĐẤT CẦN XÁC MINH")
    title.font = Font(bold=True, size=14)
    sheet.append([title])
    for name, value in note_of(batch, part, lines, mark):
        sheet.append([text_cell(sheet, name), text_cell(sheet, value)])
    sheet.append([])
    for who in ("Người giao (ký, ghi rõ họ tên)", "Người nhận (ký, ghi rõ họ tên)", "Ngày giao nhận"):
        sheet.append([text_cell(sheet, who), text_cell(sheet, "…" * 30)])
        sheet.append([])


def _lines(book: Workbook, rows: Sequence[Sequence[str]]) -> None:
    sheet = book.create_sheet(LIST_SHEET)
    sheet.freeze_panes = "E2"
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    head = []
    for name in (*ASKED, *ANSWERED):
        cell = text_cell(sheet, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFF2CC" if name in ANSWERED else "D9E1F2")
        head.append(cell)
    offered = DataValidation(
        type="list",
        formula1=f'"{",".join(word.replace(",", " –") for word in WORDS.values())}"',
        allow_blank=True,
    )
    offered.add(f"K2:K{len(rows) + 1}")
    sheet.data_validations.append(offered)
    sheet.append(head)
    for row in rows:
        sheet.append([text_cell(sheet, cell) for cell in row] + [text_cell(sheet, "") for _name in ANSWERED])


def _instructions(book: Workbook) -> None:
    sheet = book.create_sheet("Cách trả lời")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
    for name, words in (
        (
            "Mã dòng",
            "Giữ nguyên mã dòng. Được đổi thứ tự dòng, thêm, bớt cột, gửi lại từng phần, gửi nhiều lần.",
        ),
        *_HELP,
    ):
        sheet.append([text_cell(sheet, name), text_cell(sheet, words)])
