"""The fields of Form 01: what each column of the workbook means, under which header path it stands.

Source: BieuMauThuThapThongTinGiayChungNhan.xlsx (V1: 61 columns, headers in rows 1 to 3, items in row 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the cells of a column hold; a column whose content contradicts it stops the import."""

    TEXT = "text"
    COMMUNE = "commune"
    SERIAL = "serial"
    DATE = "date"
    NAME = "name"
    PERSON_NUMBER = "person_number"
    SEX = "sex"
    WHOLE = "whole"
    AREA = "area"
    ADDRESS = "address"
    WORDS = "words"
    PHONE = "phone"


class Group(StrEnum):
    """The merged heads above the columns of V1, in its words."""

    CERTIFICATE = "Thông tin về giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất"
    ORGANISATION = "Thông tin về tổ chức sử dụng đất"
    HOLDER = "Thông tin về chủ sử dụng/người đại diện theo pháp luật của tổ chức"
    CURRENT_USER = "Thông tin người sử dụng đất hiện tại (trường hợp không phải là chủ sử dụng pháp lý)"
    PLOT = "Thông tin thửa đất"
    USE_1 = "Loại đất 1 (Mục đích sử dụng)"
    USE_2 = "Loại đất 2 (Mục đích sử dụng)"
    USE_3 = "Loại đất 3 (Mục đích sử dụng)"
    HOUSE = "Thông tin nhà ở"
    SCANS = "Thông tin HSQ"
    MORE = "Thông tin bổ sung"
    MORE_HOLDER = "Chủ sử dụng"
    MORE_SCANS = "Hồ sơ quét"
    MORE_CERTIFICATE = "Giấy chứng nhận"
    SPACE = "Không gian"
    SYSTEM = "Thông tin hệ thống"
    SYSTEM_NOTE = "(Lưu ý: Không được thay đổi)"
    MENDING = "Phần dành cho xã, phường khi sửa"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name in the code, the groups it stands under, its own header and item number in V1."""

    name: str
    header: str
    groups: tuple[Group, ...] = ()
    item: str = ""
    kind: Kind = Kind.TEXT

    @property
    def path(self) -> tuple[str, ...]:
        """The whole header path, from the outermost group to the column's own header."""
        return (*(group.value for group in self.groups), self.header)


def _use(line: int, group: Group, item: int) -> list[Field]:
    """The five columns of a land-use line."""
    under = (Group.PLOT, group)
    return [
        Field(f"use{line}_purpose", "Loại đất", under, str(item), Kind.WORDS),
        Field(f"use{line}_area", "Diện tích", under, str(item + 1), Kind.AREA),
        Field(f"use{line}_origin", "Nguồn gốc sử dụng", under, str(item + 2), Kind.WORDS),
        Field(f"use{line}_form", "Hình thức sử dụng", under, str(item + 3), Kind.WORDS),
        Field(f"use{line}_term", "Thời hạn sử dụng", under, str(item + 4)),
    ]


def _paper(number: int) -> list[Field]:
    """The three columns of an identity paper of the holder."""
    under = (Group.MORE, Group.MORE_HOLDER)
    return [
        Field(f"paper{number}_number", f"Số giấy tờ {number}", under, "", Kind.PERSON_NUMBER),
        Field(f"paper{number}_kind", f"Loại giấy tờ {number}", under),
        Field(f"paper{number}_state", f"Trạng thái xác thực số giấy tờ {number}", under),
    ]


_CERTIFICATE, _ORGANISATION, _HOLDER = (Group.CERTIFICATE,), (Group.ORGANISATION,), (Group.HOLDER,)
_CURRENT, _PLOT, _HOUSE = (Group.CURRENT_USER,), (Group.PLOT,), (Group.HOUSE,)

