"""A share is the same number on a page and in the report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.templatetags.landdb import chance, change, num, percent
from reconciliation.campaign.report_parts import COUNT, SHARE, written


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(1923, 6000, "32,1 %"), (1, 2000, "0,1 %"), (3, 2000, "0,2 %"), (0, 7, "0,0 %"), (7, 7, "100,0 %")],
)
def test_a_half_is_rounded_up(part: int, whole: int, shown: str) -> None:
    assert percent(part / whole) == shown


def test_a_chance_is_never_told_as_certain_and_next_to_none_in_one_way() -> None:
    assert [chance(share) for share in (0, 1e-9, 0.0009, 0.001)] == ["< 0,1 %"] * 3 + ["0,1 %"]
    assert [chance(share) for share in (0.999, 0.9991, 1)] == ["99,9 %"] + ["> 99,9 %"] * 2
    assert chance(None) == "–"


def test_a_number_is_rounded_away_from_nought_and_nought_has_no_sign() -> None:
    assert [num(value) for value in (0.5, 1.5, 2.5, -0.5, -0.4)] == ["1", "2", "3", "−1", "0"]
    assert num(-20.25, 1) == "−20,3"


def test_a_difference_bears_a_sign_unless_it_is_rounded_to_nothing() -> None:
    assert [change(value, 1) for value in (0.04, 0.05, -0.04, -0.05)] == ["0,0", "+0,1", "0,0", "−0,1"]
    assert [change(value) for value in (226532, -12512, 0, None)] == ["+226.532", "−12.512", "0", "–"]


@given(st.integers(1, 5_000_000), st.data())
def test_pages_and_reports_round_alike(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    assert percent(part / whole) == f"{written(part / whole, SHARE)} %"
    assert num(part / 8, 0) == written(part / 8, COUNT)
