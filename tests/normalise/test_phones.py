"""Telephone numbers however they are spaced, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from landdb.normalise import phones


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("(0222) 3822-123", "02223822123"),
        ("+84912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("84912345678", "0912345678"),
        ("912345678", "0912345678"),
        ("", ""),
        ("2", ""),
        ("12345", ""),
        ("0912345", ""),
        ("091234567890", ""),
        ("+cmd|calc", ""),
        ("0912345678 / 0987654321", ""),
        ("không có", ""),
    ],
)
def test_a_number_as_it_is_dialled(raw: str, number: str) -> None:
    assert phones.parse(raw).number == number


def test_only_a_lost_zero_is_told_as_lost() -> None:
    assert phones.parse("912345678").is_padded
    assert not phones.parse("0912345678").is_padded
    assert not phones.parse("+84912345678").is_padded


@given(st.integers(100_000_000, 9_999_999_999).map(lambda digits: f"0{digits}"))
@example("0970084708")
@example("02900848471")
@example("0284912345")
def test_a_number_that_begins_with_its_zero_is_read_as_it_stands(number: str) -> None:
    """Also one with the country's own digits in it."""
    assume(not number.startswith("0084"))
    assert phones.parse(number).number == number


@given(st.text(max_size=60))
def test_whatever_is_read_is_digits_and_is_read_the_same_again(raw: str) -> None:
    number = phones.parse(raw).number
    assert number == "" or (number.isascii() and number.isdigit() and number[0] == "0")
    assert phones.parse(number).number == number