#: The 61 columns of V1 in their order, A to BI.
V1: tuple[Field, ...] = (
    Field("no", "Số TT"),
    Field("commune_code", "Mã ĐVHC cấp xã", (), "1", Kind.COMMUNE),
    Field("serial", "Số phát hành GCN", _CERTIFICATE, "2", Kind.SERIAL),
    Field("issued", "Ngày cấp GCN", _CERTIFICATE, "3", Kind.DATE),
    Field("book_number", "Số vào sổ GCN", _CERTIFICATE, "4"),
    Field("organisation_name", "Tên tổ chức", _ORGANISATION, "5", Kind.NAME),
    Field("organisation_number", "Số định danh tổ chức", _ORGANISATION, "6"),
    Field("name", "Họ và tên chủ sử dụng/\nHọ tên người đại diện tổ chức", _HOLDER, "7", Kind.NAME),
    Field("id_number", "Số định danh cá nhân/CCCD", _HOLDER, "8", Kind.PERSON_NUMBER),
    Field("birth", "Ngày, tháng, năm sinh", _HOLDER, "9", Kind.DATE),
    Field("sex", "Giới tính", _HOLDER, "10", Kind.SEX),
    Field("address", "Địa chỉ thường trú", _HOLDER, "11", Kind.ADDRESS),
    Field("legal_form", "Pháp nhân trên GCN", _HOLDER, "12", Kind.WORDS),
    Field("role", "Vai trò pháp nhân trên GCN", _HOLDER, "13", Kind.WORDS),
    Field("current_user_name", "Tên người sử dụng hiện tại", _CURRENT, "14", Kind.NAME),
    Field("current_user_number", "Số định danh cá nhân (CCCD)", _CURRENT, "15", Kind.PERSON_NUMBER),
    Field("current_user_address", "Địa chỉ thường trú (2 cấp)", _CURRENT, "16", Kind.ADDRESS),
    Field(
        "change_reason", "Lý do thay đổi (thừa kế, tặng cho, chuyển nhượng...)", _CURRENT, "17", Kind.WORDS
    ),
    Field("plot_code", "Mã định danh thửa đất", _PLOT, "18"),
    Field("certificate_sheet", "Số tờ bản đồ ghi trên GCN", _PLOT, "19", Kind.WHOLE),
    Field("certificate_plot", "Số thứ tự thửa đất ghi trên GCN", _PLOT, "20", Kind.WHOLE),
    Field("sheet", "Số hiệu tờ trên bản đồ địa chính", _PLOT, "21", Kind.WHOLE),
    Field("number", "Số thứ tự thửa trên bản đồ địa chính", _PLOT, "22", Kind.WHOLE),
    Field("plot_address", "Địa chỉ thửa đất", _PLOT, "23", Kind.ADDRESS),
    Field("legal_area", "Diện tích thửa đất", _PLOT, "24", Kind.AREA),
    *_use(1, Group.USE_1, 25),
    *_use(2, Group.USE_2, 30),
    *_use(3, Group.USE_3, 35),
    Field("asset_kind", "Loại tài sản gắn liền với đất", _HOUSE, "40"),
    Field("estate", "Khu nhà chung cư, nhà hỗn hợp", _HOUSE, "41"),
    Field("building", "Nhà chung cư", _HOUSE, "42"),
    Field("flat_number", "Số căn hộ", _HOUSE, "43"),
    Field("built_area", "Diện tích xây dựng", _HOUSE, "44", Kind.AREA),
    Field("floor_area", "Diện tích sàn", _HOUSE, "45", Kind.AREA),
    Field("ownership_form", "Hình thức sở hữu", _HOUSE, "46"),
    Field("ownership_term", "Thời hạn sở hữu", _HOUSE, "47"),
    Field("grade", "Cấp hạng", _HOUSE, "48"),
    Field("scans", "Tên file quét GCN/CCCD", (Group.SCANS,), "49"),
    Field("plot_class", "Phân loại thửa đất", (), "50"),
    *_paper(1),
    *_paper(2),
    Field("has_scans", "Có file hồ sơ quét", (Group.MORE, Group.MORE_SCANS)),
    Field("certificate_kind", "Loại giấy chứng nhận", (Group.MORE, Group.MORE_CERTIFICATE)),
    Field("coordinates", "Thông tin tọa độ (hệ quy chiếu WGS84)", (Group.SPACE,)),
    Field("guid", "Guid", (Group.SYSTEM, Group.SYSTEM_NOTE)),
)

#: Columns that V1 does not have and other layouts do.
MORE: tuple[Field, ...] = (
    Field("phone", "Số điện thoại", _HOLDER, kind=Kind.PHONE),
    Field("current_user_birth", "Ngày, tháng, năm sinh", _CURRENT, "", Kind.DATE),
)

#: Columns that a workbook to be mended has behind those of V1; the register knows none of them.
MENDING: tuple[Field, ...] = (
    Field("uncollectable", "Lý do chưa thu được giấy tờ", (Group.MENDING,)),
    Field("needs", "Cần sửa gì, vì sao, cách sửa", (Group.MENDING,)),
    Field("row_key", "Mã dòng (không sửa)", (Group.MENDING,)),
)

#: Every field by its name.
FIELDS: dict[str, Field] = {field.name: field for field in (*V1, *MORE, *MENDING)}

#: Columns that are known and stay in the received file alone: nothing in the register holds them.
UNUSED = frozenset(
    {
        "no", "has_scans", "coordinates", "current_user_birth", "paper1_state", "paper2_state", "needs",
        "row_key",
    }
)  # fmt: skip

#: An error in one of these cells leaves a row that could be anybody's.
IDENTITY = frozenset(
    {
        "commune_code", "serial", "organisation_name", "organisation_number", "name", "id_number",
        "certificate_sheet", "certificate_plot", "sheet", "number", "guid",
    }
)  # fmt: skip

#: What is said of the plot itself, of the right, of the land user and of the certificate.
PLOT = frozenset({"sheet", "number", "plot_code", "legal_area", "plot_address"})
HOLDING = frozenset(
    {
        "guid", "certificate_sheet", "certificate_plot", "legal_form", "role", "current_user_name",
        "current_user_number", "current_user_address", "change_reason", "plot_class",
    }
)  # fmt: skip
PERSON = frozenset(
    {"organisation_name", "organisation_number", "name", "id_number", "birth", "sex", "address", "phone"}
)
CERTIFICATE = frozenset({"serial", "issued", "book_number", "certificate_kind"})
#: What tells of the house, flat or works on the plot.
ASSET = frozenset(field.name for field in V1 if field.groups == _HOUSE)
#: What tells of the lines of land use.
USES = frozenset(name for name in FIELDS if name.startswith("use"))
#: What names scanned papers.
SCANS = frozenset({"scans"})

#: How many land-use lines and identity papers a row can carry.
USE_LINES, PAPERS = 3, 2
