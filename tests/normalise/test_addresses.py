"""Communes by name and code, and addresses split into levels."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landdb.normalise import addresses
from landdb.normalise.addresses import Gazetteer

from .reference import rows


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.from_rows(
        rows("admin_units.csv"), rows("admin_crosswalk.csv"), rows("admin_name_history.csv")
    )


@pytest.mark.parametrize(
    ("commune", "district", "code", "former"),
    [
        ("Vũ Ninh", "", "09169", False),
        ("P. Vũ Ninh", "", "09169", False),
        ("PHƯỜNG VŨ NINH", "", "09169", False),
        ("hiep hoa", "", "07840", False),
        ("Hiệp Hoà", "", "07840", False),
        ("TT Thắng", "Hiệp Hòa", "07840", True),
        ("Xã Đồng Tiến", "Huyện Yên Thế", "07246", True),
        ("Xã Đồng Tiến", "H. Hiệp Hoà", "07822", True),
        ("Ninh Xá", "", "09445", False),
        ("Ninh Xá", "TP Bắc Ninh", "09187", True),
        ("Ninh Xá", "Thuận Thành", "09445", False),
        ("Xa Lý", "", "07534", True),
        ("07210", "", "07210", False),
        ("7210", "", "07210", False),
        ("07201", "", "07210", True),
        ("09184 Phường Ninh Xá", "", "09187", True),
        ("Phường Bắc Giang - 07210", "", "07210", False),
        ("Vũ Ninh", "tỉnh Bắc Ninh", "09169", False),
    ],
)
def test_it_finds_todays_commune(
    gazetteer: Gazetteer, commune: str, district: str, code: str, former: bool
) -> None:
    assert gazetteer.find(commune, district)[:4] == ("resolved", code, (code,), former)


@pytest.mark.parametrize(
    ("commune", "district", "state", "candidates"),
    [
        ("Đồng Tiến", "", "ambiguous", ("07246", "07822")),
        ("07210 - Phường Đa Mai", "", "ambiguous", ("07210", "07228")),
        ("Vũ Ninh", "Hiệp Hòa", "ambiguous", ("09169",)),
        ("Quang Trung", "Kiến Xương", "not_found", ()),
        ("Nowhere", "", "not_found", ()),
        ("", "", "not_found", ()),
    ],
)
def test_it_never_guesses(
    gazetteer: Gazetteer, commune: str, district: str, state: str, candidates: tuple[str, ...]
) -> None:
    assert gazetteer.find(commune, district) == (state, "", candidates, False, "")


def test_every_name_and_code_of_today_is_found(gazetteer: Gazetteer) -> None:
    for unit in rows("admin_units.csv"):
        for name in (unit["name"], unit["short_name"], unit["name_from_2026_09_20"], unit["code"]):
            assert gazetteer.find(name)[:4] == ("resolved", unit["code"], (unit["code"],), False), name


def test_every_former_name_with_its_district_is_found(gazetteer: Gazetteer) -> None:
    for unit in rows("admin_crosswalk.csv"):
        assert gazetteer.find(unit["old_name"], unit["old_district"]).code == unit["new_code"], unit
    for unit in rows("admin_name_history.csv"):
        if unit["new_code"]:
            assert gazetteer.find(unit["name"], unit["district"]).code == unit["new_code"], unit


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (
            "Thôn Đông, xã Tam Đa, huyện Yên Phong, tỉnh Bắc Ninh",
            ("Thôn Đông", "dong", "xã Tam Đa", "huyện Yên Phong", "tỉnh Bắc Ninh", "09208"),
        ),
        (
            "thôn Đông xã Tam Đa huyện Yên Phong tỉnh Bắc Ninh",
            ("thôn Đông", "dong", "xã Tam Đa", "huyện Yên Phong", "tỉnh Bắc Ninh", "09208"),
        ),
        ("KP3 - P. Vũ Ninh - TP Bắc Ninh", ("KP3", "3", "P. Vũ Ninh", "TP Bắc Ninh", "", "09169")),
        (
            "Đông Xá, Tam Đa, Yên Phong, Bắc Ninh",
            ("Đông Xá", "dong xa", "Tam Đa", "Yên Phong", "Bắc Ninh", "09208"),
        ),
        (
            "Xóm 3, thôn Đoài, Xã Đồng Tiến, Yên Thế",
            ("Xóm 3, thôn Đoài", "doai", "Xã Đồng Tiến", "Yên Thế", "", "07246"),
        ),
        (
            "Số 12 đường Lý Thái Tổ, Khu phố 03, phường Ninh Xá, thành phố Bắc Ninh",
            ("Số 12 đường Lý Thái Tổ, Khu phố 03", "3", "phường Ninh Xá", "thành phố Bắc Ninh", "", "09187"),
        ),
        (
            "Thôn Đông; X. Tam Đa; T. Bắc Ninh; Việt Nam",
            ("Thôn Đông", "dong", "X. Tam Đa", "", "T. Bắc Ninh", "09208"),
        ),
        ("Xã Quang Trung, tỉnh Thái Bình", ("", "", "Xã Quang Trung", "", "tỉnh Thái Bình", "")),
        ("Thôn Đông", ("Thôn Đông", "dong", "", "", "", "")),
        ("", ("", "", "", "", "", "")),
    ],
)
def test_an_address_is_split(gazetteer: Gazetteer, raw: str, parts: tuple[str, ...]) -> None:
    state = "resolved" if parts[-1] else "not_found"
    assert addresses.parse(raw, gazetteer)[:-1] == (raw, *parts, state)


@pytest.mark.parametrize(
    ("raw", "key"),
    [("Thôn Đông", "dong"), ("Tổ dân phố số 3", "3"), ("TDP 03", "3"), ("KP3", "3"), ("Khu phố Đông", "dong"),
     ("Xóm Mới", "moi"), ("Phố Mới", "pho moi"), ("Thôn", "thon"), ("Tô Hiệu", "to hieu"), ("tổ 5", "5")],
)  # fmt: skip
def test_a_village_is_known_without_its_kind(raw: str, key: str) -> None:
    assert addresses.village_key(raw) == key


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_a_cell_holds_a_commune_is_named_only_where_one_is_found(
    gazetteer: Gazetteer, raw: str, district: str
) -> None:
    read = addresses.parse(raw, gazetteer)
    assert read.raw == raw
    assert bool(read.village_fold) <= bool(read.village)
    for found in (read, gazetteer.find(raw, district)):
        assert bool(found.code) == (found.state == "resolved")
    assert addresses.village_key(addresses.village_key(raw)) == addresses.village_key(raw)


@pytest.mark.parametrize("piece", ["thôn ", "xã a ", "- ", ", ", "tp.", "("])
def test_huge_values_take_no_time(gazetteer: Gazetteer, piece: str) -> None:
    started = time.process_time()
    addresses.parse(piece * 100_000, gazetteer)
    gazetteer.find(piece * 100_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("commune", "district", "code"),
    [
        ("Xã Đồng Tiến", "Huyện Hiệp Hòa", "07816"),  # only a former commune bore that name
        ("Phường Võ Cường", "", ""),  # today's ward, unless a district says that the old one is meant
        ("Phường Võ Cường", "Thành phố Bắc Ninh", "09190"),
        ("Xã Không Có", "Huyện Hiệp Hòa", ""),
    ],
)
def test_the_commune_of_before_is_told_where_no_other_can_be_meant(
    gazetteer, commune, district, code
) -> None:
    assert gazetteer.find(commune, district).former_code == code
