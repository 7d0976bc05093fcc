"""One small form for each decision, with its reason."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Decision


class ReasonForm(forms.Form):
    """A decision always carries its reason."""

    reason = forms.CharField(label=_("Lý do"), min_length=3, max_length=300, strip=True)


class ConfirmForm(ReasonForm):
    """Confirm group 3."""


class WaiverForm(ReasonForm):
    """Leave a finding out of account until a day, or without end."""

    until = forms.DateField(
        label=_("Đến ngày"), required=False, widget=forms.DateInput(attrs={"placeholder": "dd/mm/yyyy"})
    )

    def clean_until(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["until"]
        if until is not None and until <= dt.date.today():
            raise forms.ValidationError(_("Ngày hết hạn phải sau hôm nay."))
        return until


class AnswerForm(forms.Form):
    """The second person's word."""

    word = forms.ChoiceField(choices=[("yes", _("Đồng ý")), ("no", _("Không đồng ý"))])
    reason = forms.CharField(label=_("Lý do"), max_length=300, required=False)


class MatchForm(ReasonForm):
    """A word on a match: which candidate, which decision, and the mark of what the page showed."""

    decision = forms.ChoiceField(
        choices=[
            (kind.value, kind.label)
            for kind in (
                Decision.Kind.SAME, Decision.Kind.DIFFERENT, Decision.Kind.UNSURE, Decision.Kind.NOT_IN_REGISTRY
            )
        ]
    )
    match = forms.IntegerField(required=False)
    seen = forms.CharField(max_length=4000)
