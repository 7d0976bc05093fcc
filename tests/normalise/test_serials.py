"""Certificate serials and book numbers."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import serials


@pytest.mark.parametrize(
    ("raw", "expected", "form", "warnings"),
    [
        ("AĐ 123456", ("AĐ 123456",), "2+6", ()),
        ("ađ123456", ("AĐ 123456",), "2+6", ()),
        ("AĐ-123.456", ("AĐ 123456",), "2+6", ()),
        ("AÐ 123456", ("AĐ 123456",), "2+6", ()),
        ("A§ 123456", ("AĐ 123456",), "2+6", ("legacy_letter",)),
        ("B 123456", ("B 123456",), "1+6", ()),
        ("AA 12345678", ("AA 12345678",), "2+8", ()),
        ("Số phát hành: BK 123456", ("BK 123456",), "2+6", ()),
        ("BK 123456; BK 123457", ("BK 123456", "BK 123457"), "2+6", ("several",)),
        ("BK 123456\nB 123457", ("BK 123456", "B 123457"), "", ("several",)),
        ("BK 123456; bk123456", ("BK 123456",), "2+6", ()),
        ("AO 12345O", ("AO 12345O",), "", ("lookalike",)),
        ("A0 123456", ("A0 123456",), "", ("lookalike",)),
        ("B 1234567", ("B 1234567",), "", ("unknown_form",)),
        ("1234567890", ("1234567890",), "", ("unknown_form",)),
        ("AB 12345", ("AB 12345",), "", ("malformed",)),
        ("--", (), "", ("placeholder",)),
        ("không có", (), "", ("placeholder",)),
        ("", (), "", ()),
    ],
)
def test_it_reads_a_serial_cell(
    raw: str, expected: tuple[str, ...], form: str, warnings: tuple[str, ...]
) -> None:
    assert serials.parse(raw) == (raw, expected, form, warnings, False)


@pytest.mark.parametrize(
    "raw",
    [
        "CHUACOGIAY_07210_12_34",
        "CHUACAPGIAY_07210_12_34",
        "chuacogiay",
        "Chưa cấp giấy",
        "chưa có GCN",
        "chưa cấp",
    ],
)
def test_it_knows_plots_without_a_certificate(raw: str) -> None:
    assert serials.parse(raw) == (raw, (), "", (), True)


@pytest.mark.parametrize(
    ("serial", "period"),
    [
        ("B 123456", (None, date(2004, 6, 30))),
        ("AĐ 123456", (date(2004, 7, 1), date(2009, 12, 9))),
        ("BK 123456", (date(2009, 12, 10), date(2024, 12, 31))),
        ("CĐ 123456", (date(2014, 7, 1), date(2024, 12, 31))),
        ("AA 12345678", (date(2025, 1, 1), None)),
        ("ĐA 123456", None),
        ("A0 123456", None),
    ],
)
def test_a_series_tells_when_it_was_used(serial: str, period: object) -> None:
    assert serials.issue_period(serial) == period


@pytest.mark.parametrize(
    ("raw", "number", "placeholder", "warnings"),
    [
        ("CN00.383", "CN00383", False, ()),
        ("CH.04.1.4. 8", "CH04148", False, ()),
        ("CH01234/2010-QĐ", "CH01234/2010-QĐ", False, ("too_long",)),
        ("--\\--", "", True, ()),
        ("00000", "", True, ()),
        ("", "", False, ()),
    ],
)
def test_book_numbers_lose_dots_and_spaces_only(
    raw: str, number: str, placeholder: bool, warnings: object
) -> None:
    assert serials.parse_book_number(raw) == (raw, number, placeholder, warnings)


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=60), st.text(alphabet="ABĐO0123456789 .-;_", max_size=24)))
def test_it_keeps_well_formed_serials_and_knows_the_years_of_those_only(raw: str) -> None:
    found = serials.parse(raw)
    for serial in found.serials:
        if serials.issue_period(serial) is not None:
            assert re.fullmatch(serials.PATTERN, serial)
        if re.fullmatch(serials.PATTERN, serial):
            assert serials.parse(serial).serials == (serial,)
    assert serials.parse_book_number(raw).raw == raw
