"""Telephone numbers as clerks and spreadsheets write them."""

from __future__ import annotations

import re
from typing import NamedTuple

_FILLING = re.compile(r"[\s.\-–()]+")
#: At the beginning alone: any number may have 0084 in it.
_ABROAD = re.compile(r"^(?:(?:\+|00)84(?=[1-9])|84(?=[1-9][0-9]{8}$))")
#: Without its zero, as a spreadsheet leaves a number: of mobile telephones alone, others look too much alike.
_NINE_DIGITS = re.compile(r"[35789][0-9]{8}")
_NUMBER = re.compile(r"0[0-9]{9,10}")


class Phone(NamedTuple):
    """The number with its leading zero, '' where the text is none; `is_padded`: the zero had been lost."""

    number: str
    is_padded: bool = False


def parse(raw: str) -> Phone:
    """Ten or eleven digits from 0 on, however they are spaced, with +84 for the zero or without it.

    Source: the numbering plan in force since 2018: ten digits for mobile, ten or eleven for fixed telephones.
    """
    bare = _ABROAD.sub("0", _FILLING.sub("", raw), count=1)
    is_padded = _NINE_DIGITS.fullmatch(bare) is not None
    number = f"0{bare}" if is_padded else bare
    return Phone(number, is_padded) if _NUMBER.fullmatch(number) else Phone("")
