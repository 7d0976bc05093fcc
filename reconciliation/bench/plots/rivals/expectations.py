"""What is expected of the frames, an expectation for each rule that can be said of columns, keys and joins.

The rules that it takes more to say are left out: lists of warnings, sets of holders, codes that are places,
what is read out of a number, names within names, maps of old sheets, the words on doubled people.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from ....rules.certificates import FILLING
from ....rules.land_uses import FILLED_TERM


class Bounds(NamedTuple):
    """What a rule's expectation compares with: its tolerance, and the day."""

    tolerance: float
    today: pd.Timestamp


#: The rows of a frame that are not as expected, as a column of booleans.
Expectation = Callable[[pd.DataFrame, Bounds], pd.Series]

_BLANK = re.compile(r"[\s.\-–_\\/0?*xX]*")
_FILLING = re.compile(FILLING, re.IGNORECASE)
_CITIZEN = re.compile("[0-9]{12}")
_SERIAL = re.compile("[A-ZĐ]{1,2} [0-9]{6}|[A-ZĐ]{2} [0-9]{8}")


def _in(column: str, *values: str) -> Expectation:
    """Expect column values not to be in a set."""
    return lambda rows, by: rows[column].isin(values)


def _person(expectation: Expectation) -> Expectation:
    """Expect it of people alone."""
    return lambda rows, by: rows.kind.eq("individual") & expectation(rows, by)


def _matching(column: str, pattern: re.Pattern[str]) -> Expectation:
    """Expect column values not to match a pattern from end to end."""
    return lambda rows, by: rows[column].str.fullmatch(pattern).eq(True)


def _shared(*columns: str) -> Expectation:
    """Expect compound columns to be unique, where each of them is filled."""
    return lambda rows, by: (
        rows.duplicated(list(columns), keep=False)
        & rows[list(columns)].notna().all(axis=1)
        & rows[list(columns)].ne("").all(axis=1)
    )


def _apart(first: str, second: str, at_least: float, percent: float, rows: pd.DataFrame) -> pd.Series:
    """Two areas (hundredths of m²) differ by more than `at_least` m² and `percent` of the second."""
    # Multiplied and not divided, so that whole numbers are compared.
    allowed = (rows[second] * percent).clip(lower=at_least * 100 * 100).fillna(at_least * 100 * 100)
    return (rows[first] - rows[second]).abs() * 100 > allowed


def _id_number_missing(rows: pd.DataFrame, by: Bounds) -> pd.Series:
    is_old = rows.kind.eq("individual") & rows.id_kind.eq("cmnd")
    return (rows.kind.ne("community") & rows.id_kind.isin(["", "empty"])) | (
        is_old & rows.resident_number.fillna("").eq("")
    )


def _id_number_shared(rows: pd.DataFrame, by: Bounds) -> pd.Series:
    numbered = rows[rows.id_number.ne("") & rows.merged_into_id.isna()]
    names = numbered.groupby("id_number").name_fold.nunique()
    return rows.id_number.isin(names.index[names > 1])


def _unlocated(rows: pd.DataFrame) -> pd.Series:
    return rows.sheet.isna() | rows.number.isna()


def _filled(raw: str, rows: pd.DataFrame) -> pd.Series:
    """Empty, or filled with signs that say nothing."""
    return rows[raw].eq("") | rows[raw].str.fullmatch(_FILLING)


