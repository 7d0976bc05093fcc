"""No reason and no note carries an identity number, on whatever form it is typed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms

from reconciliation import web
from reconciliation.web.free_text import NoIdentity

#: What others read of what an officer typed.
READ_BY_OTHERS = ("reason", "note", "words", "answer", "clear_reason")


def every_form() -> Iterator[type[forms.Form]]:
    for module in pkgutil.iter_modules(web.__path__):
        for found in vars(importlib.import_module(f"{web.__name__}.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, forms.Form):
                yield found


FIELDS = sorted(
    {
        (f"{form.__name__}.{name}", field)
        for form in every_form()
        for name, field in form.base_fields.items()
        if name in READ_BY_OTHERS
    },
    key=lambda pair: pair[0],
)


def test_there_are_such_fields() -> None:
    assert {"ReasonForm.reason", "BulkForm.note", "WaiverForm.reason"} <= {name for name, _field in FIELDS}


@pytest.mark.parametrize("field", [pytest.param(field, id=name) for name, field in FIELDS])
@pytest.mark.parametrize("text", ["số 012345678901", "cmnd 125 123 456"])
def test_a_number_in_it_is_refused(field: forms.Field, text: str) -> None:
    assert isinstance(field, NoIdentity)
    with pytest.raises(forms.ValidationError, match="9 hoặc 12 chữ số"):
        field.clean(text)


@pytest.mark.parametrize("field", [pytest.param(field, id=name) for name, field in FIELDS])
def test_other_numbers_may_stand_in_it(field: forms.Field) -> None:
    assert field.clean("gọi 0912 345 678, tờ 45 thửa 128, quyết định 15/2024")
