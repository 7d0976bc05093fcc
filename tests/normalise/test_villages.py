"""Villages whose names begin with words that also announce communes and districts."""

import pytest

from landdb.normalise import addresses, people
from landdb.normalise.addresses import Gazetteer
from reconciliation.demo.places import communes, villages

from .reference import rows

KINDS = ("", "Thôn ", "Khu phố ", "Tổ dân phố ", "Xóm ")
TAILS = (
    "Xã Tam Đa, tỉnh Bắc Ninh",
    "xã Tam Đa, huyện Yên Phong, tỉnh Bắc Ninh",
    "Tam Đa, Yên Phong, Bắc Ninh",
)
#: Words of prefixes before words that no unit bears.
LIKE_UNITS = [
    f"{first} {second}"
    for first in (
        "Quan",
        "quan",
        "Quận",
        "Phường",
        "Xã",
        "Xa",
        "Huyện",
        "Tỉnh",
        "Tinh",
        "Thị trấn",
        "TP",
        "P.",
    )
    for second in ("Hậu", "Trung Ngoại", "Điếm")
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.from_rows(
        rows("admin_units.csv"), rows("admin_crosswalk.csv"), rows("admin_name_history.csv")
    )


def cell(text: str, gazetteer: Gazetteer | None) -> str:
    return people.person("Trần Văn Bình", "", "", "", text, gazetteer=gazetteer).village


@pytest.mark.parametrize("name", LIKE_UNITS)
def test_a_village_named_like_a_unit_is_the_village(gazetteer: Gazetteer, name: str) -> None:
    for kind in KINDS:
        village, key = kind + name, addresses.village_key(name)
        assert cell(village, gazetteer) == cell(village, None) == village
        for tail in TAILS:
            read = addresses.parse(f"{village}, {tail}", gazetteer)
            assert (read.village, read.village_fold, read.code) == (village, key, "09208"), village
            assert cell(f"{village}, {tail}", gazetteer) == village


@pytest.mark.parametrize("seed", [1, 2])
def test_every_village_of_the_demo_is_read_back(gazetteer: Gazetteer, seed: int) -> None:
    for commune in communes():
        found = villages(commune, seed)
        for name, fold, unit in zip(found.names, found.folds, found.unit, strict=True):
            of_before = commune.former[unit]
            bare = name.removeprefix("Khu phố ").removeprefix("Thôn ")
            for village in (name, bare):
                assert cell(village, gazetteer) == village
                for tail in (commune.name, f"{of_before.name}, {of_before.district}"):
                    read = addresses.parse(f"{village}, {tail}, tỉnh Bắc Ninh", gazetteer)
                    assert (read.village, read.village_fold) == (village, fold)


@pytest.mark.parametrize(
    ("text", "village"),
    [
        ("Xóm 3, Phường Hậu", "Xóm 3, Phường Hậu"),
        ("Quan Hậu, Quan Trung", "Quan Hậu, Quan Trung"),
        ("Phường Vũ Ninh", ""),
        ("Thôn Đoài, xã Đồng Tiến", "Thôn Đoài"),
        ("Thôn xã Tam Đa", "Thôn"),
        ("Huyện Yên Phong", ""),
        ("quan Yên Phong", ""),
        ("Tỉnh Thái Bình", ""),
        ("Thôn Đông, Xã Lạ, huyện Lạ, tỉnh Thái Bình", "Thôn Đông"),
    ],
)
def test_in_the_cell_of_the_village_known_units_alone_are_taken_off(
    gazetteer: Gazetteer, text: str, village: str
) -> None:
    assert cell(text, gazetteer) == village


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("Thôn Đông, Xã Lạ", ("Thôn Đông", "Xã Lạ", "", "")),
        ("Số 5, phường Lạ, quận Lạ, Hà Nội", ("Số 5", "phường Lạ", "quận Lạ", "Hà Nội")),
        ("So 5, phuong La, quan La, Ha Noi", ("So 5", "phuong La", "quan La", "Ha Noi")),
        ("Quận Lạ, tỉnh Bắc Ninh", ("", "", "Quận Lạ", "tỉnh Bắc Ninh")),
        ("Quan Hậu, tỉnh Bắc Ninh", ("Quan Hậu", "", "", "tỉnh Bắc Ninh")),
        ("Xã Tam Đa, Quan Hậu, tỉnh Bắc Ninh", ("Xã Tam Đa, Quan Hậu", "", "", "tỉnh Bắc Ninh")),
    ],
)
def test_an_unknown_unit_counts_in_its_place(gazetteer: Gazetteer, raw: str, parts: tuple[str, ...]) -> None:
    read = addresses.parse(raw, gazetteer)
    assert (read.village, read.commune_text, read.district_text, read.province_text) == parts
