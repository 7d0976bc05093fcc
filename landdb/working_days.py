"""On which days the offices of the province work, and days counted by them.

Public holidays in Viet Nam (Labour Code 2019, article 112), Tết and Hùng Kings' day by the lunar calendar,
and the days that the government swapped come from `holidays`. What a province adds itself, or works to make
up for, stands in a file of its own (`LANDDB_WORKING_DAYS`): `day,works,why`, with dates dd/mm/yyyy and `yes`
or `no`.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language

from .env import EnvError

if TYPE_CHECKING:
    from holidays import HolidayBase

COLUMNS = ("day", "works", "why")
_WORKS = {"yes": True, "no": False}
_DAY = dt.timedelta(days=1)
_SATURDAY = 5


class OwnDay(NamedTuple):
    """What a province says of a day: whether its offices work on it, and why."""

    works: bool
    why: str


def read(path: Path | None) -> dict[dt.date, OwnDay]:
    """The province's own days; EnvError with the line where the file cannot be used. None: no such days."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise EnvError(f"{path}, line 1: the columns must be {','.join(COLUMNS)}.")
            return dict(_own_day(path, rows.line_num, row) for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EnvError(f"{path} cannot be read: {error}.") from None


def is_working(day: dt.date) -> bool:
    """Whether the offices work on a day."""
    own = _own().get(day)
    return own.works if own else _holidays(day.year, "vi").is_working_day(day)


def why_off(day: dt.date) -> str:
    """Why the offices do not work on a day, in words; '' where they do."""
    if is_working(day):
        return ""
    if own := _own().get(day):
        return own.why
    language = "vi" if (get_language() or "vi").startswith("vi") else "en_US"
    return _holidays(day.year, language).get(day) or date_format(day, "l")


def next_from(day: dt.date) -> dt.date:
    """The day itself where the offices work on it, else the next one on which they do."""
    while not is_working(day):
        day += _DAY
    return day


def after(start: dt.date, n: int) -> dt.date:
    """The n-th working day after `start`, which does not count itself."""
    day = start
    while n:
        day += _DAY
        n -= is_working(day)
    return day


def off_between(start: dt.date, end: dt.date) -> list[tuple[dt.date, str]]:
    """The days off from Monday to Friday after `start` and before `end`, with why."""
    days = [start + n * _DAY for n in range(1, (end - start).days)]
    return [(day, why) for day in days if day.weekday() < _SATURDAY and (why := why_off(day))]


@cache
def _holidays(year: int, language: str) -> HolidayBase:
    # Only who asks for a day loads it: 20 MB and 0.15 s.
    from holidays import country_holidays

    return country_holidays("VN", years=[year], language=language)


def _own() -> Mapping[dt.date, OwnDay]:
    own: dict[dt.date, OwnDay] = settings.WORKING_DAYS
    return own


def _own_day(path: Path, line: int, row: Mapping[str, str | None]) -> tuple[dt.date, OwnDay]:
    day, works, why = ((row.get(name) or "").strip() for name in COLUMNS)
    try:
        on = dt.datetime.strptime(day, "%d/%m/%Y").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise EnvError(f"{path}, line {line}: {day!r} is no day; it must be dd/mm/yyyy.") from None
    if works not in _WORKS or not why:
        raise EnvError(f"{path}, line {line}: say yes or no, and why; there is {works!r}, {why!r}.")
    return on, OwnDay(_WORKS[works], why)
