"""`import_register`: counts that add up, proposals on record, one sentence for what cannot be read."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from landdb.models import AdminUnit, ReceivedFile
from parcels.models import HeaderMapping, LandUser, Plot
from reconciliation.models import Change, ChangeSet
from tests.form01.conftest import Write, row

pytestmark = pytest.mark.django_db


def run(path: Path, *switches: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_register", str(path), "--json", *switches, stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_its_counts_add_up(workbook: Write) -> None:
    told = run(
        workbook([row(1), row(2, serial="BK 000001; BK 000002"), {"no": "Tổng cộng"}, row(3, sex="?!")])
    )

    assert told["rows"] == 4
    assert (told["applied"], told["rejected"], told["ignored"], told["warnings"]) == (2, 1, 1, 1)
    assert (told["plots"], told["land_users"], told["certificates"], told["holdings"]) == (2, 2, 2, 2)
    assert told["problems"][0]["row"] == 6
    assert told["problems"][0]["mend"]
    assert told["unknown_headers"] == []
    assert {"file", "sha256", "unchanged", "proposed", "seconds"} <= told.keys()


def test_in_a_fresh_database_it_brings_the_communes_along(workbook: Write) -> None:
    assert not AdminUnit.objects.exists()
    run(workbook([row(1)]))

    assert Plot.objects.get().commune.name == "Phường Bắc Giang"


def test_what_differs_is_put_on_record_once(workbook: Write) -> None:
    run(workbook([row(1)]))
    path = workbook([row(1, legal_area=130)])

    assert run(path)["proposed"] == 1
    assert run(path)["proposed"] == 1
    assert list(Change.objects.values_list("field", "new", "state")) == [("legal_area", "130.00", "planned")]
    assert Plot.objects.get().legal_area != 130


def test_a_mapped_header_is_remembered(workbook: Write) -> None:
    path = workbook([row(1)])
    book = openpyxl.load_workbook(path)
    book["Sheet1"]["BJ1"], book["Sheet1"]["BJ5"] = "Liên lạc = số máy", "0912 000 001"
    book.save(path)

    assert run(path)["unknown_headers"] == ["Liên lạc = số máy"]
    LandUser.objects.update(phone="0912 000 001")
    assert run(path, "--map", "Liên lạc = số máy=phone")["unknown_headers"] == []
    assert HeaderMapping.objects.get().field == "phone"
    assert run(path)["unknown_headers"] == []


def test_a_map_to_no_field_is_refused(workbook: Write) -> None:
    with pytest.raises(CommandError, match="tiêu đề=trường"):
        run(workbook([row(1)]), "--map", "Liên lạc=telefon")


def test_a_commune_can_be_given_and_must_be_one_of_todays(workbook: Write) -> None:
    path = workbook([row(1, commune_code=None)])

    assert run(path, "--commune", "07210")["applied"] == 1
    with pytest.raises(CommandError, match="99999"):
        run(path, "--commune", "99999")


def test_a_simulation_leaves_nothing(workbook: Write) -> None:
    run(workbook([row(1)]))
    told = run(workbook([row(1, legal_area=130), row(2)]), "--simulate", "--map", "Liên lạc=phone")

    assert (told["applied"], told["proposed"]) == (1, 1)
    assert (Plot.objects.count(), ReceivedFile.objects.count(), ChangeSet.objects.count()) == (1, 1, 0)
    assert not HeaderMapping.objects.exists()


def test_rubbish_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "rac.xlsx"
    path.write_bytes(b"rubbish")

    with pytest.raises(CommandError) as said:
        run(path)
    assert str(said.value).endswith(".")
    assert not ReceivedFile.objects.exists()


def test_strict_changes_nothing_for_one_rejected_row(workbook: Write) -> None:
    with pytest.raises(CommandError, match="1 dòng"):
        run(workbook([row(1), row(2, name="#REF!")]), "--strict")
    assert not Plot.objects.exists()
