"""The input of a day, as days are written in Viet Nam."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

#: What every field of a day says of what it cannot read: with an example, since Django's words have none.
UNREADABLE: Any = _("Nhập một ngày, như 31/12/2026.")


def show_how() -> None:
    """Let each field of a day show by an example how days are typed."""
    forms.DateField.default_error_messages = {"invalid": UNREADABLE}


class TypedDay(forms.DateInput):
    """Typed as dd/mm/yyyy: faster than a calendar for who has the day on paper; as wide as a day."""

    def __init__(self) -> None:
        super().__init__(attrs={"placeholder": "dd/mm/yyyy", "size": 12})
