"""The form of an account: role × territory, and the sentences that say which do not fit."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from landdb.models import AdminUnit, RegistrationOffice, Role, User
from landdb.web.plain_select import PlainSelect

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
#: No letters and digits that look alike when read from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def new_password() -> str:
    """A password to be read out once: four groups of four, about 79 bits."""
    return "-".join(
        "".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP)) for _group in range(_GROUPS)
    )


def offices_of(user: User) -> Any:
    """Offices that an administrator may give out: all of the province, or the own one."""
    offices = RegistrationOffice.objects.all()
    if user.commune_ids() is None:
        return offices
    return offices.filter(pk=user.office_id) if user.office_id else offices.none()


def accounts_of(user: User) -> Any:
    """Accounts within an administrator's territory."""
    accounts = User.objects.select_related("office", "commune")
    ids = user.commune_ids()
    if ids is None:
        return accounts
    within = accounts.filter(commune__in=ids)
    return within | accounts.filter(office=user.office_id) if user.office_id else within


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # a generic only for the type checker
    class Meta:
        model = User
        fields = ["username", "full_name", "role", "office", "commune", "email", "is_active"]
        help_texts = {
            "username": gettext_lazy("Chữ thường không dấu, số, dấu chấm; ví dụ ha.le"),
            "office": gettext_lazy("Bỏ trống cả hai ô địa bàn: toàn tỉnh"),
            "email": gettext_lazy("Không bắt buộc; lãnh đạo và cán bộ xã nhận bản tin sáng thứ hai"),
            "is_active": gettext_lazy("Bỏ dấu thì người này không đăng nhập được nữa; nhật ký vẫn giữ"),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["office"] = forms.ModelChoiceField(
            offices_of(by),
            required=False,
            label=gettext_lazy("Văn phòng đăng ký"),
            empty_label="–",
            help_text=self.Meta.help_texts["office"],
        )
        self.fields["commune"] = forms.ModelChoiceField(
            by.communes().order_by("sort_key"),
            required=False,
            label=gettext_lazy("Xã, phường"),
            empty_label="–",
        )
        if self.instance.pk:
            self.fields["username"].disabled = True
        else:
            del self.fields["is_active"]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip().lower()
        if self.instance.pk:
            return username
        if not _USERNAME.fullmatch(username):
            raise ValidationError(_("Chỉ dùng chữ thường không dấu, số, dấu chấm, gạch; từ 2 đến 40 ký tự."))
        if User.objects.filter(username=username).exists():
            raise ValidationError(_("Tên đăng nhập này đã có người dùng."))
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        role, office, commune = cleaned.get("role"), cleaned.get("office"), cleaned.get("commune")
        if office and commune:
            self.add_error("commune", _("Một tài khoản có một địa bàn: chọn văn phòng hoặc xã, phường."))
        if role == Role.COMMUNE_OFFICIAL and not commune:
            self.add_error("commune", _("Cán bộ xã, phường phải có xã, phường của mình."))
        if self.by.commune_ids() is not None and not (office or commune):
            self.add_error("office", _("Chỉ cấp được tài khoản trong địa bàn của bạn: hãy chọn."))
        if self.instance.pk == self.by.pk:
            self._keep_own_hand(cleaned)
        return cleaned

    def _keep_own_hand(self, cleaned: dict[str, Any]) -> None:
        """Nobody locks themselves out."""
        if cleaned.get("role") != Role.ADMINISTRATOR:
            self.add_error("role", _("Không tự bỏ được vai trò quản trị của mình; nhờ một quản trị khác."))
        if not cleaned.get("is_active", True):
            self.add_error("is_active", _("Không tự ngừng được tài khoản của mình; nhờ một quản trị khác."))


class AccountFilter(forms.Form):
    """Which accounts are listed; the typed text comes under its token."""

    role = forms.ChoiceField(required=False, label=gettext_lazy("Vai trò"))
    commune = forms.ModelChoiceField(
        AdminUnit.objects.none(),
        widget=PlainSelect(),
        required=False,
        label=gettext_lazy("Xã, phường"),
        empty_label=gettext_lazy("Mọi địa bàn"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", gettext_lazy("Mọi vai trò")), *Role.choices]  # type: ignore[attr-defined]
        self.fields["commune"].queryset = by.communes().order_by("sort_key")  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["data-send"] = True
