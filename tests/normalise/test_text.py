"""Cleaning text, and the keys that hold two spellings for one."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import text

from .reference import GIVEN_NAMES, SURNAMES

anything = st.text(alphabet=st.characters(), max_size=80)
NFD_NGUYEN = "Nguye\u0302\u0303n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Nguyễn \t Văn\n A ", "Nguyễn Văn A"),
        (NFD_NGUYEN, "Nguyễn"),
        ("a\u200bb\x00c\ufeff", "abc"),
        ("Lê\u00a0Văn\u3000A", "Lê Văn A"),
        ("Nguyễ\u00adn", "Nguyễn"),
        ("Ph\u00ad¬ng", "Ph\u00ad¬ng"),
        ("a\ud800b", "a\ufffdb"),
        ("", ""),
    ],
)
def test_clean_keeps_the_words_and_drops_the_rubbish(raw: str, expected: str) -> None:
    assert text.clean(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Ông NGUYỄN  Văn-A, ", "ong nguyen van a"),
        ("Đỗ Đình", "do dinh"),
        ("Ðỗ", "do"),
        (NFD_NGUYEN, "nguyen"),
        ("Lý Mỹ Kỳ", "li mi ki"),
        ("Quý Thủy Nguyễn Huy Thùy", "qui thuy nguyen huy thuy"),
        ("K'Brếp", "k brep"),
        ("--", ""),
    ],
)
def test_fold_is_the_search_key(raw: str, expected: str) -> None:
    assert text.fold(raw) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "hòa"),
        ("THUÝ", "Thúy"),
        ("uỵ", "ụy"),
        ("Cảnh Thuỵ", "Cảnh Thụy"),
        ("Lý", "Lí"),
        ("Mỹ", "Mĩ"),
        ("qúy", "quý"),
        ("Quý", "Quí"),
        ("gìa", "già"),
        ("thủơ", "thuở"),
        (NFD_NGUYEN, "nguyễn"),
    ],
)
def test_tone_key_is_equal_but_for_spelling_habits(one: str, other: str) -> None:
    assert text.tone_key(one) == text.tone_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hoa", "Hòa"), ("Hóa", "Hòa"), ("Thuy", "Thúy"), ("Huy", "Hui"), ("An", "Ân"), ("Quý", "Qui")],
)
def test_tone_key_tells_names_apart(one: str, other: str) -> None:
    assert text.tone_key(one) != text.tone_key(other)


def test_strip_marks_keeps_the_case() -> None:
    assert text.strip_marks("Đỗ NGUYỄN thị") == "Do NGUYEN thi"


def test_sort_key_follows_the_dictionary_in_byte_order() -> None:
    names = ["A", "À", "Ả", "Ã", "Á", "Ạ", "An", "Án", "An Bình", "Anh", "Ăn", "Ân", "Ba", "Bà", "Chu"]
    names += ["Da", "Đa", "Đà", "Ê", "Oanh", "Ông", "Ơn", "Uy", "Ưng", "Y"]
    shuffled = sorted(names, key=len)
    assert sorted(shuffled, key=lambda name: text.sort_key(name).encode()) == names


@settings(max_examples=200)
@given(anything)
def test_keys_are_stable_and_never_raise(raw: str) -> None:
    for key in (text.clean, text.fold, text.strip_marks, text.tone_key):
        assert key(key(raw)) == key(raw)
    text.sort_key(raw)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(SURNAMES + GIVEN_NAMES), min_size=1, max_size=4).map(" ".join))
def test_all_keys_of_a_name_agree(name: str) -> None:
    assert text.fold(text.tone_key(name)) == text.fold(name)
    assert text.fold(text.strip_marks(name)) == text.fold(name)
    assert text.tone_key(name.upper()) == text.tone_key(name)


@pytest.mark.parametrize(
    "piece", ["a\u0323\u0301", "\u0323\u0301", "Nguyễn ", "((", "?a", "\u00ad", "\ud800"]
)
def test_huge_values_take_linear_time(piece: str) -> None:
    started = time.process_time()
    for key in (text.clean, text.fold, text.tone_key, text.sort_key, text.strip_marks):
        key(piece * 100_000)
    assert time.process_time() - started < 5
