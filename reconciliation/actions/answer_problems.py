"""What may be wrong with a row of an answer file, and how it is mended."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from landdb.intake.problems import declare

KEY_MISSING = declare(
    "answer_key_missing", _("có trả lời nhưng thiếu mã dòng"), _("chép lại mã dòng từ danh sách đã giao")
)
KEY_MISREAD = declare(
    "answer_key_misread",
    _("mã dòng gõ sai: không khớp ký tự kiểm tra"),
    _("so với danh sách đã giao rồi gõ lại"),
)
KEY_UNKNOWN = declare(
    "answer_key_unknown",
    _("mã dòng này không có trong danh sách nào đã giao cho bạn"),
    _("kiểm tra có đúng danh sách, đúng địa bàn không"),
)
WITHDRAWN = declare(
    "answer_withdrawn", _("người này đã được thu hồi khỏi danh sách"), _("không cần trả lời nữa")
)
NAME_DIFFERS = declare(
    "answer_name_differs",
    _("mã dòng và họ tên không phải của cùng một người: có lẽ các cột bị sắp xếp lệch nhau"),
    _("sắp xếp lại cả bảng cùng nhau, hoặc chép lại mã dòng của người này"),
)
CELL_ERROR = declare("answer_cell_error", _("ô là lỗi công thức"), _("ghi giá trị thay cho lỗi"))
CELL_UNSAVED = declare(
    "answer_cell_unsaved",
    _("ô là công thức chưa có kết quả trong tệp"),
    _("mở bằng Excel, bấm F9, lưu lại, hoặc ghi giá trị thay công thức"),
)
NO_LINE = declare("answer_no_line", _("dòng không có mã dòng, không có trả lời"), _("không cần làm gì"))
NOT_GIVEN = declare("answer_not_given", _("chưa trả lời"), _("trả lời sau cũng được, nộp lại từng phần"))
WORD_MISSING = declare(
    "answer_word_missing", _("có thông tin nhưng thiếu kết quả xác minh"), _("chọn một trong sáu kết quả")
)
WORD_UNKNOWN = declare(
    "answer_word_unknown", _("không hiểu kết quả xác minh"), _("chọn một trong sáu kết quả của danh sách")
)
WORDS_SEVERAL = declare(
    "answer_words_several", _("đánh dấu nhiều kết quả"), _("chỉ đánh dấu một kết quả cho mỗi người")
)
BIRTH_UNREADABLE = declare(
    "answer_birth_unreadable", _("không đọc được ngày sinh đúng"), _("ghi dd/mm/yyyy, hoặc năm")
)
SEX_UNREADABLE = declare("answer_sex_unreadable", _("không đọc được giới tính đúng"), _("ghi Nam hoặc Nữ"))
NUMBER_BAD = declare(
    "answer_number_bad", _("số định danh đúng không phải 12 chữ số (hoặc CMND 9 chữ số)"), _("gõ lại đủ số")
)
NUMBER_PADDED = declare(
    "answer_number_padded", _("số định danh mất số 0 ở đầu, đã thêm lại"), _("xem lại; để cột ở dạng văn bản")
)
NUMBER_CONTRADICTS = declare(
    "answer_number_contradicts",
    _("số định danh trái với ngày sinh hoặc giới tính"),
    _("xem lại số, ngày sinh, giới tính"),
)
DIED_UNREADABLE = declare(
    "answer_died_unreadable",
    _("không đọc được ngày mất, hoặc ngày ở tương lai"),
    _("ghi dd/mm/yyyy, hoặc năm"),
)
DIED_BUT_OTHER = declare(
    "answer_died_but_other",
    _("có ngày mất nhưng kết quả không phải “Đã mất”"),
    _("sửa kết quả hoặc bỏ ngày mất"),
)
NOTHING_CORRECTED = declare(
    "answer_nothing_corrected",
    _("ghi “Sai, đã sửa” nhưng không cột nào khác danh sách"),
    _("ghi giá trị đúng, hoặc chọn “Đúng”"),
)
CONTRADICTS_ITSELF = declare(
    "answer_contradicts_itself",
    _("ghi “Đúng” nhưng lại ghi giá trị khác danh sách"),
    _("chọn “Sai, đã sửa”, hoặc bỏ giá trị ấy"),
)
TOO_LONG = declare("answer_cell_too_long", _("ô dài hơn 2.000 ký tự"), _("rút gọn nội dung ô"))
