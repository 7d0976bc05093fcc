"""TCVN3, VNI and broken UTF-8: converted where they are that, left alone where they are not."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from landdb.normalise import legacy_fonts
from landdb.normalise.legacy_fonts import Legacy

from .reference import GIVEN_NAMES, MIDDLE_NAMES, SURNAMES, own_rows, rows

names = st.builds(
    lambda *parts: " ".join(parts),
    st.sampled_from(SURNAMES),
    st.sampled_from(MIDDLE_NAMES),
    st.sampled_from(GIVEN_NAMES),
)
TO_TCVN3 = {
    int(r["unicode_codepoint"], 16): chr(int(r["legacy_codepoint"], 16)) for r in own_rows("tcvn3.csv")
}
TO_VNI = {ord(r["unicode_char"]): r["legacy_text"] for r in own_rows("vni.csv")}


@pytest.mark.parametrize(
    ("raw", "legacy", "expected"),
    [
        ("NguyÔn V¨n B×nh", Legacy.TCVN3, "Nguyễn Văn Bình"),
        ("§ç ThÞ Ph\u00ad¬ng", Legacy.TCVN3, "Đỗ Thị Phương"),
        ("§ç ThÞ Ph¬ng", Legacy.TCVN3, "Đỗ Thị Phương"),
        ("Vò V¨n An", Legacy.TCVN3, "Vũ Văn An"),
        ("Vâ", Legacy.TCVN3, "Võ"),
        ("NGUYÔN V¡N B×NH", Legacy.TCVN3, "NGUYỄN VĂN BÌNH"),
        ("§ÆNG §×NH", Legacy.TCVN3, "ĐẶNG ĐÌNH"),
        ("Nguyeãn Vaên Bình", Legacy.VNI, "Nguyễn Văn Bình"),
        ("Ñoã Thò Döông", Legacy.VNI, "Đỗ Thị Dương"),
        ("Traàn Thò Aùnh", Legacy.VNI, "Trần Thị Ánh"),
        ("Nguyá»…n VÄƒn HÃ ", Legacy.MOJIBAKE, "Nguyễn Văn Hà"),
        ("MÃ\u00a0 LÃª", Legacy.MOJIBAKE, "Mà Lê"),
        ("HÃ\u00a0", Legacy.MOJIBAKE, "Hà"),
        ("Lê Thành".encode().decode("latin-1"), Legacy.MOJIBAKE, "Lê Thành"),
    ],
)
def test_it_reads_the_old_text(raw: str, legacy: Legacy, expected: str) -> None:
    assert legacy_fonts.repair(raw) == (expected, legacy, True)


def test_it_reads_an_old_name_behind_a_new_title_but_is_not_sure() -> None:
    found = legacy_fonts.repair("Hộ ông: NguyÔn V¨n A")
    assert found == ("Hộ ông: Nguyễn Văn A", Legacy.TCVN3, False)


@pytest.mark.parametrize("raw", ["Nguy?n V?n A", "Nguy\ufffdn", "?? V?n A"])
def test_lost_letters_stay_lost(raw: str) -> None:
    assert legacy_fonts.repair(raw) == (raw, Legacy.LOST, False)


@pytest.mark.parametrize(
    "raw",
    [
        "Vò",
        "Lê Hoàng",
        "Âu Dương",
        "Müller François",
        "José Núñez",
        "H'Lâm",
        "20 m²",
        "Nguyễn Văn A?",
        "§ 5",
        "Ðinh Lan",
        "LÃ QUANG LAN",
        "MÃ\u00a0LAN",
        "·",
    ],
)
def test_it_leaves_other_text_alone(raw: str) -> None:
    assert legacy_fonts.repair(raw) == (raw, None, True)


@settings(max_examples=200)
@given(names)
def test_it_never_converts_valid_vietnamese(name: str) -> None:
    for spelling in (name, name.upper(), name.lower(), *name.split()):
        assert legacy_fonts.detect(spelling) is None


def test_it_never_converts_a_commune() -> None:
    units = {r["name"] for r in rows("admin_units.csv")} | {
        r["old_name"] for r in rows("admin_crosswalk.csv")
    }
    assert [name for name in units if legacy_fonts.detect(name) is not None] == []


@settings(max_examples=200)
@given(names)
def test_tcvn3_comes_back_whole_or_is_left(name: str) -> None:
    # The font has no capitals with tones, such as Ý.
    assume(all(char.isascii() or ord(char) in TO_TCVN3 for char in name))
    raw = name.translate(TO_TCVN3)
    found = legacy_fonts.repair(raw)
    assert found.text == name or (found.legacy is None and all(map(legacy_fonts.is_syllable, raw.split())))


@settings(max_examples=200)
@given(names)
def test_vni_comes_back_whole_or_is_left(name: str) -> None:
    raw = name.translate(TO_VNI)
    found = legacy_fonts.repair(raw)
    assert found.text == name or found.legacy is None or not found.confident


@settings(max_examples=200)
@given(names)
def test_broken_utf8_comes_back_whole(name: str) -> None:
    assert legacy_fonts.repair(name.encode().decode("latin-1")).text == name


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(max_codepoint=0x2122), max_size=40))
def test_a_text_that_shows_no_old_font_stays_as_it_is(raw: str) -> None:
    found = legacy_fonts.repair(raw)
    if found.legacy in (None, legacy_fonts.Legacy.LOST):
        assert found.text == raw
    assert found.confident or found.legacy is not None
    assert legacy_fonts.detect(raw) == found.legacy


@pytest.mark.parametrize(
    "word", ["Nguyễn", "NGUYỄN", "quý", "gì", "giếng", "Uyên", "khuỷu", "thuở", "Ý", "Đạt"]
)
def test_these_are_syllables(word: str) -> None:
    assert legacy_fonts.is_syllable(word)


@pytest.mark.parametrize("word", ["NguyÔn", "đàt", "vâ", "xyz", "Müller", "", "nguyêễn", "ặc" * 9])
def test_these_are_none(word: str) -> None:
    assert not legacy_fonts.is_syllable(word)
