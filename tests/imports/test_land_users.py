from __future__ import annotations

import pytest

from landdb.intake.outcome import Outcome
from parcels.importers.land_users import import_land_users
from parcels.models import LandUser
from reconciliation.actions import proposals
from reconciliation.models import Change, ChangeSet

from .conftest import Write, land_user

pytestmark = pytest.mark.usefixtures("communes")


def counts(outcome: Outcome) -> tuple[int, ...]:
    file = outcome.file
    assert file.rows == file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    return file.rows, file.applied, file.unchanged, file.proposed, file.rejected


def test_raw_values_stay_beside_what_is_read_from_them(write_csv: Write) -> None:
    rows = [
        land_user(1, full_name=" Ông Trần Văn Bình và vợ là Lê Thị Hoa ", sex="ông"),
        land_user(2, village=""),
    ]
    assert counts(import_land_users(write_csv(rows))) == (2, 2, 0, 0, 0)
    there = LandUser.objects.get(source_key="L1")
    assert there.name_raw == " Ông Trần Văn Bình và vợ là Lê Thị Hoa "
    assert (there.name, there.second_name, there.sex) == ("Trần Văn Bình", "Lê Thị Hoa", "M")
    assert (there.birth_raw, there.birth_year, there.birth_on) == ("1960", 1960, None)
    assert there.commune is not None
    assert (there.commune.code, there.commune_raw, there.address_raw) == (
        "07822",
        "Xã Đồng Tiến",
        "Thôn Đoài",
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Hộ ông Đỗ Hòa Bình", LandUser.Kind.INDIVIDUAL),
        ("Hộ bà: Lê Thị Hoa", LandUser.Kind.INDIVIDUAL),
        ("Công ty TNHH Mặt Trời", LandUser.Kind.ORGANISATION),
        ("Cộng đồng dân cư thôn Đông", LandUser.Kind.COMMUNITY),
    ],
)
def test_the_head_of_a_household_is_a_person(write_csv: Write, name: str, kind: str) -> None:
    import_land_users(write_csv([land_user(1, full_name=name)]))
    assert LandUser.objects.get(source_key="L1").kind == kind


def test_parquet_with_typed_columns_reads_like_the_csv(write_csv: Write, write_parquet: Write) -> None:
    import_land_users(
        write_parquet(
            [land_user(1, birth=1960, id_number=27060000001), land_user(2, birth=None, id_number=None)]
        )
    )
    assert LandUser.objects.get(source_key="L1").birth_raw == "1960"
    assert LandUser.objects.get(source_key="L1").id_number == "027060000001"
    again = write_csv([land_user(1, id_number="27060000001"), land_user(2, birth="", id_number="")])
    assert counts(import_land_users(again)) == (2, 0, 2, 0, 0)


def test_the_same_list_again_changes_nothing(write_csv: Write) -> None:
    path = write_csv([land_user(number) for number in range(1, 6)])
    import_land_users(path)
    before = list(LandUser.objects.order_by("pk").values())
    outcome = import_land_users(path)
    assert counts(outcome) == (5, 0, 5, 0, 0)
    assert outcome.differences == []
    assert list(LandUser.objects.order_by("pk").values()) == before


def test_other_values_are_proposed_and_never_written_over(write_csv: Write) -> None:
    import_land_users(write_csv([land_user(1), land_user(2)]))
    before = list(LandUser.objects.order_by("pk").values())
    path = write_csv([land_user(1, birth="1961", sex=""), land_user(2), land_user(3)])
    outcome = import_land_users(path)
    assert counts(outcome) == (3, 1, 1, 1, 0)
    assert list(LandUser.objects.order_by("pk").values())[:2] == before
    change_set = proposals.record(outcome, None)
    assert change_set is not None
    assert (change_set.kind, change_set.state) == (ChangeSet.Kind.IMPORT, ChangeSet.State.PLANNED)
    change = Change.objects.get()
    assert (change.model, change.field, change.old, change.new, change.row) == (
        "parcels.landuser", "birth_raw", "1960", "1961", 2,
    )  # fmt: skip
    assert change.record_id == before[0]["id"]


