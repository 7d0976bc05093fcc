from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from citizens.importer import import_residents
from citizens.models import RegistryExtract, Resident
from landdb.intake.outcome import Outcome, Refused
from landdb.models import AdminUnit, Delivery, ReceivedFile, RowProblem

from .conftest import Write, resident

pytestmark = pytest.mark.usefixtures("communes")


def counts(outcome: Outcome) -> tuple[int, ...]:
    file = outcome.file
    assert file.rows == file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    return file.rows, file.applied, file.unchanged, file.rejected, file.ignored


def values() -> list[dict[str, Any]]:
    return list(Resident.objects.order_by("resident_key").values())


def test_an_extract_goes_in_with_raw_and_normalised_values(write_csv: Write) -> None:
    outcome = import_residents(
        write_csv([resident(status="Đã mất") | {"died_on": "03/04/2020"}]),
        extracted_on=date(2026, 11, 1),
        purpose="đối chiếu",
    )
    assert counts(outcome) == (1, 1, 0, 0, 0)
    there = Resident.objects.get()
    assert (there.name, there.name_fold, there.birth_on, there.sex) == (
        "Nguyễn Thị Lan", "nguyen thi lan", date(1971, 5, 3), "F",
    )  # fmt: skip
    assert (there.id_number, there.id_kind, there.village_fold) == ("027171000001", "citizen", "dong")
    assert (there.status, there.died_on) == ("deceased", date(2020, 4, 3))
    assert there.former_commune_raw == "Xã Đồng Tiến, Huyện Hiệp Hòa"
    assert there.commune == AdminUnit.objects.in_force().get(code="07822")
    extract = RegistryExtract.objects.get()
    assert (extract.extracted_on, extract.purpose, extract.file) == (
        date(2026, 11, 1),
        "đối chiếu",
        outcome.file,
    )
    assert Delivery.objects.get().source == Delivery.Source.RESIDENTS


def test_csv_with_any_separator_or_mark_and_parquet_say_the_same(
    write_csv: Write, write_parquet: Write
) -> None:
    rows = [resident(number, full_name=f'Lê "Tư", {number};') for number in range(1, 4)]
    read = []
    for path in (
        write_csv(rows),
        write_csv(rows, delimiter=";"),
        write_csv(rows, delimiter="\t", encoding="utf-8-sig"),
        write_parquet(rows),
    ):
        import_residents(path)
        read.append([{k: v for k, v in row.items() if k not in ("id", "extract_id")} for row in values()])
        Resident.objects.all().delete()
    assert len(read[0]) == 3
    assert all(one == other for one, other in pairwise(read))


def test_vietnamese_headers_are_understood_and_unknown_ones_told(write_csv: Write) -> None:
    row = {"Mã_dân cư": "R1", "HO VA TEN": "Lê Tư", "Ngày Sinh": "1950", "Ghi chú riêng": "x"}
    outcome = import_residents(write_csv([row]))
    assert outcome.file.unknown_headers == ["Ghi chú riêng"]
    assert Resident.objects.get().birth_year == 1950


def test_the_same_extract_again_changes_nothing(write_csv: Write) -> None:
    path = write_csv([resident(number) for number in range(1, 6)])
    import_residents(path)
    before = values()
    assert counts(import_residents(path)) == (5, 0, 5, 0, 0)
    assert values() == before


def test_a_later_extract_is_followed_and_the_old_value_is_kept_in_the_audit(write_csv: Write) -> None:
    import_residents(write_csv([resident(1), resident(2)]))
    outcome = import_residents(write_csv([resident(1), resident(2, status="deceased"), resident(3)]))
    assert counts(outcome) == (3, 2, 1, 0, 0)
    assert Resident.objects.get(resident_key="R2").status == "deceased"
    events = Resident.pgh_event_model.objects.values_list("resident_key", "status")  # type: ignore[attr-defined]
    assert list(events) == [("R2", "alive")]


def test_a_column_that_the_file_lacks_leaves_what_is_there(write_csv: Write) -> None:
    import_residents(write_csv([resident(1)]))
    outcome = import_residents(write_csv([{"resident_id": "R1", "full_name": "Nguyễn Thị Lan"}]))
    assert counts(outcome) == (1, 0, 1, 0, 0)
    assert Resident.objects.get().id_number == "027171000001"


