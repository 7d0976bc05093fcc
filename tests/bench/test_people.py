"""The made-up people of the bench: the same for a seed, as dirty as asked for, and true to their truth."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from landdb.reference.tables import rows
from reconciliation.bench.people import DIRT, Counts, generate
from reconciliation.bench.people.fonts import tcvn3
from reconciliation.bench.people.generate import CASES
from reconciliation.bench.people.kinds import EVEN
from reconciliation.bench.people.slips import i_y, mark_lost, plain, tone_placed

OWNERS, RESIDENTS, SEED = 6_000, 18_000, 11
Row = dict[str, str]


@dataclass
class Made:
    folder: Path
    counts: Counts

    def rows(self, name: str) -> list[Row]:
        return pq.read_table(self.folder / f"{name}.parquet").to_pylist()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("people")
    return Made(folder, generate(folder, OWNERS, RESIDENTS, SEED))


@pytest.fixture(scope="module")
def residents(made: Made) -> dict[str, Row]:
    return {row["resident_id"]: row for row in made.rows("residents")}


@pytest.fixture(scope="module")
def land_users(made: Made) -> dict[str, Row]:
    return {row["owner_id"]: row for row in made.rows("land_users")}


@pytest.fixture(scope="module")
def truth(made: Made) -> dict[str, Row]:
    return {row["owner_id"]: row for row in made.rows("truth")}


def test_the_same_seed_makes_the_same_people(made: Made, tmp_path: Path) -> None:
    again = Made(tmp_path, generate(tmp_path, OWNERS, RESIDENTS, SEED))
    assert again.counts == made.counts
    for name in ("residents", "land_users", "truth"):
        assert again.rows(name) == made.rows(name)


def test_another_seed_makes_others(made: Made, tmp_path: Path) -> None:
    generate(tmp_path, OWNERS, RESIDENTS, SEED + 1)
    assert Made(tmp_path, made.counts).rows("land_users") != made.rows("land_users")


def test_it_makes_as_many_as_asked_for(
    residents: dict[str, Row], land_users: dict[str, Row], truth: dict[str, Row]
) -> None:
    assert (len(residents), len(land_users), len(truth)) == (RESIDENTS, OWNERS, OWNERS)
    assert land_users.keys() == truth.keys()


def test_the_columns_are_those_of_the_interchange(
    residents: dict[str, Row], land_users: dict[str, Row]
) -> None:
    assert list(next(iter(land_users.values()))) == [
        "owner_id", "full_name", "birth", "sex", "id_number", "village", "commune", "district",
    ]  # fmt: skip
    assert list(next(iter(residents.values()))) == [
        "resident_id", "full_name", "dob", "sex", "cccd", "cmnd", "village", "commune_code", "commune",
        "old_commune", "old_district", "status", "died_on",
    ]  # fmt: skip
    for row in (*residents.values(), *land_users.values()):
        assert all(isinstance(value, str) for value in row.values())


def test_the_truth_knows_only_residents_that_exist(
    made: Made, residents: dict[str, Row], truth: dict[str, Row]
) -> None:
    known = [row["resident_id"] for row in truth.values() if row["resident_id"] is not None]
    assert set(known) <= residents.keys()
    assert len(truth) - len(known) == made.counts.strangers
    assert made.counts.strangers / OWNERS == pytest.approx(0.07, abs=0.005)


def test_enough_land_users_share_a_resident(made: Made, truth: dict[str, Row]) -> None:
    times = Counter(row["resident_id"] for row in truth.values() if row["resident_id"])
    sharing = sum(count for count in times.values() if count > 1)
    assert sharing == made.counts.sharing
    assert sharing >= 0.15 * OWNERS
    assert max(times.values()) == 3


def test_a_person_recorded_twice_was_typed_twice(land_users: dict[str, Row], truth: dict[str, Row]) -> None:
    of_resident = defaultdict(list)
    for key, row in truth.items():
        if row["resident_id"]:
            of_resident[row["resident_id"]].append([*land_users[key].values()][1:])
    pairs = [records for records in of_resident.values() if len(records) > 1]
    assert sum(records[0] == records[1] for records in pairs) < 0.1 * len(pairs)


def test_each_case_occurs_and_says_what_the_record_offers(
    made: Made, land_users: dict[str, Row], truth: dict[str, Row]
) -> None:
    cases = Counter(row["case"] for row in truth.values())
    assert cases == made.counts.cases
    assert cases.keys() == set(CASES)
    for key, row in truth.items():
        digits = sum(map(str.isdigit, land_users[key]["id_number"]))
        if row["case"] in ("number_birth", "number_only", "former_number"):
            assert digits >= 7
        elif row["case"] != "couple" and digits:
            assert len(set(land_users[key]["id_number"])) < 4 or land_users[key]["id_number"] == "123456789"
        if row["case"] in ("number_only", "bare"):
            assert land_users[key]["birth"] == ""
        if row["case"] == "year_only":
            assert re.fullmatch(r"(01/01/)?(18|19|20)\d\d", land_users[key]["birth"])


def test_numbers_and_births_come_as_often_as_in_real_files(made: Made) -> None:
    share = {kind: count / OWNERS for kind, count in made.counts.dirt.items()}
    assert share["number_missing"] == pytest.approx(0.30, abs=0.03)
    assert share["number_former"] == pytest.approx(0.25, abs=0.03)
    assert share["birth_year_only"] == pytest.approx(0.85, abs=0.03)
    assert share["elsewhere"] == pytest.approx(0.10, abs=0.02)


def test_citizen_numbers_are_built_right_and_unique(residents: dict[str, Row]) -> None:
    provinces = {row["code"] for row in rows("provinces_cccd")}
    for row in residents.values():
        assert re.fullmatch(r"\d{12}", row["cccd"])
        assert row["cccd"][:3] in provinces
        century = int(row["dob"][:2]) - 19
        assert row["cccd"][3] == str(2 * century + (row["sex"] == "Nữ"))
        assert row["cccd"][4:6] == row["dob"][2:4]
        assert re.fullmatch(r"(\d{9})?", row["cmnd"])
    assert len({row["cccd"] for row in residents.values()}) == RESIDENTS
    old = [row for row in residents.values() if row["dob"] < "1994"]
    assert sum(bool(row["cmnd"]) for row in old) > 0.9 * len(old)
    assert not [row for row in residents.values() if row["cmnd"] and row["dob"] >= "2002"]


def test_residents_live_in_real_communes_and_are_dead_with_a_date(residents: dict[str, Row]) -> None:
    real = {
        (row["new_code"], row["new_name"], row["old_name"], row["old_district"])
        for row in rows("admin_crosswalk")
    }
    for row in residents.values():
        assert (row["commune_code"], row["commune"], row["old_commune"], row["old_district"]) in real
        assert (row["status"] == "deceased") == bool(row["died_on"])
        assert not row["died_on"] or row["died_on"] > row["dob"]
        assert row["full_name"] == unicodedata.normalize("NFC", row["full_name"]).strip()
    assert {row["status"] for row in residents.values()} == {"alive", "deceased", "cancelled", "abroad"}


@pytest.mark.parametrize(("count", "communes"), [(60, 3), (12_000, 3), (18_000, 4), (40_000, 10)])
def test_small_populations_fill_fewer_communes(count: int, communes: int, tmp_path: Path) -> None:
    counts = generate(tmp_path, count // 3, count, SEED)
    sizes = Counter(row["commune"] for row in Made(tmp_path, counts).rows("residents"))
    assert len(sizes) == counts.communes == communes
    assert min(sizes.values()) >= min(2_000, count // communes // 2)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    return generate(tmp_path_factory.mktemp("usual"), 4_000, 6_000, SEED).dirt


@pytest.mark.parametrize("kind", sorted(DIRT))
def test_every_kind_of_dirt_occurs_and_can_be_doubled(kind: str, usual: Counter[str], tmp_path: Path) -> None:
    twice = generate(tmp_path, 4_000, 6_000, SEED, {kind: 2}).dirt[kind]
    assert twice > usual[kind] > 0
    # A rate ends at 1, and chance has its way with the rare.
    if usual[kind] > 80 and kind != "birth_year_only":
        assert twice == pytest.approx(2 * usual[kind], rel=0.25)


def test_dirt_taken_away_is_gone_from_the_text(tmp_path: Path) -> None:
    clean = Made(tmp_path, generate(tmp_path, 2_000, 6_000, SEED, dict.fromkeys(DIRT, 0.0)))
    assert not any(clean.counts.dirt.values())
    people = {row["resident_id"]: row for row in clean.rows("residents")}
    truths = {row["owner_id"]: row["resident_id"] for row in clean.rows("truth")}
    for row in clean.rows("land_users"):
        if person := people.get(truths[row["owner_id"]]):
            same = ("full_name", "sex", "village", "commune")
            assert [row[column] for column in same] == [person[column] for column in same]
            assert row["id_number"] == person["cccd"]
            assert row["birth"].endswith(person["dob"][:4])


def test_one_kind_of_dirt_leaves_the_other_columns_alone(made: Made, tmp_path: Path) -> None:
    generate(tmp_path, OWNERS, RESIDENTS, SEED, {"name_upper": 0, "number_digit": 0})
    for before, after in zip(
        made.rows("land_users"), Made(tmp_path, made.counts).rows("land_users"), strict=True
    ):
        for column in ("owner_id", "birth", "sex", "village", "commune", "district"):
            assert before[column] == after[column]


def test_every_kind_of_dirt_has_a_line_of_explanation() -> None:
    assert all(text and "\n" not in text for text in DIRT.values())
    assert not EVEN - DIRT.keys()


def test_it_refuses_what_it_cannot_make(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1500 residents"):
        generate(tmp_path, 1_000, 1_400, SEED)
    with pytest.raises(ValueError, match="no such kind of dirt: mud"):
        generate(tmp_path, 100, 300, SEED, {"mud": 1})
    with pytest.raises(ValueError, match="0 or more: sex_wrong"):
        generate(tmp_path, 100, 300, SEED, {"sex_wrong": -1})


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
def test_a_handful_is_enough(count: int, tmp_path: Path) -> None:
    counts = generate(tmp_path, count, -(-3 * count // 2), SEED)
    assert len(Made(tmp_path, counts).rows("truth")) == count


def test_slips_are_those_of_the_hand() -> None:
    assert plain("Đặng Thị Thủy") == "Dang Thi Thuy"
    assert tone_placed("Nguyễn Thị Hòa") == "Nguyễn Thị Hoà"
    assert tone_placed("Trần Văn Quý") == "Trần Văn Quý"
    assert i_y("Lý Thị Quý") == "Lí Thị Quí"
    assert {mark_lost("Đỗ", pick) for pick in range(3)} == {"Dỗ", "Đô", "Đõ"}
    assert tcvn3("Nguyễn Văn Bình") == "NguyÔn V¨n B×nh"
