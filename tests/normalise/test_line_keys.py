"""Keys that come back from paper are read however they are written, and no slip passes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from landdb.normalise import line_keys

bodies = st.integers(0, 11).flatmap(
    lambda place: st.tuples(st.just(place), st.sampled_from(line_keys.ALPHABET))
)


def test_a_key_is_read_in_any_case_with_blanks_or_dashes_and_o_for_zero() -> None:
    for _n in range(200):
        key = line_keys.new()
        for written in (key, key.lower(), line_keys.shown(key), " ".join(key), key.replace("0", "O")):
            assert line_keys.parse(written) == key
        assert line_keys.parse(key.replace("1", "l")) == key


@given(slip=bodies)
def test_one_character_mistyped_is_no_key(slip: tuple[int, str]) -> None:
    place, character = slip
    key = line_keys.new()
    if key[place] != character:
        assert line_keys.parse(key[:place] + character + key[place + 1 :]) == ""


def test_what_is_no_key_is_none() -> None:
    for raw in ("", "abc", "0" * 11, "Nguyễn Văn An", "U" * 12, "1" * 400):
        assert line_keys.parse(raw) == ""
