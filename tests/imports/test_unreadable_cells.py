"""A cell of an extract that cannot be read is told, and takes nothing from whom the registry knows."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from citizens.importer import import_residents
from citizens.models import Resident, ResidentChange
from landdb.intake import problems
from landdb.intake.outcome import Outcome
from landdb.models import Delivery, RowProblem

from .conftest import Write, resident
from .test_residents import counts, values

pytestmark = pytest.mark.usefixtures("communes")

Row = dict[str, str]
TOMORROW = date.today() + timedelta(days=1)
KNOWN = {"cmnd": "125000111", "commune": "Xã Hoàng Vân", "status": "deceased", "died_on": "03/04/2020"}
#: A cell nobody can read, and what is told of it.
UNREADABLE = [
    ({"cccd": "abc"}, "cccd_unreadable"),
    ({"cccd": "0271710000"}, "cccd_unreadable"),
    ({"cccd": "000000000000"}, "cccd_unreadable"),
    ({"cccd": "027171000001; 027171000002"}, "cccd_unreadable"),
    ({"cmnd": "12500011"}, "cmnd_unreadable"),
    ({"cmnd": "0100109106-001"}, "cmnd_unreadable"),
    ({"dob": "31/02/1980"}, "dob_unreadable"),
    ({"dob": "1780"}, "dob_unreadable"),
    ({"dob": "không rõ"}, "dob_unreadable"),
    ({"dob": "2090-01-01"}, "dob_in_future"),
    ({"dob": "2090"}, "dob_in_future"),
    ({"dob": f"{TOMORROW:%d/%m/%Y}"}, "dob_in_future"),
    ({"sex": "xyz"}, "sex_not_understood"),
    ({"status": "bay hơi"}, "status_unknown"),
    ({"died_on": "32/01/2020"}, "died_on_unreadable"),
    ({"died_on": "2020"}, "died_on_unreadable"),
    ({"died_on": f"{TOMORROW:%d/%m/%Y}"}, "died_on_in_future"),
    ({"commune_code": "99999"}, "code_unknown"),
    ({"commune_code": "xã"}, "code_unknown"),
    ({"commune": "Xã Không Có"}, "commune_unknown"),
    ({"old_commune": "Xã Không Có"}, "commune_unknown"),
    ({"commune_code": "09187"}, "code_contradicts_name"),
]  # fmt: skip


def known(number: int = 1, **changed: str) -> Row:
    return resident(number) | KNOWN | changed


def told(outcome: Outcome) -> list[tuple[str, int, str, str]]:
    return [(p.level, p.row, p.code, p.column) for p in outcome.problems]


def kept(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("id", "extract_id")}


@pytest.mark.parametrize(("cell", "code"), UNREADABLE)
def test_it_is_told_with_its_mend_and_changes_nothing(write_csv: Write, cell: Row, code: str) -> None:
    import_residents(write_csv([known(1), known(2)]))
    before = values()
    outcome = import_residents(write_csv([known(1, **cell), known(2)]))
    column, value = next(iter(cell.items()))
    assert told(outcome) == [("warning", 2, code, column)]
    problem = RowProblem.objects.get(file=outcome.file)
    assert value in problem.value
    words = problems.text(problem.code)
    assert words.reason
    assert words.mend
    assert outcome.warnings == 1
    assert counts(outcome) == (2, 0, 2, 0, 0)
    assert values() == before
    assert outcome.changes == {}
    assert not ResidentChange.objects.exists()


@pytest.mark.parametrize(("cell", "code"), UNREADABLE)
def test_the_other_cells_of_the_row_are_taken(write_csv: Write, cell: Row, code: str) -> None:
    import_residents(write_csv([known(1)]))
    before = kept(values()[0])
    outcome = import_residents(write_csv([known(1, village="Thôn Đoài", **cell)]))
    assert outcome.changes == {"moved": 1}
    assert kept(values()[0]) == before | {"village": "Thôn Đoài", "village_fold": "doai"}


def test_all_cells_of_a_row_at_once(write_csv: Write) -> None:
    import_residents(write_csv([known(1)]))
    before = values()
    nonsense = dict.fromkeys(
        ("cccd", "cmnd", "dob", "sex", "status", "died_on", "commune_code", "commune", "old_commune"), "@x!"
    )
    outcome = import_residents(write_csv([known(1, **nonsense)]))
    assert {problem.column for problem in outcome.problems} == set(nonsense)
    assert outcome.changes == {}
    assert values() == before


def test_who_is_new_has_the_field_empty(write_csv: Write) -> None:
    cells: Row = {"cccd": "abc", "cmnd": "12", "dob": "2090-01-01", "sex": "xyz", "status": "bay hơi"}
    places = {"commune_code": "99999", "commune": "", "old_commune": "", "old_district": ""}
    outcome = import_residents(write_csv([known(1, died_on="hôm qua", **cells, **places)]))
    there = Resident.objects.get()
    assert (there.id_number, there.former_number, there.birth_on, there.birth_year) == ("", "", None, None)
    assert (there.sex, there.status, there.died_on, there.commune) == ("", "", None, None)
    assert (there.name, there.village) == ("Nguyễn Thị Lan", "Thôn Đông")
    assert counts(outcome) == (1, 1, 0, 0, 0)
    assert outcome.warnings == 7


def test_a_status_that_was_not_known_is_none_that_is_restored(write_csv: Write) -> None:
    import_residents(write_csv([resident(1, status="bay hơi")]))
    outcome = import_residents(write_csv([resident(1)]))
    assert Resident.objects.get().status == "alive"
    assert outcome.changes == {}


@pytest.mark.parametrize("cell", ["", " ", "-", "Không có", "NULL"])
def test_an_empty_cell_still_says_that_there_is_nothing(write_csv: Write, cell: str) -> None:
    import_residents(write_csv([known(1)]))
    fields = ("cccd", "cmnd", "dob", "sex", "status", "died_on")
    outcome = import_residents(write_csv([known(1, **dict.fromkeys(fields, cell))]))
    there = Resident.objects.get()
    assert (there.id_number, there.former_number, there.birth_year, there.sex) == ("", "", None, "")
    assert (there.status, there.died_on) == ("alive", None)
    assert told(outcome) == []
    assert sorted(outcome.changes) == ["birth", "former_number", "number", "restored", "sex"]


@pytest.mark.parametrize(
    ("status", "died", "stands"),
    [
        ("", "2020", "deceased"),
        ("", "05/2020", "deceased"),
        ("", "abc", "alive"),
        ("bay hơi", "abc", "alive"),
        ("bay hơi", "03/04/2020", "deceased"),
        ("cancelled", "abc", "cancelled"),
    ],
)
def test_a_death_is_told_by_a_date_that_can_be_read(
    write_csv: Write, status: str, died: str, stands: str
) -> None:
    import_residents(write_csv([resident(1, died_on="")]))
    import_residents(write_csv([resident(1, status=status, died_on=died)]))
    assert Resident.objects.get().status == stands


def test_a_code_that_nobody_has_leaves_the_name_to_decide(write_csv: Write) -> None:
    row = {"commune_code": "99999", "commune": "Phường Bắc Giang", "old_commune": "", "old_district": ""}
    outcome = import_residents(write_csv([resident(1, **row)]))
    assert Resident.objects.get().commune.name == "Phường Bắc Giang"  # type: ignore[union-attr]
    assert told(outcome) == [("warning", 2, "code_unknown", "commune_code")]


def test_the_former_commune_of_who_moved_does_not_stay(write_csv: Write) -> None:
    import_residents(write_csv([resident(1)]))
    assert Resident.objects.get().former_commune
    row = {"commune_code": "", "commune": "Phường Bắc Giang", "old_commune": "Xã Không Có"}
    import_residents(write_csv([resident(1, **row)]))
    assert Resident.objects.get().former_commune == ""


def test_a_row_that_leaves_its_commune_open_delivers_none(write_csv: Write) -> None:
    elsewhere = {"commune_code": "", "commune": "Phường Bắc Giang", "old_commune": "", "old_district": ""}
    import_residents(write_csv([resident(1), resident(2, **elsewhere), resident(3, **elsewhere)]))
    Delivery.objects.all().delete()
    nowhere = elsewhere | {"commune": "Xã Không Có"}
    outcome = import_residents(write_csv([resident(1), resident(2, **nowhere)]), whole=True)
    assert outcome.changes == {}
    assert Delivery.objects.count() == 1


def test_what_a_kept_value_was_warned_of_stays(write_csv: Write) -> None:
    import_residents(write_csv([resident(1, cccd="27171000001", dob="1972", full_name="Nguyễn Văn A")]))
    before = Resident.objects.get().warnings
    assert before == ["id_number.padded", "id_number.contradicts_year"]
    for cell in ({"dob": "abc"}, {"sex": "abc"}, {"cccd": "abc"}):
        row = resident(1, cccd="27171000001", dob="1972", full_name="Nguyễn Văn A") | cell
        assert counts(import_residents(write_csv([row]))) == (1, 0, 1, 0, 0)
        assert Resident.objects.get().warnings == before


def test_the_command_counts_and_lists_it(write_csv: Write) -> None:
    path = write_csv([resident(number, dob="31/02/1980") for number in range(1, 23)])
    out = StringIO()
    call_command("import_residents", str(path), stdout=out)
    said = out.getvalue()
    assert "0 bị trả + 0 bỏ qua; 22 cần xem" in said
    assert "Dòng 2, dob “31/02/1980”: không đọc được ngày sinh. Cách sửa: ghi ngày sinh có thật" in said
    assert said.count("không đọc được ngày sinh") == 20
    assert "… và 2 ô cần xem khác." in said
