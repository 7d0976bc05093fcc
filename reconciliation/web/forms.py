"""One small form for each decision, with its reason."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from landdb.web.day_input import TypedDay
from parcels.importers.form01.kinds import SUFFIXES

from ..matching import bands
from ..models import Decision, PoliceWord
from . import later_day
from .free_text import NoIdentity

_CARRY = re.compile(r"[a-z_]{1,40}:[0-9]{1,18}")


class ReasonForm(forms.Form):
    """A decision always carries its reason."""

    reason = NoIdentity(label=_("Lý do"), min_length=3, max_length=300, strip=True)


class ConfirmForm(ReasonForm):
    """Confirm group 3."""


class TraceForm(ReasonForm):
    """Take the trace of a plot's judgement out of the house."""


class ListedForm(ReasonForm):
    """Confirm group 3 for the ticked plots of a list, or for all of them, as many as were shown."""

    LISTED, CHOSEN = "listed", "chosen"

    reason = NoIdentity(label=_("Lý do"), min_length=3, max_length=200, strip=True)
    count = forms.IntegerField(min_value=1)
    scope = forms.ChoiceField(choices=[(LISTED, LISTED), (CHOSEN, CHOSEN)])


class WaiverForm(ReasonForm):
    """Leave a finding out of account until the end of a day, after today and within `later_day.YEARS`."""

    until = forms.DateField(label=_("Đến hết ngày"), widget=TypedDay(), required=False)

    def clean_until(self) -> dt.date:
        until: dt.date | None = self.cleaned_data["until"]
        if until is None or later_day.fault(until):
            raise self._wrong_day()
        return until

    def add_error(self, field: str | None, error: Any) -> None:
        """What is no date at all is told in the same sentence as a day out of bounds."""
        is_unread = field == "until" and getattr(error, "code", "") == "invalid"
        super().add_error(field, self._wrong_day() if is_unread else error)

    def _wrong_day(self) -> forms.ValidationError:
        return forms.ValidationError(
            _("Ghi ngày cuối được bỏ qua (dd/mm/yyyy): sau hôm nay, muộn nhất %(last)s (%(years)d năm)."),
            params={"last": f"{later_day.last_day():%d/%m/%Y}", "years": later_day.YEARS},
        )


class AnswerForm(forms.Form):
    """The second person's word."""

    word = forms.ChoiceField(choices=[("yes", _("Đồng ý")), ("no", _("Không đồng ý"))])
    reason = NoIdentity(label=_("Lý do"), max_length=300, required=False)


