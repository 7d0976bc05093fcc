"""A list that is written at once says what Django's own says."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.test.html import parse_html

from landdb.web.plain_select import PlainSelect

CHOICES = [("", "tất cả"), ("24001", "X. Đồng <b> & Bãi"), (4812406, "số")]


@pytest.mark.parametrize("value", [None, "", "24001", 4812406, "không có"])
@pytest.mark.parametrize("attrs", [None, {"id": "xa", "required": True, "aria-label": 'Xã "A"'}])
def test_it_is_the_select_that_django_writes(value: Any, attrs: dict[str, Any] | None) -> None:
    ours, theirs = PlainSelect(choices=CHOICES), forms.Select(choices=CHOICES)
    assert parse_html(ours.render("xa", value, attrs)) == parse_html(theirs.render("xa", value, attrs))
