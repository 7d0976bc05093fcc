"""What a field of a day says of what it cannot read shows how a day is typed."""

from __future__ import annotations

import pytest
from django import forms
from django.utils import translation

from landdb.web.day_input import TypedDay


class OfADay(forms.Form):
    day = forms.DateField(widget=TypedDay())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_unreadable_day_is_answered_by_an_example(language: str) -> None:
    with translation.override(language):
        (words,) = OfADay({"day": "hôm qua"}).errors["day"]
        assert "31/12/2026" in words
        # The example can be typed as it stands.
        assert OfADay({"day": "31/12/2026"}).is_valid()
