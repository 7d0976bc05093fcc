"""Single cells: what they show, and what they look like."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum

from landdb.normalise import people, serials
from landdb.normalise.text import clean

_LONGEST_LOOK = 200
_DATE = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}|\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_SERIAL = re.compile(serials.PATTERN)


class Look(StrEnum):
    """What a value seems to be, whatever its column says."""

    PERSON_NUMBER = "person_number"
    DATE = "date"
    SERIAL = "serial"
    SEX = "sex"
    NUMBER = "number"
    WORDS = "words"
    OTHER = "other"


def shown(value: object) -> str:
    """A cell as the sheet shows it: whole numbers without decimals, days as dd/mm/yyyy."""
    if type(value) is str:
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return str(value)


def look(value: object) -> Look:
    """What a value seems to be."""
    if isinstance(value, dt.date):
        return Look.DATE
    text = clean(shown(value)[:_LONGEST_LOOK])
    # Twelve digits, or eleven where a spreadsheet ate the leading zero; nine are an old number.
    if len(text) in (9, 11, 12) and text.isascii() and text.isdigit():
        return Look.PERSON_NUMBER
    if _DATE.fullmatch(text):
        return Look.DATE
    if _NUMBER.fullmatch(text):
        return Look.NUMBER
    if people.parse_sex(text) and text.isalpha():
        return Look.SEX
    if any(map(str.isdigit, text)):
        read = serials.parse(text).serials
        return Look.SERIAL if len(read) == 1 and _SERIAL.match(read[0]) else Look.OTHER
    return Look.WORDS if " " in text and all(word[:1].isalpha() for word in text.split()) else Look.OTHER
