"""What can be wrong with a row of Form 01, and what mends it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from landdb.intake.problems import NAME_MISSING, ROW_BLANK, declare

__all__ = ["NAME_MISSING", "ROW_BLANK"]

# Rejected: the row cannot be tied to one plot, certificate and land user.
IDENTITY_ERROR = declare(
    "identity_error", _("ô khoá của dòng là lỗi công thức"), _("ghi lại giá trị đúng thay cho lỗi công thức")
)
IDENTITY_UNSAVED = declare(
    "identity_unsaved",
    _("ô khoá của dòng là công thức chưa có kết quả trong tệp"),
    _("mở bằng Excel, bấm F9, lưu lại, hoặc ghi giá trị thay công thức"),
)
SEVERAL_SERIALS = declare(
    "several_serials",
    _("ô có nhiều số phát hành, không biết số nào của thửa này"),
    _("tách thành mỗi giấy chứng nhận một dòng"),
)
COMMUNE_MISSING = declare("commune_missing", _("thiếu mã xã"), _("ghi mã xã 5 chữ số hiện nay"))
COMMUNE_CODE_UNKNOWN = declare(
    "commune_code_unknown",
    _("mã xã này hiện không dùng"),
    _("ghi mã xã 5 chữ số đang dùng từ 01/7/2025"),
)
OTHER_COMMUNE = declare(
    "row_of_other_commune", _("dòng thuộc xã khác"), _("bỏ dòng này, hoặc gửi tệp của đúng xã đó")
)
PLOT_MISSING = declare(
    "plot_missing",
    _("không có số tờ, số thửa lẫn số phát hành"),
    _("ghi số tờ và số thửa trên bản đồ hoặc trên giấy chứng nhận"),
)
SEVERAL_NUMBERS = declare(
    "several_numbers", _("ô có nhiều số tờ hoặc số thửa"), _("tách thành mỗi thửa một dòng")
)
NUMBER_MALFORMED = declare(
    "number_malformed",
    _("số tờ hoặc số thửa trên bản đồ không phải là số"),
    _("ghi số tờ, số thửa bằng chữ số như trên bản đồ địa chính"),
)
GUID_REPEATED = declare(
    "guid_repeated", _("Guid này đã có ở dòng trước"), _("giữ Guid ở một dòng, xoá Guid của dòng chép lại")
)

# Warnings: the row goes in, somebody should look.
CELL_ERROR = declare("cell_error", _("ô là lỗi công thức"), _("ghi giá trị thay cho lỗi"), _("coi như trống"))
FORMULA = declare(
    "cell_formula",
    _("ô là công thức, lấy kết quả đã lưu"),
    _("kiểm tra kết quả; nên dán giá trị thay công thức"),
)
FORMULA_UNSAVED = declare(
    "cell_unsaved",
    _("ô là công thức chưa có kết quả trong tệp"),
    _("mở bằng Excel, bấm F9, lưu lại, hoặc ghi giá trị thay công thức"),
    _("coi như trống"),
)
COMMUNE_PADDED = declare(
    "commune_padded", _("mã xã bị mất số 0 ở đầu, đã thêm lại"), _("định dạng cột mã xã là văn bản")
)
NUMBER_PADDED = declare(
    "id_number_padded",
    _("số định danh bị mất số 0 ở đầu, đã thêm lại"),
    _("kiểm tra số, định dạng cột là văn bản"),
)
PHONE_PADDED = declare(
    "phone_padded",
    _("số điện thoại bị mất số 0 ở đầu, đã thêm lại"),
    _("kiểm tra số, định dạng cột là văn bản"),
)
PHONE_UNREADABLE = declare(
    "phone_unreadable",
    _("không phải số điện thoại, chưa ghi vào sổ"),
    _("ghi một số, 10 hoặc 11 chữ số, bắt đầu bằng số 0"),
)
NUMBERS_SEVERAL = declare(
    "several_id_numbers",
    _("ô có nhiều số định danh, chưa dùng số nào"),
    _("ghi một số, của đúng người ở dòng này"),
)
ID_NUMBER_MALFORMED = declare(
    "id_number_unreadable",
    _("số định danh không đúng dạng nào đã biết"),
    _("ghi đủ 12 chữ số của căn cước"),
)
TWO_PEOPLE = declare(
    "two_people_in_cell",
    _("ô ghi hai người"),
    _("tách thành hai dòng, mỗi người một dòng"),
    _("lấy người đứng đầu làm chủ sử dụng"),
)
NAME_PLACEHOLDER = declare(
    "name_placeholder", _("tên không phải là tên thật"), _("ghi họ và tên chủ sử dụng")
)
LEGACY_FONT = declare(
    "name_legacy_font", _("tên gõ bằng phông cũ (TCVN3, VNI)"), _("gõ lại tên bằng Unicode")
)
DATE_UNREADABLE = declare("date_unreadable", _("không đọc được ngày"), _("ghi ngày dạng 31/12/2020"))
DATE_IMPOSSIBLE = declare(
    "date_impossible", _("ngày này không thể có"), _("xem lại giấy, ghi đúng ngày dạng 31/12/2020")
)
DATE_SWAPPED = declare(
    "date_swapped", _("ngày và tháng có thể bị đảo"), _("kiểm tra lại, ghi dạng ngày/tháng/năm")
)
SEX_UNREADABLE = declare("sex_unreadable", _("không hiểu giới tính"), _("ghi Nam hoặc Nữ"))
AREA_UNREADABLE = declare(
    "area_unreadable", _("không đọc được diện tích"), _("ghi một số, đơn vị m², như 120,5")
)
AREA_SEVERAL = declare(
    "several_areas", _("ô có nhiều diện tích"), _("ghi mỗi loại đất một diện tích vào cột của nó")
)
PURPOSE_UNKNOWN = declare(
    "purpose_unknown", _("không hiểu loại đất"), _("ghi mã loại đất ba chữ cái, như ONT")
)
PURPOSE_UNSURE = declare(
    "purpose_unsure",
    _("loại đất ghi theo cách cũ, đã hiểu theo nghĩa hay gặp"),
    _("ghi mã loại đất hiện nay"),
)
PURPOSE_SEVERAL = declare(
    "several_purposes",
    _("ô có nhiều loại đất"),
    _("ghi mỗi loại đất vào một nhóm cột Loại đất 1, 2, 3"),
    _("lấy loại đứng đầu"),
)
ORIGIN_UNKNOWN = declare(
    "origin_unknown",
    _("không hiểu nguồn gốc sử dụng"),
    _("chọn một mã nguồn gốc trong danh sách của ô, như CNQ-KTT"),
)
USE_FORM_UNKNOWN = declare(
    "use_form_unknown", _("không hiểu hình thức sử dụng"), _("ghi Sử dụng riêng hoặc Sử dụng chung")
)
TERM_UNKNOWN = declare(
    "term_unknown",
    _("không đọc được thời hạn sử dụng"),
    _("ghi Lâu dài, hoặc ngày hết hạn dạng 31/12/2043"),
)
PLOT_CODE_ODD = declare(
    "plot_code_odd",
    _("mã định danh thửa không có chữ số nào"),
    _("ghi mã định danh như trên giấy chứng nhận, hoặc để trống nếu chưa có"),
)
BOOK_NUMBER_LONG = declare(
    "book_number_cut_later",
    _("số vào sổ dài hơn 10 ký tự, MPLIS sẽ cắt bớt"),
    _("rút gọn theo đúng số ghi trên giấy"),
)
SERIAL_MALFORMED = declare(
    "serial_odd", _("số phát hành không đúng mẫu giấy nào"), _("đối chiếu với giấy chứng nhận")
)
SERIAL_LETTERS = declare(
    "serial_letters_missing",
    _("số phát hành thiếu chữ cái"),
    _("ghi cả chữ cái đứng trước, như trên giấy chứng nhận"),
)
SERIAL_PLACEHOLDER = declare(
    "serial_placeholder",
    _("số phát hành là chữ điền cho có"),
    _("ghi số phát hành, hoặc để trống nếu chưa cấp"),
)
FORM_UNKNOWN = declare(
    "legal_form_unknown",
    _("không hiểu pháp nhân"),
    _("ghi Cá nhân, Hộ gia đình, Vợ chồng, Đồng sử dụng, Cộng đồng dân cư hoặc Tổ chức"),
)
ROLE_UNKNOWN = declare(
    "role_unknown",
    _("không hiểu vai trò"),
    _("ghi Cá nhân, Chủ hộ, Chồng, Vợ, Người đại diện hoặc Thành viên"),
)
SHEET_AMBIGUOUS = declare(
    "sheet_ambiguous_row",
    _("số tờ cũ ứng với nhiều tờ hiện nay"),
    _("ghi số tờ, số thửa trên bản đồ địa chính hiện nay"),
)
SHEET_NOT_FOUND = declare(
    "sheet_not_found",
    _("chưa biết tờ, thửa trên bản đồ hiện nay"),
    _("ghi số tờ, số thửa trên bản đồ địa chính hiện nay"),
)
TEXT_CUT = declare("text_cut", _("nội dung dài hơn mức lưu được"), _("rút gọn nội dung ô"), _("đã cắt bớt"))
CONTRADICTS = declare(
    "contradicts_earlier_row",
    _("khác dòng trước về cùng một đối tượng"),
    _("sửa để các dòng của cùng thửa, giấy, người ghi giống nhau"),
    _("giữ giá trị của dòng trước"),
)
ROW_REPEATED = declare(
    "row_repeated", _("dòng lặp lại giấy, thửa và người của một dòng trước"), _("bỏ dòng lặp")
)
PLOT_TAKEN = declare(
    "plot_number_taken",
    _("số tờ, số thửa này đã là của một thửa khác"),
    _("kiểm tra số tờ, số thửa, hoặc gộp hai thửa"),
)
SHEET_WITHOUT_FORM = declare(
    "sheet_without_header",
    _("trang tính không có tiêu đề của Biểu mẫu 01, không được đọc"),
    _("đặt dữ liệu vào trang có tiêu đề của biểu mẫu"),
)
COLUMN_WITHOUT_HEADER = declare(
    "column_without_header", _("cột có dữ liệu nhưng không có tiêu đề"), _("ghi tiêu đề hoặc xoá cột")
)

# Rejected: a row of ours that does not come back as it was given out.
KEY_UNKNOWN = declare(
    "row_key_unknown",
    _("mã dòng không thuộc biểu nào đã lập cho xã, phường này"),
    _("chép dòng này vào biểu tải từ trang của xã, phường mình, hoặc nhập vào một dòng trống"),
)
KEY_REPEATED = declare(
    "row_key_repeated",
    _("nhiều dòng mang cùng mã dòng mà ghi khác nhau"),
    _("giữ một dòng; người hoặc thửa khác thì nhập vào một dòng trống, không chép dòng"),
)
RECORD_GONE = declare(
    "row_record_gone",
    _("thửa hoặc quyền của dòng này không còn trong sổ"),
    _("tải biểu mới rồi sửa lại"),
)
CELL_NOT_TAKEN = declare(
    "cell_not_taken",
    _("ô này không sửa được bằng biểu"),
    _("để ô như lúc tải về; cần sửa thì báo văn phòng đăng ký"),
)
SAYS_NOTHING = declare(
    "cell_says_nothing",
    _("ô chỉ có ký hiệu, không có chữ hay số nào"),
    _("ghi giá trị đúng; để trống nếu không đổi"),
)
NOT_CLEARED = declare(
    "cell_not_cleared",
    _("giá trị này không được xoá bằng biểu"),
    _("ghi giá trị đúng, hoặc để trống nếu không đổi"),
)
WHY_UNKNOWN = declare(
    "uncollectable_unknown",
    _("lý do chưa thu được không có trong danh sách"),
    _("chọn một lý do trong danh sách của ô"),
)
NOBODY_TO_ASK = declare(
    "uncollectable_nobody",
    _("dòng có lý do chưa thu được nhưng không có người sử dụng đất"),
    _("ghi tên người sử dụng đất rồi chọn lý do"),
)
NOBODY_NAMED = declare(
    "person_nobody",
    _("dòng có thông tin về người nhưng không ghi tên ai"),
    _("ghi họ và tên người sử dụng đất vào cùng dòng"),
)
CHANGED_SINCE = declare(
    "row_changed_since",
    _("sổ đã đổi sau lúc chạy thử, dòng này không được ghi"),
    _("nộp lại để chạy thử với giá trị hiện nay"),
)
NOT_APPROVED = declare(
    "row_not_approved", _("văn phòng chưa duyệt dòng này"), _("xem lý do của văn phòng, sửa rồi nộp lại")
)
DESK_ALONE = declare(
    "row_for_desk_alone",
    _("đổi người sử dụng đất không làm bằng biểu"),
    _("nộp giấy tờ để văn phòng quyết ở bàn xét duyệt"),
)
# What the office says of a row that it refuses.
REFUSED_NO_PAPERS = declare(
    "refused_no_papers",
    _("văn phòng chưa thấy giấy tờ chứng minh"),
    _("nộp bản quét giấy tờ của thửa rồi gửi lại dòng này"),
)
REFUSED_BY_CERTIFICATE = declare(
    "refused_by_certificate",
    _("khác giấy chứng nhận hoặc bản quét"),
    _("ghi đúng như trên giấy chứng nhận"),
)
REFUSED_BY_REGISTRY = declare(
    "refused_by_registry",
    _("khác dữ liệu dân cư"),
    _("đối chiếu với thẻ căn cước của người sử dụng đất"),
)
REFUSED_OTHER_PERSON = declare(
    "refused_other_person",
    _("là người khác, không phải sửa cách ghi"),
    _("nộp giấy tờ chuyển quyền để văn phòng quyết ở bàn xét duyệt"),
)
REFUSED_OTHER_PLOT = declare(
    "refused_other_plot", _("không đúng thửa này"), _("kiểm tra số tờ, số thửa trên bản đồ và trên giấy")
)
REFUSED_SEE_NOTE = declare(
    "refused_see_note", _("lý do khác, xem lời nhắn"), _("sửa theo lời nhắn của văn phòng")
)
IN_CONFLICT = declare(
    "row_in_conflict", _("hai bên sửa khác nhau, chưa chọn bên nào"), _("chọn giá trị đúng cho từng ô")
)

# Unchanged, though something was typed.
CAME_TO_NOTHING = declare(
    "row_came_to_nothing",
    _("dòng không đổi gì trong sổ: được hiểu như sổ đang ghi, không đọc được, hoặc dòng khác đã ghi điều đó"),
    _("không cần làm gì, hoặc xem lại giá trị đã ghi"),
)

# Ignored: not a row of the form.
SUBTOTAL = declare("row_subtotal", _("dòng cộng"), _("không cần làm gì"))
HEADER_AGAIN = declare("row_header", _("dòng tiêu đề lặp lại"), _("không cần làm gì"))
