"""Words that others read: a reason, a note. They hold no identity number; who needs it opens the record."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_DIGITS = re.compile(r"\d(?:[ .\-]?\d)*")
_IDENTITY = (9, 12)


class NoIdentity(forms.CharField):
    """Free text that holds no identity number: nothing of 9 or 12 digits, spaced or not."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        for found in _DIGITS.findall(text):
            if sum(map(str.isdigit, found)) in _IDENTITY:
                raise forms.ValidationError(
                    _(
                        "Lời nhắn có dãy 9 hoặc 12 chữ số giống số giấy tờ. Hãy bỏ dãy số đó; "
                        "người nhận xem số ngay trong hồ sơ."
                    )
                )
        return text
