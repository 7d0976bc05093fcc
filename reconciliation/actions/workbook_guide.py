"""The sheet of instructions and the lists of a workbook; in Vietnamese, like the form itself."""

from __future__ import annotations

from django.utils import timezone, translation

from landdb.reference.tables import rows as reference
from parcels.importers.form01.showing import LEGAL_FORMS, ROLES, SEXES, USE_FORMS

from ..models import Why, Workbook, WorkItem

#: In a cell: the value shall go.
CLEAR = "[xoá]"


def lists() -> dict[str, list[str]]:
    """Field → what its cells choose from."""
    with translation.override("vi"):
        reasons = [str(why.label) for why in Why.of(WorkItem.With.CITIZEN)]
    purposes = [
        row["code"]
        for row in reference("land_use_codes")
        if row["in_tt08_2024"] == "yes" and row["level"] != "group"
    ]
    origins = [row["code"] for row in reference("land_origin_codes")]
    uses = {
        f"use{line}_{name}": values
        for line in (1, 2, 3)
        for name, values in (
            ("purpose", purposes),
            ("origin", origins),
            ("form", list(USE_FORMS.values())),
            ("term", ["Lâu dài"]),
        )
    }
    return {
        "sex": list(SEXES.values()),
        "legal_form": list(LEGAL_FORMS.values()),
        "role": list(ROLES.values()),
        **uses,
        "uncollectable": reasons,
    }


def guide(workbook: Workbook) -> list[tuple[str, str]]:
    """The lines of the sheet of instructions."""
    local = timezone.localtime
    return [
        ("Biểu cần sửa", str(workbook.commune)),
        ("Người lập", workbook.made_by.full_name),
        ("Lập lúc", f"{local(workbook.made_at):%d/%m/%Y %H:%M}"),
        ("Mục đích", workbook.purpose),
        ("Tải được đến", f"{local(workbook.expires_at):%d/%m/%Y %H:%M}"),
        ("Số dòng", str(workbook.rows)),
        ("", ""),
        (
            "Ô màu vàng",
            "là ô cần sửa; chú thích của ô nói vì sao và cách sửa. Cột “Cần sửa gì” gom lại cả dòng.",
        ),
        ("Ô khác", "cũng được sửa nếu sai so với giấy tờ."),
        ("Ô để trống", f"nghĩa là không đổi. Muốn xoá một giá trị thì ghi {CLEAR} vào ô đó."),
        ("Ngày", "ghi dạng 31/12/1975; chỉ biết năm thì ghi 1975."),
        ("Số giấy tờ", "các cột đều là văn bản nên số 0 ở đầu không mất; căn cước có đủ 12 chữ số."),
        ("Diện tích", "ghi một số, đơn vị m², dấu phẩy thập phân: 120,5."),
        (
            "Chưa thu được giấy tờ",
            "chọn lý do trong cột “Lý do chưa thu được giấy tờ”; dòng đó được để riêng.",
        ),
        (
            "Sắp xếp, lọc, chuyển dòng",
            "được. Đừng xoá cột “Mã dòng” đang ẩn; bỏ một dòng nghĩa là dòng đó không đổi.",
        ),
        (
            "Thêm dòng",
            "nhập vào dòng trống bên dưới, không chép một dòng đã có: hai dòng cùng mã sẽ bị trả lại.",
        ),
        ("Chép dữ liệu", "dữ liệu cá nhân, chỉ dùng đúng mục đích trên; nộp xong thì xoá khỏi máy."),
        (
            "Nộp lại",
            "lưu dạng .xlsx (hoặc .xls, .ods, .csv) rồi tải lên “Biểu của xã”; chưa duyệt thì chưa ghi.",
        ),
    ]