def test_bad_rows_are_told_with_row_and_column_and_the_good_ones_go_in(write_csv: Write) -> None:
    rows = [
        resident(1), resident(2, resident_id=" "), resident(3, full_name=""), resident(1, full_name="Lê Tư"),
        resident(5, full_name="x" * 201), resident(6, full_name="a\x00b"), resident(7),
        dict.fromkeys(resident(), ""), resident(8, village="y" * 2001),
    ]  # fmt: skip
    outcome = import_residents(write_csv(rows))
    assert counts(outcome) == (9, 2, 0, 6, 1)
    told = [(problem.row, problem.code, problem.column) for problem in outcome.problems]
    assert told == [
        (3, "key_missing", "resident_id"),
        (4, "name_missing", "full_name"),
        (5, "key_repeated", "resident_id"),
        (6, "cell_too_long", "full_name"),
        (7, "control_character", "full_name"),
        (9, "row_blank", ""),
        (10, "cell_too_long", "village"),
    ]
    assert RowProblem.objects.filter(file=outcome.file).count() == 7
    assert max(len(problem.value) for problem in outcome.problems) <= 200


def test_a_cell_of_thousands_of_characters_counts_in_unknown_columns_too(write_csv: Write) -> None:
    outcome = import_residents(write_csv([resident(1, note="x"), resident(2, note="x" * 2001)]))
    assert [(problem.row, problem.code) for problem in outcome.problems] == [(3, "cell_too_long")]
    assert outcome.file.unknown_headers == ["note"]


def test_a_row_with_missing_cells_is_turned_away(tmp_path: Any) -> None:
    path = tmp_path / "short.csv"
    path.write_text("resident_id,full_name,sex\nR1,Lê Tư,Nam\nR2,Lê Ba\nR3,Lê Hai,Nam,,\n", encoding="utf-8")
    outcome = import_residents(path)
    assert counts(outcome) == (3, 2, 0, 1, 0)
    assert [problem.code for problem in outcome.problems] == ["row_length"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"commune_code": "07822", "commune": "Phường Ninh Xá"}, "code_contradicts_name"),
        ({"commune_code": "", "commune": "Xã Không Có"}, "commune_unknown"),
    ],
)
def test_a_commune_in_doubt_stays_open_and_is_told(write_csv: Write, row: dict[str, str], code: str) -> None:
    outcome = import_residents(write_csv([resident(1, old_commune="", old_district="", **row)]))
    assert [problem.code for problem in outcome.problems] == [code]
    assert (outcome.warnings, outcome.file.applied) == (1, 1)
    assert Resident.objects.get().commune is None


def test_a_former_code_with_its_former_name_leads_to_todays_commune(write_csv: Write) -> None:
    import_residents(
        write_csv([resident(1, commune_code="07210", commune="Phường Hoàng Văn Thụ", old_commune="")])
    )
    assert Resident.objects.get().commune.name == "Phường Bắc Giang"  # type: ignore[union-attr]


def test_strict_turns_the_whole_file_away(write_csv: Write) -> None:
    path = write_csv([resident(1), resident(2, full_name="")])
    with pytest.raises(Refused, match=r"dòng 3, cột full_name: thiếu họ và tên"):
        import_residents(path, strict=True)
    assert not Resident.objects.exists()
    assert not ReceivedFile.objects.exists()


def test_a_simulation_counts_everything_and_leaves_nothing(write_csv: Write) -> None:
    outcome = import_residents(write_csv([resident(1), resident(2)]), simulate=True)
    assert counts(outcome) == (2, 2, 0, 0, 0)
    assert not Resident.objects.exists()
    assert not ReceivedFile.objects.exists()


def test_a_large_first_load_keeps_indexes_and_constraints(write_csv: Write, monkeypatch: Any) -> None:
    from django.db import connection

    def shape() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexdef FROM pg_indexes WHERE tablename = 'citizens_resident' UNION ALL"
                " SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = 'citizens_resident'::regclass ORDER BY 1"
            )
            return cursor.fetchall()

    before = shape()
    monkeypatch.setattr("landdb.bulk.BATCH", 2)
    import_residents(write_csv([resident(number) for number in range(1, 8)]))
    assert Resident.objects.count() == 7
    assert shape() == before


def test_many_batches_are_spread_over_processes_in_order(write_csv: Write, monkeypatch: Any) -> None:
    monkeypatch.setattr("landdb.intake.tables.BATCH", 3)
    outcome = import_residents(write_csv([resident(number) for number in range(1, 21)] + [resident(1)]))
    assert counts(outcome) == (21, 20, 0, 1, 0)
    assert [(problem.row, problem.code) for problem in outcome.problems] == [(22, "key_repeated")]
    assert list(Resident.objects.order_by("pk").values_list("resident_key", flat=True)[:3]) == [
        "R1",
        "R2",
        "R3",
    ]
