"""Forms about lists for the police."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, User
from landdb.web.day_input import TypedDay
from parcels.importers.form01.kinds import SUFFIXES

from ..actions import police_batches, police_parts
from ..models import PoliceUnit, Verification, VerificationBatch

#: What a police unit usually is asked for, and by which right; both may be worded otherwise.
PURPOSE = _("Xác minh người sử dụng đất chưa khớp dữ liệu quốc gia về dân cư")
BASIS = _("Kế hoạch 515/KH-BCA-BNNMT ngày 31/8/2025; Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15")
#: Days that the police have where nothing is said.
DAYS = 14
SHORTEST_PASSWORD = 12


class DueForm(forms.Form):
    """A day after today."""

    due_on = forms.DateField(label=_("Trả lời trước ngày"), widget=TypedDay())

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("Ngày phải sau hôm nay."))
        return day


class ListForm(DueForm):
    """Whom to ask about, why that is allowed, and how the list is split."""

    outcomes = forms.MultipleChoiceField(
        label=_("Kết quả đối chiếu"),
        choices=[(outcome.value, outcome.label) for outcome in police_batches.OUTCOMES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chọn ít nhất một kết quả.")},
    )
    communes = forms.ModelMultipleChoiceField(
        label=_("Xã, phường (để trống: toàn địa bàn)"),
        queryset=AdminUnit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    split = forms.ChoiceField(label=_("Chia danh sách"), choices=VerificationBatch.Split.choices)
    purpose = forms.CharField(label=_("Mục đích"), min_length=10, max_length=300, strip=True)
    legal_basis = forms.CharField(label=_("Căn cứ pháp lý"), min_length=5, max_length=300, strip=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Verification.objects.visible_to(user).filter(outcome__in=police_batches.OUTCOMES).order_by()
        people = dict(found.values("commune").annotate(n=Count("pk")).values_list("commune", "n"))
        field: Any = self.fields["communes"]
        field.queryset = user.communes().filter(pk__in=[pk for pk in people if pk]).order_by("sort_key")
        field.label_from_instance = lambda unit: f"{unit} ({people[unit.pk]})"
        #: Communes of the territory in which there is nobody to ask about; the form does not offer them.
        self.without = user.communes().count() - field.queryset.count()

    @classmethod
    def usual(cls, user: User, outcomes: list[str], codes: list[str]) -> ListForm:
        """A form to begin with, from the facets of an address."""
        known = {outcome.value for outcome in police_batches.OUTCOMES}
        chosen = [raw for raw in outcomes if raw in known] or [Verification.Outcome.NOT_FOUND.value]
        communes = user.communes().filter(code__in=[raw for raw in codes if raw.isdigit()])
        due = timezone.localdate() + dt.timedelta(days=DAYS)
        return cls(
            user=user,
            initial={
                "outcomes": chosen,
                "communes": list(communes.values_list("pk", flat=True)),
                "split": VerificationBatch.Split.COMMUNE,
                "purpose": PURPOSE,
                "legal_basis": BASIS,
                "due_on": due,
            },
        )

    def wanted(self) -> police_batches.Wanted:
        """What is asked for, of a form without errors."""
        cleaned = self.cleaned_data
        return police_batches.Wanted(
            outcomes=tuple(cleaned["outcomes"]),
            communes=tuple(unit.pk for unit in cleaned["communes"]),
            purpose=cleaned["purpose"],
            legal_basis=cleaned["legal_basis"],
            due_on=cleaned["due_on"],
            split=VerificationBatch.Split(cleaned["split"]),
        )


class TakeOutForm(forms.Form):
    """Which parts leave the house, to whom, and under which password."""

    every = forms.BooleanField(required=False)
    part = forms.TypedMultipleChoiceField(coerce=int, required=False)
    receiver = forms.CharField(label=_("Giao cho ai"), min_length=3, max_length=200, strip=True)
    password = forms.CharField(
        label=_("Mật khẩu của tệp nén (để trống: không mã hoá)"), required=False, max_length=80, strip=True
    )

    def __init__(self, *args: Any, parts: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [(pk, pk) for pk in parts]  # type: ignore[attr-defined]
        self.fields["password"].initial = police_parts.new_password()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("every") and not cleaned.get("part") and "part" not in self.errors:
            self.add_error("part", _("Chọn ít nhất một phần."))
        return cleaned

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password and (len(password) < SHORTEST_PASSWORD or not password.isascii()):
            raise forms.ValidationError(
                _("Mật khẩu ít nhất %(n)d ký tự, chữ không dấu."), params={"n": SHORTEST_PASSWORD}
            )
        return password


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]  # a generic only for the type checker
    """A police unit and the communes it answers for."""

    class Meta:
        model = PoliceUnit
        fields = ("name", "communes")
        widgets = {"communes": forms.SelectMultiple(attrs={"size": 12})}
        labels = {"communes": _("Xã, phường")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["communes"].queryset = AdminUnit.objects.in_force().order_by("sort_key")  # type: ignore[attr-defined]


class AnswersForm(forms.Form):
    """A file of answers: workbook or CSV, looked at before anything else."""

    answers = forms.FileField(
        label=_("Tệp trả lời (.xlsx, .xls, .ods, .csv)"),
        error_messages={
            "required": _("Chọn một tệp rồi gửi."),
            "empty": _("Tệp rỗng: kiểm tra lại tệp rồi gửi lại."),
        },
    )

    def clean_answers(self) -> UploadedFile[Any]:
        upload: UploadedFile[Any] = self.cleaned_data["answers"]
        if Path(upload.name or "").suffix.lower() not in (*SUFFIXES, ".txt"):
            raise forms.ValidationError(
                _("Chỉ nhận tệp .xlsx, .xls, .ods hoặc .csv: mở trong Excel rồi lưu lại dạng .xlsx.")
            )
        if (upload.size or 0) > settings.WORKBOOK_MAX_BYTES:
            raise forms.ValidationError(
                _("Tệp lớn hơn %(mb)d MB: chia thành nhiều tệp.")
                % {"mb": settings.WORKBOOK_MAX_BYTES // 2**20}
            )
        return upload
