"""Rules on certificates: their serial, book number, date, and how they stand to the plot."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from landdb.normalise import serials

from ..models import Dimension, Effect
from .base import Rule, Who
from .facts import CertificateFacts
from .plot_facts import PlotFacts

#: No certificate was printed before Decision 201 QĐ/ĐKTK of 1989-07-14.
FIRST_ISSUE = dt.date(1989, 7, 14)
#: When a form of serial came into use (Circulars 29/2004 and 10/2024); old stock was used up for a while.
TWO_LETTERS_FROM = dt.date(2004, 7, 1)
EIGHT_DIGITS_FROM = dt.date(2025, 1, 1)
#: Signs that fill a cell and say nothing: dashes, dots, slashes, noughts, x, n/a.
FILLING = r"^(?:[\s.\-–_\\/0?*xX]+|n/?a|null|none|không(?: có| rõ)?|chưa(?: có| rõ)?|ch-?0+)$"


class CertificateMissing(Rule):
    """Somebody holds the plot, but no certificate stands in the register."""

    id = "certificate_missing"
    name = _("Chưa có giấy chứng nhận")
    dimension = Dimension.SUFFICIENT
    subject = PlotFacts
    when = Q(certificates=0, holders__gt=0)
    mend = _("Thu bản sao giấy chứng nhận, hoặc đơn đăng ký nếu chưa được cấp")
    who = Who.CITIZEN
    basis = "2959/KH-BNNMT-BCA"


class CertificateSuperseded(Rule):
    """All certificates of the plot were exchanged or withdrawn, and no new one stands in the register."""

    id = "certificate_superseded"
    name = _("Giấy chứng nhận đã cấp đổi hoặc thu hồi")
    dimension = Dimension.ALIVE
    subject = PlotFacts
    when = Q(certificates__gt=0, valid_certificates=0)
    mend = _("Cập nhật giấy chứng nhận mới nhất")
    who = Who.OFFICE
    basis = "Luật Đất đai 2024, Điều 152"


class CertificatesConflict(Rule):
    """Two valid certificates of one plot name different holders, and the plot is not held in shares."""

    id = "certificates_conflict"
    name = _("Hai giấy chứng nhận khác người trên một thửa")
    dimension, effect = Dimension.CLEAN, Effect.REBUILD
    subject = PlotFacts
    text = _("{valid_certificates} quyền còn hiệu lực cho {rival_holders} nhóm người khác nhau")
    when = Q(rival_holders__gt=1)
    mend = _("Tra hồ sơ cấp giấy, xác định giấy còn giá trị")
    who = Who.OFFICE
    basis = "515/KH-BCA-BNNMT"


class SerialMissing(Rule):
    """A certificate without a serial."""

    id = "serial_missing"
    name = _("Thiếu số phát hành")
    dimension = Dimension.SUFFICIENT
    subject = CertificateFacts
    when = Q(serial="") & (Q(serial_raw="") | Q(serial_raw__iregex=FILLING))
    mend = _("Ghi số phát hành in trên giấy")
    who = Who.COMMUNE
    basis = "TT 10/2024/TT-BTNMT"


class SerialMalformed(Rule):
    """A serial that no printed form ever carried."""

    id = "serial_malformed"
    name = _("Số phát hành không đúng mẫu")
    dimension = Dimension.CORRECT
    subject = CertificateFacts
    text = _("Số phát hành “{serial_raw}” không đúng mẫu in nào")
    when = (~Q(serial="") & ~Q(serial__regex=serials.PATTERN)) | (
        Q(serial="") & ~Q(serial_raw="") & ~Q(serial_raw__iregex=FILLING)
    )
    mend = _("Đối chiếu với bản quét rồi sửa số phát hành")
    who = Who.COMMUNE
    basis = "TT 10/2024/TT-BTNMT"


class SerialShared(Rule):
    """Another certificate carries the same serial."""

    id = "serial_shared"
    name = _("Trùng số phát hành")
    dimension = Dimension.CLEAN
    subject = CertificateFacts
    text = _("Số phát hành {serial} còn ở giấy chứng nhận khác")
    when = Q(serial_is_shared=True)
    mend = _("Đối chiếu hai bản quét, sửa hoặc gộp giấy")
    who = Who.OFFICE
    basis = "TT 10/2024/TT-BTNMT"


class BookNumberMissing(Rule):
    """No number in the issuing book."""

    id = "book_number_missing"
    name = _("Thiếu số vào sổ")
    dimension = Dimension.SUFFICIENT
    subject = CertificateFacts
    when = Q(book_number="", book_number_raw="")
    mend = _("Ghi số vào sổ cấp giấy chứng nhận")
    who = Who.COMMUNE
    basis = "VBDLIS: soVaoSo"


class BookNumberFilled(Rule):
    """The book number holds signs that only fill the cell: a filled cell is not a true one."""

    id = "book_number_placeholder"
    name = _("Số vào sổ điền cho có")
    dimension = Dimension.CORRECT
    subject = CertificateFacts
    text = _("Số vào sổ “{book_number_raw}” chỉ điền cho có")
    when = ~Q(book_number_raw="") & (Q(book_number="") | Q(book_number_raw__iregex=FILLING))
    mend = _("Ghi số vào sổ đúng theo giấy, không điền ký hiệu thay thế")
    who = Who.COMMUNE
    basis = "VBDLIS: soVaoSo"


class BookNumberLong(Rule):
    """More than ten characters: MPLIS would cut the number."""

    id = "book_number_long"
    name = _("Số vào sổ dài hơn 10 ký tự")
    dimension, effect = Dimension.CORRECT, Effect.NOTE
    subject = CertificateFacts
    text = _("Số vào sổ {book_number} dài hơn 10 ký tự, MPLIS sẽ cắt bớt")
    when = Q(book_number__regex=r"^.{11,}$")
    mend = _("Rút gọn theo đúng số ghi trên giấy")
    who = Who.COMMUNE
    basis = "MPLIS: SOVAOSO"


class IssueDateMissing(Rule):
    """No day of issue."""

    id = "issue_date_missing"
    name = _("Thiếu ngày cấp")
    dimension = Dimension.SUFFICIENT
    subject = CertificateFacts
    when = Q(issued_on=None) & (Q(issued_raw="") | Q(issued_raw__iregex=FILLING))
    mend = _("Ghi ngày cấp giấy chứng nhận")
    who = Who.COMMUNE
    basis = "VBDLIS: ngayVaoSo"


class CertificateDateImpossible(Rule):
    """A day of issue that cannot be.

    Unreadable, in the future, before 1989, or before forms with such a serial were printed.
    """

    id = "certificate_date_impossible"
    name = _("Ngày cấp không thể có")
    dimension = Dimension.CORRECT
    subject = CertificateFacts
    text = _("Ngày cấp “{issued_raw}” không thể có với số phát hành {serial}")
    when = (
        (Q(issued_on=None) & ~Q(issued_raw="") & ~Q(issued_raw__iregex=FILLING))
        | Q(issued_on__gt=F("today"))
        | Q(issued_on__lt=FIRST_ISSUE)
        | Q(form="2+6", issued_on__lt=TWO_LETTERS_FROM)
        | Q(form="2+8", issued_on__lt=EIGHT_DIGITS_FROM)
    )
    mend = _("Đối chiếu ngày cấp với bản quét")
    who = Who.COMMUNE
    basis = "TT 10/2024/TT-BTNMT"


class RetiredPlotInUse(Rule):
    """The certificate still stands on a plot whose number was retired."""

    id = "retired_plot_in_use"
    name = _("Giấy còn gắn với thửa đã huỷ số")
    dimension = Dimension.ALIVE
    subject = CertificateFacts
    text = _("Giấy {serial} còn gắn với thửa đã huỷ số")
    when = Q(is_on_retired_plot=True)
    mend = _("Chuyển giấy sang thửa mới sau tách, hợp thửa")
    who = Who.OFFICE
    basis = "TT 09/2024/TT-BTNMT"
