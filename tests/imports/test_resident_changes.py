"""What a registry extract changes is told: each change once, by its kind, with old and new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citizens.importer import import_residents
from citizens.models import RegistryExtract, Resident, ResidentChange
from landdb.intake.outcome import Outcome

from .conftest import Write, resident
from .test_residents import counts

pytestmark = pytest.mark.usefixtures("communes")

Row = dict[str, Any]
Told = set[tuple[str, str, str, str]]


def told(outcome: Outcome) -> Told:
    """The changes of an extract: whose, of which kind, from what, to what."""
    found = ResidentChange.objects.filter(extract__file=outcome.file)
    rows = list(found.values_list("resident__resident_key", "kind", "old", "new"))
    assert len(rows) == len(set(rows))
    assert sum(outcome.changes.values()) == len(rows)
    return set(rows)


def test_the_first_extract_is_compared_with_nothing_and_counts_its_residents(write_csv: Write) -> None:
    outcome = import_residents(write_csv([resident(1), resident(2)]))
    assert outcome.changes == {"new": 2}
    assert RegistryExtract.objects.get().changes == {"new": 2}
    assert not ResidentChange.objects.exists()


def test_the_same_extract_again_changes_nothing_also_as_a_whole_one(write_csv: Write) -> None:
    path = write_csv([resident(1), resident(2)])
    import_residents(path)
    for whole in (False, True):
        outcome = import_residents(path, whole=whole)
        assert counts(outcome) == (2, 0, 2, 0, 0)
        assert outcome.changes == {}
        assert told(outcome) == set()


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ({}, {"status": "Đã mất", "died_on": "03/04/2026"}, ("died", "", "03/04/2026")),
        ({}, {"status": "Đã mất"}, ("died", "", "")),
        ({}, {"status": "Đã huỷ số"}, ("cancelled", "alive", "cancelled")),
        ({}, {"status": "Định cư nước ngoài"}, ("abroad", "alive", "abroad")),
        ({"status": "Đã mất"}, {}, ("restored", "deceased", "alive")),
        ({"cccd": ""}, {}, ("number_issued", "", "027171000001")),
        ({"cccd": "027171000099"}, {}, ("number", "027171000099", "027171000001")),
        ({"cmnd": "125000111"}, {"cmnd": "125000112"}, ("former_number", "125000111", "125000112")),
        ({}, {"full_name": "Nguyễn Thị Loan"}, ("name", "Nguyễn Thị Lan", "Nguyễn Thị Loan")),
        ({"dob": "1971"}, {}, ("birth", "1971", "03/05/1971")),
        ({"dob": "1970-05-03"}, {}, ("birth", "03/05/1970", "03/05/1971")),
        ({"sex": "Nam"}, {}, ("sex", "M", "F")),
        ({"village": "Thôn Đoài"}, {}, ("moved", "Thôn Đoài, Xã Hoàng Vân", "Thôn Đông, Xã Hoàng Vân")),
    ],
)
def test_each_kind_of_change_is_told_with_old_and_new(
    write_csv: Write, before: Row, after: Row, change: tuple[str, str, str]
) -> None:
    blank = {"died_on": ""}
    import_residents(write_csv([resident(1) | blank | before, resident(2) | blank]))
    outcome = import_residents(write_csv([resident(1) | blank | after, resident(2) | blank]))
    assert counts(outcome) == (2, 1, 1, 0, 0)
    assert told(outcome) == {("R1", *change)}
    assert outcome.changes == {change[0]: 1}


def test_another_spelling_of_the_same_name_and_village_is_no_change(write_csv: Write) -> None:
    import_residents(write_csv([resident(1, full_name="Vũ Thị Hoà", village="Thôn Đông")]))
    outcome = import_residents(write_csv([resident(1, full_name="VŨ THỊ HÒA", village="thôn đông")]))
    assert told(outcome) == set()


def test_a_column_that_the_file_lacks_is_not_compared(write_csv: Write) -> None:
    import_residents(write_csv([resident(1, status="Đã mất")]))
    outcome = import_residents(write_csv([{"resident_id": "R1", "full_name": "Lê Tư"}]))
    assert told(outcome) == {("R1", "name", "Nguyễn Thị Lan", "Lê Tư")}


def test_who_is_missing_is_told_only_of_a_whole_extract_and_stays(write_csv: Write) -> None:
    import_residents(write_csv([resident(1), resident(2)]))
    assert told(import_residents(write_csv([resident(1)]))) == set()
    outcome = import_residents(write_csv([resident(1)]), whole=True)
    assert told(outcome) == {("R2", "absent", "", "")}
    assert Resident.objects.get(resident_key="R2").absent_since == RegistryExtract.objects.latest("pk")
    assert told(import_residents(write_csv([resident(1)]), whole=True)) == set()
    back = import_residents(write_csv([resident(1), resident(2)]), whole=True)
    assert told(back) == {("R2", "back", "", "")}
    assert counts(back) == (2, 1, 1, 0, 0)
    assert Resident.objects.get(resident_key="R2").absent_since is None


def test_nobody_is_missed_in_a_commune_that_the_extract_does_not_deliver(write_csv: Write) -> None:
    elsewhere = {"commune_code": "", "commune": "Phường Bắc Giang", "old_commune": "", "old_district": ""}
    import_residents(write_csv([resident(1), resident(2, **elsewhere)]))
    assert Resident.objects.exclude(commune=None).count() == 2
    assert told(import_residents(write_csv([resident(1)]), whole=True)) == set()


def test_whoever_stands_in_a_row_that_was_turned_away_is_not_missing(write_csv: Write) -> None:
    import_residents(write_csv([resident(number) for number in range(1, 5)]))
    rows = [
        resident(1),
        resident(2, full_name=""),
        resident(3, full_name="x" * 201),
        resident(4, village="y" * 2001),
    ]
    outcome = import_residents(write_csv(rows), whole=True)
    assert counts(outcome) == (4, 0, 1, 3, 0)
    assert told(outcome) == set()


def test_a_simulation_counts_the_changes_and_leaves_none(write_csv: Write) -> None:
    import_residents(write_csv([resident(1)]))
    outcome = import_residents(write_csv([resident(1, cccd=""), resident(2)]), simulate=True)
    assert outcome.changes == {"new": 1, "number": 1}
    assert not ResidentChange.objects.exists()


#: field of the file → kind of change, and values that are all told apart.
FIELDS: dict[str, tuple[str, list[str]]] = {
    "full_name": ("name", ["Lê Tư", "Lê Tứ", "Trần Thị Nga"]),
    "dob": ("birth", ["1950", "1950-02-03", "1951-02-03", ""]),
    "sex": ("sex", ["Nam", "Nữ"]),
    "cccd": ("number", ["027050000001", "027050000002", ""]),
    "cmnd": ("former_number", ["125000111", "125000112", ""]),
    "village": ("moved", ["Thôn Đông", "Thôn Đoài"]),
    "status": ("status", ["alive", "deceased", "cancelled", "abroad"]),
}
PERSON = st.fixed_dictionaries({field: st.sampled_from(values) for field, (_kind, values) in FIELDS.items()})
REGISTRY = st.dictionaries(st.sampled_from([f"R{n}" for n in range(1, 7)]), PERSON, min_size=1)
_STATUSES = {"alive": "restored", "deceased": "died"}


def expected(before: dict[str, Row], after: dict[str, Row], whole: bool) -> set[tuple[str, str]]:
    """The changes between two registries, worked out person by person."""
    found = {(key, "new") for key in after.keys() - before.keys()}
    if whole:
        found |= {(key, "absent") for key in before.keys() - after.keys()}
    for key in before.keys() & after.keys():
        for field, (kind, _values) in FIELDS.items():
            old, new = before[key][field], after[key][field]
            if old == new:
                continue
            if kind == "status":
                kind = _STATUSES.get(new, new)
            elif kind == "number" and not old:
                kind = "number_issued"
            found.add((key, kind))
    return found


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=REGISTRY, after=REGISTRY, whole=st.booleans())
def test_random_edits_are_exactly_the_changes_told(
    before: dict[str, Row], after: dict[str, Row], whole: bool, write_csv: Callable[..., Path]
) -> None:
    Resident.objects.all().delete()
    rows = [
        [resident() | {"resident_id": key} | row for key, row in side.items()] for side in (before, after)
    ]
    import_residents(write_csv(rows[0]))
    outcome = import_residents(write_csv(rows[1]), whole=whole)
    assert {(key, kind) for key, kind, _old, _new in told(outcome)} == expected(before, after, whole)
    assert counts(outcome)[0] == len(after)
    again = import_residents(write_csv(rows[1]), whole=whole)
    assert told(again) == set()
