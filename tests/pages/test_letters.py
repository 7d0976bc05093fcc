"""Where two spellings differ, to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.web import letters
from reconciliation.web.letters import Sides


def shown(sides: Sides) -> tuple[str, str]:
    """Both sides as text, what differs in brackets."""
    left, right = ("".join(p.text if p.is_same else f"[{p.text}]" for p in side) for side in sides)
    return left, right


@pytest.mark.parametrize(
    ("ours", "theirs", "left", "right"),
    [
        ("Nguyễn Văn Thõa", "Nguyễn Văn Thỏa", "Nguyễn Văn Th[õ]a", "Nguyễn Văn Th[ỏ]a"),
        ("Tran Thi Thuy", "Trần Thị Thủy", "Tr[a]n Th[i] Th[u]y", "Tr[ầ]n Th[ị] Th[ủ]y"),
        ("Lê Hoà", "Lê Hòa", "Lê Hoà", "Lê Hòa"),
        ("Nguyễn Hoa", "Nguyễn Thị Hoa", "Nguyễn Hoa", "Nguyễn [Thị] Hoa"),
        ("NGUYỄN VĂN AN", "Nguyễn Văn Ân", "NGUYỄN VĂN [A]N", "Nguyễn Văn [Â]n"),
        ("Đỗ Lan", "Hoàng Văn Bình", "Đỗ Lan", "Hoàng Văn Bình"),
        ("", "Nguyễn An", "", "Nguyễn An"),
    ],
)
def test_names(ours: str, theirs: str, left: str, right: str) -> None:
    assert shown(letters.names(ours, theirs)) == (left, right)


@pytest.mark.parametrize(
    ("ours", "theirs", "left", "right"),
    [
        ("1956", "12/03/1965", "19[56]", "12/03/19[65]"),
        ("05/02/1965", "02/05/1965", "0[5]/0[2]/1965", "0[2]/0[5]/1965"),
        ("12/03/1965", "12/03/1965", "12/03/1965", "12/03/1965"),
        ("", "1970", "", "1970"),
    ],
)
def test_births(ours: str, theirs: str, left: str, right: str) -> None:
    assert shown(letters.births(ours, theirs)) == (left, right)


@pytest.mark.parametrize(
    ("ours", "theirs", "left", "right"),
    [
        ("024075000156", "024075000756", "024075000[1]56", "024075000[7]56"),
        ("•••• •••• 0156", "•••• •••• 0156", "•••• •••• 0156", "•••• •••• 0156"),
        ("123456789", "", "123456789", ""),
    ],
)
def test_numbers(ours: str, theirs: str, left: str, right: str) -> None:
    assert shown(letters.numbers(ours, theirs)) == (left, right)


@pytest.mark.parametrize(
    ("ours", "theirs", "left", "right"),
    [
        ("024075000156", "024175000156", "•••[•] •••• 0156", "•••[•] •••• 0156"),
        ("024075000156", "024075000196", "•••• •••• 01[5]6", "•••• •••• 01[9]6"),
        ("024 075 000156", "024075000156", "•••• •••• 0156", "•••• •••• 0156"),
        ("123456789", "024075000156", "[• •••• 6789]", "[•••• •••• 0156]"),
        ("123456789", "", "• •••• 6789", ""),
    ],
)
def test_hidden_numbers_tell_where_they_differ(ours: str, theirs: str, left: str, right: str) -> None:
    assert shown(letters.masked(ours, theirs)) == (left, right)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_letter_is_lost(ours: str, theirs: str) -> None:
    for compare in (letters.numbers, letters.births, letters.same):
        left, right = compare(ours, theirs)
        assert ("".join(p.text for p in left), "".join(p.text for p in right)) == (ours, theirs)


WORDS = ("Nguyễn", "Nguyen", "Thị", "Thi", "Hoà", "Hòa", "An", "Ân", "Thuỷ", "Thủy")
NAME = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@given(NAME, NAME)
def test_no_letter_of_a_name_is_lost_and_a_name_equals_itself(ours: str, theirs: str) -> None:
    left, right = letters.names(ours, theirs)
    assert ("".join(p.text for p in left), "".join(p.text for p in right)) == (ours, theirs)
    assert all(piece.is_same for side in letters.names(ours, ours) for piece in side)
