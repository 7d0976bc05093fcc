"""Areas in square metres, with the decimal comma of the forms and the decimal point of spreadsheets."""

import re
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from landdb.normalise.text import clean

_LONGEST = 60  # characters
_LARGEST = Decimal(10) ** 10  # m²: the whole province has less
_HECTARE = Decimal(10000)
_UNIT = re.compile(r"(?:m2|m²|m\^2|mét vuông|met vuong|m)\.?$", re.IGNORECASE)
_HECTARES = re.compile(r"ha\.?$", re.IGNORECASE)
_PLAIN = re.compile(r"\d{1,12}(?:[.,]\d{1,12})?")
_GROUPED = re.compile(r"(\d{1,3}(?:([., ])\d{3}){1,3})(?:(?!\2)[.,](\d{1,6}))?")
_SUM = re.compile(r"[\d.,\s]+(?:m2|m²)?\s*[+;]\s*\d")


class Area(NamedTuple):
    """An area in m². `value` is None where the text leaves more than one reading."""

    raw: str
    value: Decimal | None
    warnings: tuple[str, ...]


def parse(raw: object) -> Area:
    """Read an area cell; numbers are taken as they are, texts as a clerk wrote them; never raises."""
    if isinstance(raw, Decimal):
        return _checked(str(raw), raw, ())
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _from_number(raw)
    if not isinstance(raw, str):
        return Area("", None, () if raw is None else ("unreadable",))
    return _from_text(raw)


def _from_number(raw: int | float) -> Area:
    if not isfinite(raw) or abs(raw) >= _LARGEST:
        return Area("", None, ("unreadable",))
    # A tenth of a square centimetre: what is behind it comes from binary fractions.
    return _checked(str(raw), Decimal(repr(round(raw, 5))), ())


def _from_text(raw: str) -> Area:
    text = clean(raw[:_LONGEST]).strip("'’ ") if len(raw) <= _LONGEST else ""
    if not any(map(str.isalnum, text)):
        return Area(raw, None, ("unreadable",) if len(raw) > _LONGEST else ())
    if _SUM.match(text):
        return Area(raw, None, ("sum",))
    hectares = _HECTARES.search(text)
    bare = (_HECTARES if hectares else _UNIT).sub("", text).strip()
    value, warnings = _number(bare)
    if value is None:
        return Area(raw, None, warnings)
    return _checked(raw, value * _HECTARE if hectares else value, ("hectares",) if hectares else ())


def _number(text: str) -> tuple[Decimal | None, tuple[str, ...]]:
    """The number written, or why it cannot be told."""
    grouped = _GROUPED.fullmatch(text)
    if not text.isascii() or not (grouped or _PLAIN.fullmatch(text)):
        return None, ("unreadable",)
    if grouped is None or text.startswith("0"):
        return Decimal(text.replace(",", ".")), ()
    whole, sign, decimals = grouped.groups()
    if decimals is None and sign != " " and whole.count(sign) == 1:
        return None, ("ambiguous",)
    return Decimal(whole.replace(sign, "") + "." + (decimals or "0")), ()


def _checked(raw: str, value: Decimal, warnings: tuple[str, ...]) -> Area:
    if not value.is_finite() or not 0 < value < _LARGEST:
        return Area(raw, None, (*warnings, "out_of_range"))
    whole = value.to_integral_value()
    return Area(raw, whole if value == whole else value.normalize(), warnings)
