"""The forms of the rules' pages."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from landdb.web.day_input import TypedDay

from ..actions.rule_drafts import Wanted
from ..models import Effect
from ..rules.catalogue import Rule
from .forms import ReasonForm


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=TypedDay())


class RuleForm(forms.Form):
    """How one rule shall be set; a tolerance only where the rule has one, empty for the rule's own."""

    is_on = forms.BooleanField(label=_("Quy tắc được dùng"), required=False)
    effect = forms.ChoiceField(label=_("Tác động"), choices=Effect.choices)
    tolerance = forms.FloatField(
        label=_("Dung sai"),
        required=False,
        localize=True,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=dict.fromkeys(("invalid", "min_value"), _("Ghi một số từ 0 trở lên.")),
    )
    active_from = _day(_("Có hiệu lực từ ngày"))
    active_to = _day(_("Đến hết ngày"))

    def __init__(self, data: QueryDict | None, *, rule: Rule, now: Wanted, **kwargs: Any) -> None:
        super().__init__(data, initial=dataclasses.asdict(now), **kwargs)
        if rule.tolerance is None:
            del self.fields["tolerance"]
        elif rule.tolerance_unit:
            self.fields["tolerance"].help_text = str(rule.tolerance_unit)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("active_from"), cleaned.get("active_to")
        if begins and ends and ends < begins:
            self.add_error("active_to", _("Ngày cuối phải sau ngày đầu."))
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        given = self.cleaned_data
        return Wanted(
            given["is_on"],
            given["effect"],
            given.get("tolerance"),
            given["active_from"],
            given["active_to"],
        )


class DraftForm(RuleForm, ReasonForm):
    """The first rule of a draft, and why it shall change."""

    field_order = ["is_on", "effect", "tolerance", "active_from", "active_to", "reason"]
