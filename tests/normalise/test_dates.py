"""Dates as clerks and spreadsheets write them."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import dates


@pytest.mark.parametrize(
    ("raw", "iso", "warnings"),
    [
        ("1950", "1950", ()),
        (1950, "1950", ()),
        (1950.0, "1950", ()),
        ("1950.0", "1950", ()),
        ("01/01/1950", "1950", ("first_of_january",)),
        ("19500101", "1950", ("first_of_january",)),
        (date(1950, 1, 1), "1950", ("first_of_january",)),
        (datetime(1950, 3, 12, 10, 0), "1950-03-12", ()),  # noqa: DTZ001 (spreadsheets know no zone)
        ("12/03/1950", "1950-03-12", ()),
        ("12 / 3 / 1950", "1950-03-12", ()),
        ("12.03.1950", "1950-03-12", ()),
        ("1950-03-12", "1950-03-12", ()),
        ("1950-03-12 00:00:00", "1950-03-12", ()),
        ("19500312", "1950-03-12", ()),
        ("12031950", "1950-03-12", ()),
        ("151950", "1950-05-01", ("short_digits",)),
        ("1121950", "1950", ("ambiguous",)),
        ("18264", "1950", ("excel_serial", "first_of_january")),
        (18265, "1950-01-02", ("excel_serial",)),
        ("03/25/1950", "1950-03-25", ("swapped",)),
        ("3-5-85", "1985-05-03", ()),
        ("3-5-15", "", ("two_digit_year",)),
        ("3/1950", "1950-03", ()),
        ("00/00/1950", "1950", ()),
        ("khoảng 1950", "1950", ("approximate",)),
        ("~1950", "1950", ("approximate",)),
        ("SN 1950", "1950", ()),
        ("sinh năm: 1950", "1950", ()),
        ("ngày 12 tháng 3 năm 1950", "1950-03-12", ()),
        ("30/02/1950", "", ("impossible",)),
        ("13/13/1950", "", ("impossible",)),
        ("12/03/0950", "", ("implausible_year",)),
        ("12/03/2140", "2140-03-12", ("future",)),
        ("không rõ", "", ("unreadable",)),
        ("--", "", ("placeholder",)),
        ("", "", ()),
        (None, "", ()),
    ],
)
def test_it_reads_a_birth(raw: object, iso: str, warnings: tuple[str, ...]) -> None:
    found = dates.parse(raw, birth=True)
    assert (found.iso, found.warnings) == (iso, warnings)


def test_the_first_of_january_is_a_day_for_anything_but_births() -> None:
    assert dates.parse("01/01/2015").on == date(2015, 1, 1)


@settings(max_examples=200)
@given(
    st.dates(date(1860, 1, 1), date(2140, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d%m%Y", "%Y%m%d"]),
)
def test_every_day_in_every_form_comes_back(day: date, form: str) -> None:
    assert dates.parse(day.strftime(form)).on == day


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=60), st.text(alphabet="0123456789/-. ", max_size=14), st.floats(), st.integers()
    )
)
def test_it_reads_its_own_answer_and_a_birth_no_more_exactly_than_a_date(raw: object) -> None:
    found, born = dates.parse(raw), dates.parse(raw, birth=True)
    assert dates.parse(found.iso).iso == found.iso
    assert (found.on is None) or (found.on.year == found.year)
    assert born.on in (None, found.on)
