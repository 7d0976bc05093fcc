"""What can be wrong with a row of the classification table of plan 2959, and what mends it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from landdb.intake.problems import declare

NUMBER_UNREADABLE = declare(
    "opinion_number_unreadable",
    _("số tờ, số thửa không phải là số nguyên dương"),
    _("ghi số tờ, số thửa bằng chữ số như trên bản đồ địa chính"),
)
GROUP_UNKNOWN = declare(
    "opinion_group_unknown",
    _("không phải NHÓM 1, NHÓM 2 hay ô trống"),
    _("ghi NHÓM 1 hoặc NHÓM 2; chưa phân loại thì để trống"),
)
MARK_UNCLEAR = declare(
    "opinion_mark_unclear", _("không hiểu dấu trong ô này"), _("có thì ghi x, không thì để trống")
)
MARKS_CONTRADICT = declare(
    "opinion_marks_contradict",
    _("hai dấu trái nhau trong một dòng"),
    _("chỉ giữ dấu đúng, xoá dấu kia"),
)
CELL_ERROR = declare("opinion_cell_error", _("ô là lỗi công thức"), _("ghi giá trị thay cho lỗi"))
CELL_UNSAVED = declare(
    "opinion_cell_unsaved",
    _("ô là công thức chưa có kết quả trong tệp"),
    _("mở bằng Excel, bấm F9, lưu lại, hoặc ghi giá trị thay công thức"),
)
PLOT_UNKNOWN = declare(
    "opinion_plot_unknown",
    _("không có thửa nào đang dùng mang số tờ, số thửa này trong xã"),
    _("kiểm tra số tờ, số thửa theo bản đồ hiện nay, hoặc nhập thửa này trước"),
)
PLOT_SEVERAL = declare(
    "opinion_plot_several",
    _("nhiều thửa đang dùng mang cùng số tờ, số thửa này"),
    _("xử lý thửa trùng số trước, rồi nhập lại dòng này"),
)
ROW_REPEATED = declare(
    "opinion_row_repeated", _("dòng lặp lại nguyên một dòng khác về cùng thửa"), _("không cần làm gì")
)
ROWS_CONTRADICT = declare(
    "opinion_rows_contradict",
    _("các dòng về cùng một thửa nói khác nhau"),
    _("giữ một dòng đúng cho mỗi thửa"),
)
SHEET_OTHER = declare(
    "opinion_sheet_other",
    _("trang tính không có các cột của bảng phân loại, không được đọc"),
    _("đặt dữ liệu vào trang có đủ tiêu đề mã xã, số tờ, số thửa, phân loại"),
)
