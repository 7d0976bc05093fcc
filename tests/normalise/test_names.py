"""Name cells as clerks wrote them. All names are made up."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from landdb.normalise import names
from landdb.normalise.text import clean, fold, tone_key

from .reference import GIVEN_NAMES, MIDDLE_NAMES, SURNAMES

made_up = st.builds(
    lambda *parts: " ".join(parts),
    st.sampled_from(SURNAMES),
    st.sampled_from(MIDDLE_NAMES),
    st.sampled_from(GIVEN_NAMES),
)


@pytest.mark.parametrize(
    ("raw", "name", "honorific", "sex_hint", "kind"),
    [
        ("Nguyễn Văn An", "Nguyễn Văn An", "", "", "individual"),
        ("ÔNG NGUYỄN VĂN AN", "Nguyễn Văn An", "Ông", "M", "individual"),
        ("nguyễn văn an", "Nguyễn Văn An", "", "", "individual"),
        ("Bà: Trần Thị Lan", "Trần Thị Lan", "Bà", "F", "individual"),
        ("Hộ ông: nguyễn văn an", "Nguyễn Văn An", "Ông", "M", "household"),
        ("Hộ bà Nguyễn Thị Mận", "Nguyễn Thị Mận", "Bà", "F", "household"),
        ("Hộ gia đình ông Lê Bá Toàn", "Lê Bá Toàn", "Ông", "M", "household"),
        ("Hộ ông (bà): Trần Thị Lan", "Trần Thị Lan", "Ông/Bà", "", "household"),
        ("Hộ ông/bà Lê Văn An", "Lê Văn An", "Ông/Bà", "", "household"),
        ("Ông (Bà) Nguyễn Văn An", "Nguyễn Văn An", "Ông/Bà", "", "individual"),
        ("Hộ Nguyễn Văn An", "Nguyễn Văn An", "", "", "household"),
        ("Anh Nguyễn Văn Tuấn", "Nguyễn Văn Tuấn", "Anh", "M", "individual"),
        ("Cụ Nguyễn Thị Bé", "Nguyễn Thị Bé", "Cụ", "", "individual"),
        ("Ong Nguyen Van An", "Nguyen Van An", "Ông", "M", "individual"),
        ("Ho ong Nguyen Van An", "Nguyen Van An", "Ông", "M", "household"),
        ("Ðỗ Văn An", "Đỗ Văn An", "", "", "individual"),
        ("K'BRẾP", "K'Brếp", "", "", "individual"),
        ("  Nguyễn   Văn An.", "Nguyễn Văn An", "", "", "individual"),
        ("Nguyễn Văn\nAn", "Nguyễn Văn An", "", "", "individual"),
        ("Nguyễn Văn An (Tèo)", "Nguyễn Văn An", "", "", "individual"),
        ("Nguyễn Văn An, sinh năm 1950", "Nguyễn Văn An", "", "", "individual"),
        ("1. Ông Nguyễn Văn An", "Nguyễn Văn An", "Ông", "M", "individual"),
    ],
)
def test_the_title_goes(raw: str, name: str, honorific: str, sex_hint: str, kind: str) -> None:
    found = names.parse(raw)
    assert (found.name, found.honorific, found.sex_hint, found.kind) == (name, honorific, sex_hint, kind)


@pytest.mark.parametrize(
    "raw",
    [
        "Ong Văn Minh",
        "Ông Văn Minh",
        "Ông Thị Lan",
        "Hồ Văn Ba",
        "Ho Van Ba",
        "Anh Tuấn",
        "Và A Chua",
        "Sùng A Và",
        "Võ Văn Bà",
        "Tạ Thị Vợ",
        "Chu Văn An",
        "Đoàn Văn Hộ",
        "Trương Văn Học",
        "H'Lâm Niê",
    ],
)
def test_surnames_that_look_like_titles_stay(raw: str) -> None:
    found = names.parse(raw)
    assert (found.name, found.honorific, found.second, found.kind) == (raw, "", "", "individual")


@pytest.mark.parametrize(
    ("raw", "role"),
    [
        ("{} và vợ là {}", "wife"),
        ("{} và vợ {}", "wife"),
        ("{} và vợ là bà: {}", "wife"),
        ("Ông {}, vợ là {}", "wife"),
        ("{} (vợ: {})", "wife"),
        ("{} vợ {}", "wife"),
        ("{} và chồng là ông {}", "husband"),
        ("Vợ chồng ông {} và bà {}", "wife"),
        ("{} và {}", ""),
        ("{} - {}", ""),
        ("{}-{}", ""),
        ("{}; {}", ""),
        ("{}, {}", ""),
        ("{}\n{}", ""),
        ("{}\r\n{}", ""),
        ("Ông {} bà {}", ""),
        ("Ông {} (Bà {})", ""),
        ("Ông {}, bà {}", ""),
        ("Ông: {} và bà: {}", ""),
        ("{}, SN 1950 và vợ {}, sinh năm 1952", "wife"),
    ],
)
def test_a_cell_can_hold_a_couple(raw: str, role: str) -> None:
    for case in (str, str.upper):
        found = names.parse(case(raw.format("Nguyễn Văn An", "Trần Thị Lan")))
        expected = ("Nguyễn Văn An", "Trần Thị Lan", role)
        assert (found.name, found.second, found.second_role) == expected


def test_the_role_of_the_second_tells_the_sex_of_the_first() -> None:
    assert names.parse("Nguyễn Văn An và vợ là Trần Thị Lan").sex_hint == "M"
    assert names.parse("Nguyen Van An va vo la Tran Thi Lan").second == "Tran Thi Lan"


@pytest.mark.parametrize(
    "raw", ["Nguyễn Văn An (đã mất)", "Nguyễn Văn An đã chết", "Ông Nguyễn Văn An (chết năm 1999)"]
)
def test_the_dead_are_marked(raw: str) -> None:
    found = names.parse(raw)
    assert (found.name, found.deceased) == ("Nguyễn Văn An", True)


def test_a_name_that_sounds_like_death_is_a_name() -> None:
    assert not names.parse("Nguyễn Thị Mắt").deceased


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("Công ty TNHH Hoà Bình", "organisation"),
        ("UBND xã Tam Đa", "organisation"),
        ("Uỷ ban nhân dân phường Vũ Ninh", "organisation"),
        ("Trường Tiểu học Tam Đa", "organisation"),
        ("Hợp tác xã nông nghiệp Đông", "organisation"),
        ("Chùa Đông", "community"),
        ("Cộng đồng dân cư thôn Đông", "community"),
        ("Nhà văn hóa thôn Đoài", "community"),
        ("Giáo xứ Đông", "community"),
    ],
)
def test_organisations_keep_their_words(raw: str, kind: str) -> None:
    found = names.parse(raw)
    assert (found.name, found.kind, found.second) == (raw, kind, "")


@pytest.mark.parametrize(
    "raw", ["--", "Không rõ", "Chưa xác định", "xxx", "#REF!", "X", "123", "Tổng cộng", "N/A", "--\\--"]
)
def test_placeholders_are_no_names(raw: str) -> None:
    found = names.parse(raw)
    assert (found.name, found.placeholder) == ("", True)


def test_an_empty_cell_is_no_placeholder() -> None:
    assert names.parse("  ") == ("  ", "", "", "", "", "", "individual", "", "", False, "", False)


def test_old_fonts_are_repaired_and_said() -> None:
    found = names.parse("NguyÔn V¨n B×nh")
    assert (found.raw, found.name, found.legacy) == ("NguyÔn V¨n B×nh", "Nguyễn Văn Bình", "tcvn3")
    assert names.parse("Nguy?n V?n A").legacy == "lost"


def test_keys_belong_to_the_first_name() -> None:
    found = names.parse("Ông NGUYỄN VĂN HOÀ và vợ Trần Thị Lan")
    assert (found.key, found.fold) == ("nguyễn văn hòa", "nguyen van hoa")


@settings(max_examples=200)
@given(made_up)
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    for raw in (name, name.upper(), f"Ông {name}", f"Hộ bà: {name.lower()}"):
        assert names.parse(raw).name == name
    assert names.parse(names.parse(name).name).name == name


@settings(max_examples=200)
@given(made_up, made_up)
def test_both_of_a_couple_are_found(first: str, second: str) -> None:
    found = names.parse(f"{first} và vợ là {second}")
    assert (found.name, found.second, found.second_role) == (first, second, "wife")


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(), max_size=80))
@example("ß")
@example("A A;A A")
def test_whatever_a_cell_holds_its_keys_are_those_of_the_name_read_out_of_it(raw: str) -> None:
    found = names.parse(raw)
    assert found.raw == raw
    assert (found.key, found.fold) == (tone_key(found.name), fold(found.name))
    assert found.name == clean(found.name)
    assert found.sex_hint in ("", "M", "F")
    assert not (found.placeholder and found.name)
    assert found.second_role in ("", "wife", "husband")


@pytest.mark.parametrize("piece", ["Nguyễn Văn A, ", "((((", "và vợ ", "- ", "\n", "đã mất (", "sn 1"])
def test_huge_values_take_no_time(piece: str) -> None:
    started = time.process_time()
    names.parse(piece * 100_000)
    assert time.process_time() - started < 1
