"""The form in which a source is recorded by hand."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.models import AdminUnit, Delivery, User
from landdb.web.day_input import TypedDay
from landdb.web.plain_select import PlainSelect

from ..models import HandDelivery
from .free_text import NoIdentity


class DeliveryForm(forms.Form):
    """A source that came without an importer: of which commune, when, and how one knows."""

    commune = forms.ModelChoiceField(
        AdminUnit.objects.none(),
        widget=PlainSelect(),
        label=_("Xã, phường"),
        to_field_name="code",
        empty_label=_("chọn xã, phường"),
    )
    source = forms.ChoiceField(
        label=_("Nguồn"), choices=[(source, Delivery.Source(source).label) for source in HandDelivery.SOURCES]
    )
    delivered_on = forms.DateField(label=_("Ngày giao"), widget=TypedDay())
    note = NoIdentity(
        label=_("Ghi chú"),
        min_length=3,
        max_length=300,
        help_text=_("Giao thế nào, ai giao, căn cứ nào; ví dụ số biên bản."),
    )

    def __init__(self, user: User, data: QueryDict | None) -> None:
        super().__init__(data)
        self.fields["commune"].queryset = user.communes().order_by("sort_key")  # type: ignore[attr-defined]

    def clean_delivered_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["delivered_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Ngày giao không thể sau hôm nay."))
        return day
