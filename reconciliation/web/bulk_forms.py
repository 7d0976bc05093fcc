"""The form of a bulk decision: one part for each thing that may be done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from landdb.models import Role, User
from landdb.web.day_input import TypedDay

from ..actions import bulk
from ..actions.bulk import Wanted
from ..models import AskedField, BulkDecision, Why, WorkItem
from . import later_day
from .desk_forms import due, lacks_fields, to_working
from .free_text import NoIdentity

Act, With = BulkDecision.Act, WorkItem.With

#: Where a key leads that is for an act which needs more than a press: its first field, and what that is for.
_KEYS = (
    ("why_police", "p", _("Chuyển công an")),
    ("why_commune", "b", _("Trả về xã")),
    ("why_citizen", "c", _("Chưa thu được giấy")),
    ("until_later", "l", _("Để sau")),
)


class BulkForm(forms.Form):
    """What to do with all of them. Fields that only one act knows are empty for the others."""

    act = forms.ChoiceField(choices=Act.choices)
    why_police = forms.ChoiceField(label=_("Lý do"), required=False)
    why_commune = forms.ChoiceField(label=_("Lý do"), required=False)
    why_citizen = forms.ChoiceField(label=_("Lý do"), required=False)
    fields_commune = forms.MultipleChoiceField(
        label=_("Ô cần xem lại"), choices=AskedField.choices, required=False,
        widget=forms.CheckboxSelectMultiple(),
    )  # fmt: skip
    until_police = forms.DateField(label=_("Trả lời trước ngày"), required=False, widget=TypedDay())
    until_commune = forms.DateField(label=_("Trả lời trước ngày"), required=False, widget=TypedDay())
    until_citizen = forms.DateField(
        label=_("Xem lại ngày (không bắt buộc)"), required=False, widget=TypedDay()
    )
    until_later = forms.DateField(label=_("Để đến ngày"), required=False, widget=TypedDay())
    least = forms.TypedChoiceField(
        label=_("Khả năng từ"), coerce=float, required=False, empty_value=None,
        choices=[(str(least), least) for least in bulk.LEAST],
    )  # fmt: skip
    officers = forms.ModelMultipleChoiceField(
        label=_("Giao cho"), queryset=User.objects.none(), required=False
    )
    note = NoIdentity(label=_("Ghi chú"), max_length=300, required=False, strip=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: What to say where the day is another than the one that was asked for.
        self.moved = ""
        for where in (With.POLICE, With.COMMUNE, With.CITIZEN):
            choices = [("", ""), *((why.value, why.label) for why in Why.of(where))]
            self.fields[f"why_{where.value}"].choices = choices  # type: ignore[attr-defined]
        for name, key, does in _KEYS:
            self.fields[name].widget.attrs |= {"data-key": key, "data-does": does}
        for where in (With.POLICE, With.COMMUNE):
            self.fields[f"until_{where.value}"].initial = due(where)
        self.fields["officers"].queryset = officers_for(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        act = cleaned.get("act", "")
        if act in (Act.POLICE, Act.COMMUNE, Act.CITIZEN) and not cleaned.get(f"why_{act}"):
            self.add_error(f"why_{act}", _("Chọn lý do."))
        if act == Act.COMMUNE and lacks_fields(
            cleaned.get("why_commune", ""), cleaned.get("fields_commune", ())
        ):
            self.add_error("fields_commune", _("Chọn ít nhất một ô: lý do này chưa nói ô nào sai."))
        if act == Act.ASSIGN and not cleaned.get("officers"):
            self.add_error("officers", _("Chọn ít nhất một người nhận."))
        if act == Act.SAME and cleaned.get("least") is None:
            self.add_error("least", _("Chọn khả năng ít nhất."))
        until: dt.date | None = cleaned.get(f"until_{act}")
        if act == Act.LATER and until is None:
            self.add_error("until_later", _("Ghi ngày xem lại, dd/mm/yyyy."))
        if until is not None and (fault := later_day.fault(until)):
            self.add_error(f"until_{act}", fault)
        elif until is not None:
            cleaned[f"until_{act}"], self.moved = to_working(until)
        return cleaned

    def wanted(self) -> Wanted:
        """What is asked for, of a form without errors."""
        cleaned, act = self.cleaned_data, Act(self.cleaned_data["act"])
        return Wanted(
            act=act,
            why=cleaned.get(f"why_{act.value}") or "",
            note=cleaned["note"],
            until=cleaned.get(f"until_{act.value}"),
            least=cleaned["least"] if act == Act.SAME else None,
            officers=tuple(cleaned["officers"]) if act == Act.ASSIGN else (),
            fields=AskedField.in_order(cleaned["fields_commune"]) if act == Act.COMMUNE else (),
        )


def officers_for(user: User) -> QuerySet[User]:
    """To whom one may give work: a senior reviewer to the reviewers of the office, others to themselves."""
    active = User.objects.filter(is_active=True, role__in=[Role.REVIEWER, Role.SENIOR_REVIEWER])
    if not user.has_role(Role.SENIOR_REVIEWER):
        return active.filter(pk=user.pk)
    if user.office_id:
        active = active.filter(office=user.office_id)
    elif user.commune_id:
        active = active.filter(commune=user.commune_id)
    return active.order_by("full_name", "pk")