class DuplicateForm(ReasonForm):
    """A word on entries side by side: which to keep, which others it is about, what is carried over, and
    which of two words of the police holds."""

    decision = forms.ChoiceField(
        choices=[
            (kind.value, kind.label)
            for kind in (Decision.Kind.MERGE, Decision.Kind.APART, Decision.Kind.SPLIT)
        ]
    )
    keep = forms.IntegerField()
    others = forms.TypedMultipleChoiceField(coerce=int, required=False)
    carry = forms.MultipleChoiceField(required=False)
    police_word = forms.ChoiceField(choices=[("", ""), *PoliceWord.choices], required=False)
    seen = forms.CharField(max_length=40)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        # Which entries belong together is for the action to judge; here they need only be ids.
        ids = [pk for pk in data.getlist("others") if pk.isdecimal() and len(pk) < 19]
        self.fields["others"].choices = [(pk, pk) for pk in ids]  # type: ignore[attr-defined]
        carried = [each for each in data.getlist("carry") if _CARRY.fullmatch(each)]
        self.fields["carry"].choices = [(each, each) for each in carried]  # type: ignore[attr-defined]

    def clean_carry(self) -> dict[str, int]:
        """Field → the entry that it is taken from."""
        pairs = [each.split(":") for each in self.cleaned_data["carry"]]
        if len({name for name, _pk in pairs}) < len(pairs):
            raise forms.ValidationError(_("Mỗi thông tin chỉ lấy từ một bản ghi."))
        return {name: int(pk) for name, pk in pairs}

    def posted_others(self) -> list[int]:
        return [int(value) for value, _label in self.fields["others"].choices]  # type: ignore[attr-defined]

    def posted_carry(self) -> list[str]:
        return [value for value, _label in self.fields["carry"].choices]  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A workbook of the own commune; its name, kind and size are looked at before anything else."""

    KEEPS, CLEARS = "keeps", "clears"

    workbook = forms.FileField(
        label=_("Biểu đã sửa (.xlsx, .xls, .ods, .csv)"),
        error_messages={
            "required": _("Chọn một tệp rồi gửi."),
            "empty": _("Tệp rỗng: kiểm tra lại tệp rồi gửi lại."),
        },
    )
    blank = forms.ChoiceField(
        label=_("Ô để trống nghĩa là"),
        required=False,
        choices=[(KEEPS, _("Không đổi")), (CLEARS, _("Xoá giá trị (phải nêu lý do)"))],
    )
    clear_reason = NoIdentity(label=_("Lý do xoá"), required=False, max_length=300, strip=True)

    def clean_workbook(self) -> UploadedFile[Any]:
        upload: UploadedFile[Any] = self.cleaned_data["workbook"]
        if not (upload.name or "").lower().endswith(SUFFIXES):
            raise forms.ValidationError(
                _("Chỉ nhận tệp .xlsx, .xls, .ods hoặc .csv: mở trong Excel rồi lưu lại dạng .xlsx.")
            )
        if (upload.size or 0) > settings.WORKBOOK_MAX_BYTES:
            raise forms.ValidationError(
                _("Tệp lớn hơn %(mb)d MB: chia thành nhiều tệp, mỗi tệp một thôn hoặc một số tờ bản đồ.")
                % {"mb": settings.WORKBOOK_MAX_BYTES // 2**20}
            )
        return upload

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("blank") == self.CLEARS and len(told.get("clear_reason", "")) < 3:
            self.add_error("clear_reason", _("Ghi lý do xoá các giá trị ở ô để trống."))
        return told


class ExtractForm(forms.Form):
    """A registry extract, the day of its data, and what it may be used for."""

    extract = forms.FileField(
        label=_("Tệp trích xuất (.csv, .parquet)"), error_messages={"required": _("Chọn một tệp rồi gửi.")}
    )
    extracted_on = forms.DateField(label=_("Ngày của dữ liệu"), widget=TypedDay())
    purpose = forms.CharField(label=_("Mục đích dùng dữ liệu"), min_length=5, max_length=200)
    whole = forms.BooleanField(
        label=_("Trích toàn bộ dân cư của các xã trong tệp"),
        required=False,
        help_text=_("Ai trước đây có mà nay không có trong tệp sẽ được đánh dấu; không ai bị xoá."),
    )
    touched_only = forms.BooleanField(
        label=_("Chỉ đối chiếu lại người bị chạm đến"),
        required=False,
        help_text=_("Nhanh hơn; để trống thì đối chiếu và phân loại lại toàn tỉnh sau khi nhập."),
    )

    def clean_extract(self) -> UploadedFile[Any]:
        upload: UploadedFile[Any] = self.cleaned_data["extract"]
        if not (upload.name or "").lower().endswith((".csv", ".parquet")):
            raise forms.ValidationError(_("Chỉ nhận tệp .csv hoặc .parquet."))
        return upload


class BandForm(forms.Form):
    """How right the links of an office shall be: one of the targets offered, another, or as everywhere."""

    COMMON, TYPED = "common", "typed"

    target = forms.ChoiceField(label=_("Tỷ lệ đúng mong muốn"))
    typed = forms.DecimalField(
        label=_("Tỷ lệ khác, %"),
        required=False,
        localize=True,
        min_value=90,
        max_value=Decimal("99.99"),
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("từ 90 đến 99,99"),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_decimal_places"),
            _("Ghi một số từ 90 đến 99,99, nhiều nhất hai chữ số sau dấu phẩy."),
        ),
    )

    def __init__(self, *args: Any, may_follow: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [*(str(target) for target in bands.TARGETS), self.TYPED]
        names = [self.COMMON, *offered] if may_follow else offered
        self.fields["target"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("target") == self.TYPED and cleaned.get("typed") is None and "typed" in cleaned:
            self.add_error("typed", _("Ghi tỷ lệ mong muốn."))
        return cleaned

    @property
    def wanted(self) -> float | None:
        """The target as a share of one; None: as everywhere."""
        chosen = self.cleaned_data["target"]
        if chosen == self.COMMON:
            return None
        return float(self.cleaned_data["typed"] / 100 if chosen == self.TYPED else Decimal(chosen))
