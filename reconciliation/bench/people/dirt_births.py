"""Birth and sex as a clerk wrote them down."""

from __future__ import annotations

import numpy as np

from .draws import Dirt, Flags, Ints, chosen
from .families import Days
from .holders import Holders

_EPOCH = np.datetime64("1899-12-30", "D")
_RARE = (
    "{y:04}-{m:02}-{d:02}", "{y:04}-{m:02}-{d:02}", "{d:02}.{m:02}.{y}", "{d:02}-{m:02}-{y}", "{d}/{m}/{y}",
    "{d}/{m}/{y}", "{y:04}{m:02}{d:02}", "{d:02}{m:02}{y:04}", "{m:02}/{y}", "{e}", "{m}/{d}/{y}",
)  # fmt: skip
_SEXES = ("Nữ", "Nam")
#: As it is written otherwise.
_SEX_FORMS = {"Nữ": ("nữ", "NỮ", "Nu", "nữ "), "Nam": ("nam", "NAM", "nam ", "nam")}


def write_births(dirt: Dirt, holders: Holders, born: Days) -> tuple[list[str], Flags, Flags]:
    """The births, which of them are full dates, and which are missing."""
    year, month, day = holders.year.copy(), born.astype("M8[M]").astype(np.int64) % 12 + 1, _day(born)
    early = dirt.hits("birth_lunar", (month == 1) | ((month == 2) & (day <= 8)))
    alone = dirt.count("birth_year_only", dirt.hits("birth_year_only", scale=_alone(holders.era)))
    year -= dirt.count("birth_lunar", early & alone)
    year = _year(dirt, year)
    swapped = dirt.count(
        "birth_day_month_swapped", dirt.hits("birth_day_month_swapped", ~alone & (day <= 12))
    )
    month, day = np.where(swapped, day, month), np.where(swapped, month, day)
    moved = dirt.count("birth_day_wrong", dirt.hits("birth_day_wrong", ~alone))
    day = np.where(moved, dirt.picks("birth_day_wrong") % 28 + 1, day)
    texts = [str(value) for value in year.tolist()]
    dirt.spoil("birth_first_january", texts, lambda text, pick: f"01/01/{text}", alone)
    rare, picks = dirt.count("birth_form", dirt.hits("birth_form", ~alone)), dirt.picks("birth_form")
    for at in chosen(~alone):
        form = _RARE[int(picks[at]) % len(_RARE)] if rare[at] else "{d:02}/{m:02}/{y}"
        numbers = {"y": int(year[at]), "m": int(month[at]), "d": int(day[at])}
        texts[at] = form.format(**numbers, e=_serial(**numbers) if rare[at] else 0)
    missing = dirt.spoil("birth_missing", texts, lambda text, pick: "")
    return texts, ~alone & ~missing, missing


def write_sexes(dirt: Dirt, holders: Holders) -> list[str]:
    wrong = dirt.count("sex_wrong", dirt.hits("sex_wrong"))
    texts = [_SEXES[sex] for sex in np.where(wrong, 1 - holders.male, holders.male).tolist()]
    dirt.spoil("sex_form", texts, lambda text, pick: _SEX_FORMS[text][pick % 4])
    dirt.spoil("sex_missing", texts, lambda text, pick: "", scale=np.where(holders.era < 2014, 1.2, 0.7))
    return texts


def _alone(era: Ints) -> Ints:
    scale: Ints = np.select([era < 2004, era < 2014], [1.1, 1.05], 0.92)
    return scale


def _year(dirt: Dirt, year: Ints) -> Ints:
    """Slips in the year; one that makes a birth of tomorrow would have been seen."""
    off = dirt.count("birth_year_off", dirt.hits("birth_year_off"))
    year = year + off * (dirt.picks("birth_year_off") % 2 * 2 - 1)
    tens, ones = year // 10 % 10, year % 10
    turned = year - tens * 10 - ones + ones * 10 + tens
    swapped = dirt.hits("birth_year_swapped", (turned != year) & (turned < 2010))
    year = np.where(dirt.count("birth_year_swapped", swapped), turned, year)
    pick = dirt.picks("birth_digit")
    place = np.where(pick % 2, 10, 1)
    other = year + ((year // place + 1 + pick // 2 % 9) % 10 - year // place % 10) * place
    wrong = dirt.count("birth_digit", dirt.hits("birth_digit", (other < 2010) & (other > 1900)))
    return np.where(wrong, other, year)


def _day(born: Days) -> Ints:
    day: Ints = (born - born.astype("M8[M]")).astype(np.int64) + 1
    return day


def _serial(y: int, m: int, d: int) -> int:
    """The day as a spreadsheet counts it."""
    first = np.datetime64(f"{y:04}-{m:02}-01", "D")
    return int((first + (d - 1) - _EPOCH).astype(int))
