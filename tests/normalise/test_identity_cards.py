"""The text of a card's code is read to the letter, and what is wrong with it has a name."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.normalise.identity_cards import Card, Wrong, parse

GOOD = "024175123456|121234567|Trần Thị Hòa|12031975|Nữ|Khu phố Đông, Kinh Bắc, Bắc Ninh|25042021"


def test_a_card_says_its_seven_parts() -> None:
    assert parse(GOOD + "\r\n") == Card(
        "024175123456", "121234567", "Trần Thị Hòa", dt.date(1975, 3, 12), "F",
        "Khu phố Đông, Kinh Bắc, Bắc Ninh", dt.date(2021, 4, 25),
    )  # fmt: skip
    assert parse(GOOD.replace("121234567", "")).former_number == ""
    assert isinstance(parse(GOOD + "|||"), Card)


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ("", Wrong.EMPTY),
        ("  \r\n", Wrong.EMPTY),
        ("20-05-2025-08-00-00|24|x|y|AA 12345678|z|w|q", Wrong.CERTIFICATE),
        (GOOD.replace("|", "~"), Wrong.BARS),
        (GOOD[:40], Wrong.SHORT),
        ("https://example.org/abc", Wrong.SHORT),
        (GOOD.replace("024175123456", "02417512345"), Wrong.NUMBER),
        (GOOD.replace("121234567", "1212"), Wrong.FORMER),
        (GOOD.replace("Trần Thị Hòa", ""), Wrong.NAME),
        (GOOD.replace("Trần Thị Hòa", "Tra62n Thi5 Ho2a"), Wrong.GARBLED),
        (GOOD.replace("Trần Thị Hòa", "TrÇn ThÞ Hßa"), Wrong.GARBLED),
        (GOOD.replace("12031975", "31021975"), Wrong.BIRTH),
        (GOOD.replace("Nữ", "N?"), Wrong.SEX),
        (GOOD.replace("Nữ", "Nam"), Wrong.CONTRADICTS),
        (GOOD.replace("12031975", "12031976"), Wrong.CONTRADICTS),
        (GOOD.replace("25042021", "25042999"), Wrong.ISSUED),
    ],
)
def test_a_malformed_code_is_named(raw: str, wrong: Wrong) -> None:
    assert parse(raw) == wrong


@given(st.text(max_size=300) | st.text("|0123456789", max_size=120))
def test_whatever_a_scanner_types_it_never_raises(raw: str) -> None:
    assert isinstance(parse(raw), Card | Wrong)
