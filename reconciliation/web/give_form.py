"""The form by which a supervisor gives work out, or takes it from officers: which work, how much, to whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from landdb.models import User

from ..actions import bulk
from ..actions.bulk import Wanted
from ..models import BulkDecision, Verification
from ..worklists import NOBODY
from .bulk_forms import officers_for
from .work_facets import age_names

Act = BulkDecision.Act


class GiveForm(forms.Form):
    """Facets of the list of people, how many items of it, and the officers who get them in turn."""

    given = forms.ChoiceField(label=_lazy("Việc đang"), required=False)
    commune = forms.ChoiceField(label=_lazy("Xã, phường"), required=False)
    outcome = forms.ChoiceField(label=_lazy("Loại việc"), required=False)
    age = forms.ChoiceField(label=_lazy("Đã chờ"), required=False)
    limit = forms.IntegerField(
        label=_lazy("Số việc, nhiều thửa chờ nhất trước"), min_value=1, max_value=bulk.MOST, initial=50
    )
    officers = forms.ModelMultipleChoiceField(
        label=_lazy("Giao lần lượt cho"), queryset=User.objects.none(), required=False
    )
    act = forms.ChoiceField(choices=[(Act.ASSIGN, ""), (Act.FREE, "")], required=False)

    #: Those of the fields that are facets.
    FACETS = ("given", "commune", "outcome", "age")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, auto_id="give-%s")
        officers = officers_for(user)
        self.fields["officers"].queryset = officers  # type: ignore[attr-defined]
        choices = {
            "given": [
                (NOBODY, _("chưa giao ai")),
                *((str(each.pk), _("giao cho %(name)s") % {"name": each.full_name}) for each in officers),
            ],
            "commune": [
                ("", _("cả địa bàn")),
                *((unit.code, unit.name) for unit in user.communes_in_order()),
            ],
            "outcome": [("", _("mọi loại")), *Verification.Outcome.choices],
            "age": [("", _("bao lâu cũng được")), *((str(n), name) for n, name in enumerate(age_names()))],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("act") == Act.FREE:
            if cleaned.get("given", NOBODY) in ("", NOBODY):
                self.add_error("given", _("Chọn việc đang giao cho ai để bỏ giao."))
        elif not cleaned.get("officers"):
            self.add_error("officers", _("Chọn ít nhất một người nhận."))
        return cleaned

    @property
    def query(self) -> QueryDict:
        """The facets of a valid form, as the address of the list has them."""
        query = QueryDict(mutable=True)
        for name in self.FACETS:
            if value := self.cleaned_data[name]:
                query[name] = value
        return query

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        if self.cleaned_data["act"] == Act.FREE:
            return Wanted(Act.FREE)
        return Wanted(Act.ASSIGN, officers=tuple(self.cleaned_data["officers"]))