def test_a_list_that_comes_again_is_proposed_once(write_csv: Write) -> None:
    import_land_users(write_csv([land_user(1)]))
    path = write_csv([land_user(1, birth="1961")])
    assert proposals.record(import_land_users(path), None, skip_planned=True) is not None
    assert proposals.record(import_land_users(path), None, skip_planned=True) is None
    assert Change.objects.count() == 1


def test_a_moved_land_user_is_proposed_with_the_commune(write_csv: Write) -> None:
    import_land_users(write_csv([land_user(1)]))
    outcome = import_land_users(write_csv([land_user(1, district="Huyện Yên Thế")]))
    assert {difference.field for difference in outcome.differences} == {"district_raw", "commune_id"}


@pytest.mark.parametrize(
    ("values", "code", "problem"),
    [
        ({"commune": "Đồng Tiến", "district": "hiệp hoà"}, "07822", None),
        ({"commune": "dong tien", "district": "Yên Thế"}, "07246", None),
        ({"commune": "X. Đồng Tiến", "district": ""}, None, "commune_ambiguous"),
        ({"commune": "Xã Nơi Khác", "district": ""}, None, "commune_unknown"),
        (
            {"commune": "", "district": "", "village": "Thôn Đoài, xã Đồng Tiến, huyện Hiệp Hòa"},
            "07822",
            None,
        ),
        ({"commune": "", "district": ""}, None, None),
    ],
)
def test_the_commune_is_found_or_left_open(
    write_csv: Write, values: dict[str, str], code: str | None, problem: str | None
) -> None:
    outcome = import_land_users(write_csv([land_user(1, **values)]))
    there = LandUser.objects.get()
    assert (there.commune.code if there.commune else None) == code
    assert [each.code for each in outcome.problems] == ([problem] if problem else [])
    assert outcome.file.applied == 1


ANOTHER = "Thôn Đoài, xã Tam Đa, huyện Yên Phong, tỉnh Bắc Ninh"


@pytest.mark.parametrize(
    ("address", "commune", "code", "former", "problems"),
    [
        (ANOTHER, "Xã Quang Trung", "09208", "09199", ["commune_contradicted"]),
        (ANOTHER, "Xã Tam Đa", "09208", "09199", []),
        (ANOTHER, "", "09208", "09199", []),
        (ANOTHER, "Xã Nơi Khác", "09208", "09199", ["commune_contradicted"]),
        ("Thôn Đoài, xã Đồng Tiến, huyện Hiệp Hòa", "Đồng Tiến", "07822", "07816", []),
        ("Thôn Đoài, Tam Đa", "Xã Quang Trung", "07333", "", ["commune_contradicted"]),
        ("Thôn Đoài, xã Đồng Tiến", "Xã Quang Trung", "07333", "", ["commune_contradicted"]),
        ("Thôn Đoài, Xã Tam Đa, tỉnh Thái Bình", "Xã Quang Trung", "07333", "", ["commune_contradicted"]),
        ("Thôn Đoài, Xã Quang Trung, tỉnh Thái Bình", "Xã Quang Trung", None, "", ["commune_unknown"]),
        ("Quan Hậu", "Xã Quang Trung", "07333", "", []),
    ],
)
def test_a_commune_that_cell_and_address_dispute_is_told(
    write_csv: Write, address: str, commune: str, code: str | None, former: str, problems: list[str]
) -> None:
    outcome = import_land_users(write_csv([land_user(1, village=address, commune=commune, district="")]))
    there = LandUser.objects.get()
    assert (there.commune.code if there.commune else None) == code
    assert there.former_commune == former
    assert there.village == ("Quan Hậu" if address == "Quan Hậu" else "Thôn Đoài")
    assert [each.code for each in outcome.problems] == problems


def test_whose_address_names_another_commune_is_proposed_to_move(write_csv: Write) -> None:
    import_land_users(write_csv([land_user(1)]))
    outcome = import_land_users(write_csv([land_user(1, village=ANOTHER)]))
    assert {difference.field for difference in outcome.differences} == {"address_raw", "commune_id"}


def test_rows_without_id_or_name_are_turned_away(write_csv: Write) -> None:
    rows = [land_user(1), land_user(2, owner_id=""), land_user(3, full_name="  "), land_user(1)]
    outcome = import_land_users(write_csv(rows))
    assert counts(outcome) == (4, 1, 0, 0, 3)
    assert [problem.code for problem in outcome.problems] == ["key_missing", "name_missing", "key_repeated"]
