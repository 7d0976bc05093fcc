"""Dates as clerks and spreadsheets write them: often a year alone, often with a made-up first of January."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from landdb.normalise.text import fold

FIRST_YEAR, LAST_YEAR = 1850, 2150
_LONGEST = 80  # characters
_SERIAL_DAYS = range(10000, 60001)  # days since 1899-12-30 as Excel counts: 1927 to 2064

_DAY_FIRST = re.compile(r"(\d{1,2})\s?[/.\-\\]\s?(\d{1,2})\s?[/.\-\\]\s?(\d{4}|\d{2})(?:[ T,]+\d{1,2}:.*)?")
_YEAR_FIRST = re.compile(r"(\d{4})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?:[ T]+\d{1,2}:.*)?")
_WORDS = re.compile(
    r"(?:ngay (\d{1,2}) )?thang (\d{1,2})(?: nam)? (\d{4})|(\d{1,2}) thang (\d{1,2})(?: nam)? (\d{4})"
)
_MONTH = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{4})|(\d{4})-(\d{1,2})")
_LEAD = re.compile(r"(?:sinh ngay|ngay sinh|sinh nam|nam sinh|sinh|sn|ns|ngay|nam)\b[\s:.]*", re.IGNORECASE)
_LEAD_MARKED = re.compile(r"(?:sinh\s+ngày|ngày\s+sinh|sinh\s+năm|năm\s+sinh|ngày|năm)[\s:.]*", re.IGNORECASE)
_ABOUT = re.compile(r"(?:khoảng|khoang|chừng|độ|~|≈|\?)\s*(?:năm|nam)?\s*|\s*\?$", re.IGNORECASE)


class PartialDate(NamedTuple):
    """A date as far as it is known. `precision` is 'day', 'month', 'year' or '' (nothing readable)."""

    raw: str
    year: int | None
    month: int | None
    day: int | None
    precision: str
    warnings: tuple[str, ...]

    @property
    def iso(self) -> str:
        """yyyy-mm-dd, yyyy-mm, yyyy or '': as much as is known."""
        if self.year is None:
            return ""
        known = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(known)

    @property
    def on(self) -> date | None:
        """The day, where it is known to the day."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)


def parse(raw: object, *, birth: bool = False) -> PartialDate:
    """Read a date cell. With `birth`, the first of January counts as a year alone; never raises."""
    if isinstance(raw, str):
        return _parse_text(raw, birth) if len(raw) <= _LONGEST else _nothing(raw, "unreadable")
    if raw is None:
        return _nothing("")
    if isinstance(raw, date):
        shown = raw.isoformat()
        return _day(shown, raw.year, raw.month, raw.day, (), birth)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and -1e9 < raw < 1e9:
        return _parse_text(str(int(raw)) if raw == int(raw) else str(raw), birth)
    return _nothing("", "unreadable")


def _nothing(raw: str, *warnings: str) -> PartialDate:
    return PartialDate(raw, None, None, None, "", warnings)


@lru_cache(maxsize=65536)
def _parse_text(raw: str, birth: bool) -> PartialDate:
    text = " ".join(raw.replace("\x00", "").strip(" '’`\"\u200b\ufeff\xa0.").split())
    if not any(map(str.isalnum, text)):
        return _nothing(raw, "placeholder") if text else _nothing(raw)
    text = _LEAD_MARKED.sub("", text, count=1) if not text[0].isdigit() else text
    about = _ABOUT.search(text)
    if about:
        text = _ABOUT.sub("", text).strip()
    if not text.isascii():
        text = fold(text)
    text = text if text[:1].isdigit() or text.startswith("ngay") else _LEAD.sub("", text, count=1)
    found = _read(raw, text, birth) if text.isascii() else None
    if found is None:
        return _nothing(raw, "unreadable")
    return found._replace(warnings=(*found.warnings, "approximate")) if about else found