#: Rule id → what is not expected.
EXPECTATIONS: dict[str, Expectation] = {
    "map_only": lambda rows, by: ~rows.has_attributes & rows.is_drawn,
    "unlocatable": lambda rows, by: _unlocated(rows) & ~rows.is_drawn & rows.printed.eq(0),
    "unidentifiable": lambda rows, by: (
        rows.holders.eq(0) & rows.serials.eq(0) & (rows.has_attributes | ~rows.is_drawn)
    ),
    "obsolete_map": _in("map_source", "299", "1994"),
    "coordinates_impossible": _in("geometry_fault", "outside", "no_system"),
    "id_number_missing": _id_number_missing,
    "id_number_shared": _person(_id_number_shared),
    "id_number_outdated": _person(
        lambda rows, by: rows.id_kind.eq("cmnd") & rows.resident_number.str.fullmatch(_CITIZEN).eq(True)
    ),
    "birth_missing": _person(lambda rows, by: rows.birth_on.isna() & rows.birth_year.isna()),
    "sex_missing": _person(_in("sex", "")),
    "holder_address_missing": _matching("address_raw", _BLANK),
    "tax_code_invalid": lambda rows, by: (
        rows.kind.eq("organisation") & ~rows.id_kind.isin(["", "empty", "tax", "placeholder"])
    ),
    "holder_not_found": _in("outcome", "not_found"),
    "holder_ambiguous": _in("outcome", "ambiguous"),
    "holder_differs": _in("outcome", "mismatch"),
    "holder_unverified": lambda rows, by: (
        rows.outcome.isin(["unverifiable", "with_police"])
        | (rows.kind.eq("individual") & rows.outcome.isna())
    ),
    "holder_deceased": _in("outcome", "deceased"),
    "holder_struck_off": _in("resident_status", "cancelled", "abroad"),
    "evidence_stale": lambda rows, by: rows.evidence_on < by.today - pd.Timedelta(days=by.tolerance),
    "holder_missing": lambda rows, by: rows.holders.eq(0) & rows.serials.gt(0),
    "certificate_missing": lambda rows, by: rows.certificates.eq(0) & rows.holders.gt(0),
    "certificate_superseded": lambda rows, by: rows.certificates.gt(0) & rows.valid_certificates.eq(0),
    "serial_missing": lambda rows, by: rows.serial.eq("") & _filled("serial_raw", rows),
    "serial_malformed": lambda rows, by: (
        (rows.serial.ne("") & ~rows.serial.str.fullmatch(_SERIAL))
        | (rows.serial.eq("") & ~_filled("serial_raw", rows))
    ),
    "serial_shared": _shared("serial"),
    "book_number_missing": lambda rows, by: rows.book_number.eq("") & rows.book_number_raw.eq(""),
    "book_number_placeholder": lambda rows, by: (
        rows.book_number_raw.ne("") & (rows.book_number.eq("") | rows.book_number_raw.str.fullmatch(_FILLING))
    ),
    "issue_date_missing": lambda rows, by: rows.issued_on.isna() & _filled("issued_raw", rows),
    "scan_missing": lambda rows, by: rows.scans.eq(0),
    "scan_unlinked": lambda rows, by: rows.scans.gt(0) & rows.linked.eq(0),
    "scan_unsigned": lambda rows, by: rows.linked.gt(0) & rows.signed.eq(0),
    "land_use_missing": lambda rows, by: rows.lines.eq(0),
    "land_use_area_differs": lambda rows, by: (
        _apart("lines_area", "legal_area", by.tolerance, 1, rows) & rows.lines.eq(rows.sized_lines)
    ),
    "land_use_code_unknown": lambda rows, by: ~rows.purpose_is_known,
    "land_use_code_outdated": lambda rows, by: rows.purpose_ended_on < by.today,
    "origin_missing": _in("origin", ""),
    "term_missing": _in("term_kind", "", "unknown"),
    "plot_number_missing": lambda rows, by: _unlocated(rows) & (rows.is_drawn | rows.printed.gt(0)),
    "plot_duplicated": _shared("commune_id", "sheet", "number"),
    "plot_address_missing": _matching("address", _BLANK),
    "area_missing": lambda rows, by: (
        rows.legal_area.isna() | rows.legal_area.le(0) | rows.lines.gt(rows.sized_lines)
    ),
    "plot_code_missing": _in("code", ""),
    "plot_code_shared": _shared("code"),
    "registration_pending": lambda rows, by: rows.is_pending,
    "geometry_missing": lambda rows, by: ~rows.is_drawn,
    "geometry_invalid": _in("geometry_fault", "invalid"),
    "plot_overlaps": lambda rows, by: rows.overlap_area > by.tolerance * 100,
    "area_differs_from_map": lambda rows, by: _apart("legal_area", "measured_area", 2, by.tolerance, rows),
    "phone_missing": _person(_in("phone", "")),
    "legal_form_missing": _in("legal_form", ""),
    "spouse_missing": lambda rows, by: rows.legal_form.eq("couple") & rows.holders.eq(1),
    "members_missing": lambda rows, by: rows.legal_form.eq("household") & rows.holders.eq(1),
    "book_number_long": lambda rows, by: rows.book_number.str.len().gt(10),
    "term_placeholder": lambda rows, by: rows.term_until.eq(pd.Timestamp(FILLED_TERM)),
    "term_ended": lambda rows, by: rows.term_until < by.today,
}
