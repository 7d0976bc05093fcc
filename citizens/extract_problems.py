"""The words to what is wrong with the cells of a registry extract."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from landdb.intake.problems import declare

declare(
    "status_unknown",
    _("không hiểu tình trạng này"),
    _("ghi: đang sống, đã mất, đã huỷ số, hoặc định cư nước ngoài"),
)
declare("died_on_unreadable", _("không đọc được ngày mất"), _("ghi ngày mất theo dạng ngày/tháng/năm"))
declare("died_on_in_future", _("ngày mất sau hôm nay"), _("xem lại ngày mất, ghi theo dạng ngày/tháng/năm"))
declare(
    "dob_unreadable",
    _("không đọc được ngày sinh"),
    _("ghi ngày sinh có thật theo dạng ngày/tháng/năm, hoặc riêng năm sinh đủ bốn chữ số"),
)
declare("dob_in_future", _("ngày sinh sau hôm nay"), _("xem lại ngày sinh, ghi theo dạng ngày/tháng/năm"))
declare("sex_not_understood", _("không hiểu giới tính này"), _("ghi Nam hoặc Nữ"))
declare(
    "cccd_unreadable", _("không đọc được số định danh"), _("ghi một số định danh đủ 12 chữ số, hoặc để trống")
)
declare("cmnd_unreadable", _("không đọc được số CMND cũ"), _("ghi một số CMND đủ 9 chữ số, hoặc để trống"))
declare(
    "code_unknown",
    _("không có xã, phường nào mang mã này"),
    _("ghi mã năm chữ số của xã, phường hiện nay, hoặc để trống và ghi tên"),
)
declare(
    "code_contradicts_name",
    _("mã và tên chỉ hai xã, phường khác nhau"),
    _("ghi mã và tên của cùng một xã, phường"),
)
declare(
    "former_commune_elsewhere",
    _("xã, phường cũ không thuộc xã, phường ghi ở dòng này"),
    _("ghi xã, phường cũ kèm huyện cũ mà nay là xã, phường này"),
)