def _read(raw: str, text: str, birth: bool) -> PartialDate | None:
    """The forms in turn; None where none fits."""
    if parts := _DAY_FIRST.fullmatch(text):
        return _day_first(raw, birth, *parts.groups())
    if parts := _YEAR_FIRST.fullmatch(text):
        return _day(raw, int(parts[1]), int(parts[2]), int(parts[3]), (), birth)
    number = re.fullmatch(r"(\d+)(?:\.\d+)?", text)
    if number:
        return _digits(raw, number[1], birth) if len(number[1]) <= 8 else None
    if parts := _MONTH.fullmatch(text):
        year, month = (parts[2], parts[1]) if parts[1] else (parts[3], parts[4])
        return _day(raw, int(year), int(month), 0, (), birth)
    if parts := _WORDS.fullmatch(fold(text)):
        day, month, year = parts[1] or parts[4] or "0", parts[2] or parts[5], parts[3] or parts[6]
        return _day(raw, int(year), int(month), int(day), (), birth)
    return None


def _day_first(raw: str, birth: bool, day: str, month: str, year: str) -> PartialDate:
    if len(year) == 2:
        now = date.today().year
        if int(year) <= now % 100:
            return _nothing(raw, "two_digit_year")
        return _day(raw, now // 100 * 100 - 100 + int(year), int(month), int(day), (), birth)
    if int(month) > 12 >= int(day):
        return _day(raw, int(year), int(day), int(month), ("swapped",), birth)
    return _day(raw, int(year), int(month), int(day), (), birth)


def _day(raw: str, year: int, month: int, day: int, warnings: tuple[str, ...], birth: bool) -> PartialDate:
    """Build and check; a day or month of 0 is unknown."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _nothing(raw, *warnings, "implausible_year")
    if birth and year > date.today().year:
        warnings += ("future",)
    if month == 0 and day == 0:
        return PartialDate(raw, year, None, None, "year", warnings)
    if day == 0 and 1 <= month <= 12:
        return PartialDate(raw, year, month, None, "month", warnings)
    try:
        date(year, month, day)
    except ValueError:
        return _nothing(raw, *warnings, "impossible")
    if birth and month == day == 1:
        return PartialDate(raw, year, None, None, "year", (*warnings, "first_of_january"))
    return PartialDate(raw, year, month, day, "day", warnings)


def _digits(raw: str, digits: str, birth: bool) -> PartialDate | None:
    """Digits without separators: a year, yyyyMMdd, ddMMyyyy, dMyyyy, or a day number of Excel."""
    if len(digits) == 4:
        return _day(raw, int(digits), 0, 0, (), birth)
    if len(digits) == 5 and int(digits) in _SERIAL_DAYS:
        on = date(1899, 12, 30) + timedelta(days=int(digits))
        return _day(raw, on.year, on.month, on.day, ("excel_serial",), birth)
    if len(digits) not in (6, 7, 8):
        return None
    readings = _readings(digits)
    if len(readings) == 1:
        year, month, day = readings.pop()
        return _day(raw, year, month, day, () if len(digits) == 8 else ("short_digits",), birth)
    years = {year for year, _, _ in readings}
    if len(years) == 1:
        return _day(raw, years.pop(), 0, 0, ("ambiguous",), birth)
    return _nothing(raw, "ambiguous" if readings else "impossible")


def _readings(digits: str) -> set[tuple[int, int, int]]:
    """All (year, month, day) that 6 to 8 digits can mean; day 0 for yyyyMM."""
    head, year = digits[:-4], int(digits[-4:])
    found = {(year, int(head[cut:]), int(head[:cut])) for cut in (1, 2) if 1 <= len(head) - cut <= 2}
    if len(digits) == 8:
        found = {(year, int(head[2:]), int(head[:2])), (int(digits[:4]), int(digits[4:6]), int(digits[6:]))}
    if len(digits) == 6:
        found.add((int(digits[:4]), int(digits[4:]), 0))
    return {reading for reading in found if _is_plausible(*reading)}


def _is_plausible(year: int, month: int, day: int) -> bool:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return False
    if day == 0:
        return True
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
