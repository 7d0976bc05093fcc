"""seed_demo, demo_logins and demo_summary on a real database."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from citizens.importer import import_residents
from citizens.models import Resident
from landdb.models import Delivery, ReceivedFile, User
from parcels.models import Holding, LandUser, Plot
from reconciliation.demo import accounts, quality
from reconciliation.models import PlotStatus

pytestmark = pytest.mark.django_db(transaction=True)
PLOTS = 400


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "demo"


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("seed_demo", *arguments, "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_it_writes_a_province_once_and_finds_it_the_second_time() -> None:
    first = run("--plots", str(PLOTS))
    assert not first["found"]
    assert Plot.objects.live().count() == PLOTS
    assert Plot.objects.count() == first["rows"]["parcels_plot"]
    assert Holding.objects.count() == first["rows"]["parcels_holding"]
    assert LandUser.objects.count() == PLOTS / 4
    assert Resident.objects.count() == PLOTS * 3 / 4
    again = run("--plots", str(PLOTS))
    assert again["found"]
    assert again["plots"] == PLOTS
    assert Plot.objects.live().count() == PLOTS
    done = dict.fromkeys(("reconciled", "classified", "scanned"), False)
    assert run("--status") == {"found": True, "plots": PLOTS, **done}


def test_another_size_stops_and_names_fresh_which_replaces_everything() -> None:
    run("--plots", "300")
    with pytest.raises(CommandError, match="--fresh"):
        run("--plots", "200")
    with pytest.raises(CommandError, match="--fresh"):
        run("--plots", "300", "--seed", "2")
    run("--plots", "200", "--fresh")
    assert Plot.objects.live().count() == 200
    assert ReceivedFile.objects.filter(kind="demo").count() == 1


def test_it_does_not_touch_a_register_that_is_no_demo() -> None:
    run("--plots", "200")
    ReceivedFile.objects.filter(kind="demo").update(kind="register")
    with pytest.raises(CommandError, match="no demo"):
        run("--plots", "200")
    assert Plot.objects.live().count() == 200


def test_new_rows_get_keys_behind_those_of_the_province() -> None:
    run("--plots", "200")
    plot = Plot.objects.order_by("-id")[0]
    assert Plot.objects.create(commune=plot.commune, sheet=1, number=9_999).pk == plot.pk + 1


def test_numbers_of_the_received_files_add_up_and_two_communes_sent_no_scans() -> None:
    run("--plots", str(PLOTS))
    registry = ReceivedFile.objects.get(kind="residents")
    assert registry.rows == registry.applied == Resident.objects.count()
    assert ReceivedFile.objects.get(kind="demo").rows == PLOTS
    sent = {source: Delivery.objects.filter(source=source).count() for source in Delivery.Source.values}
    assert sent == {"register": 99, "map": 99, "residents": 99, "scans": 97, "registrations": 97}


def test_the_truth_lies_beside_the_database_and_comes_back_when_lost(own_folder: Path) -> None:
    run("--plots", "300")
    path = own_folder / "truth.parquet"
    truth = pq.read_table(path)
    assert truth["source_key"].to_pylist() == list(
        LandUser.objects.order_by("id").values_list("source_key", flat=True)
    )
    path.unlink()
    assert run("--plots", "300")["found"]
    assert pq.read_table(path).equals(truth)


def test_one_account_of_every_role_with_a_password_of_its_own_demo(own_folder: Path) -> None:
    run("--plots", "200")
    out = StringIO()
    call_command("demo_logins", stdout=out)
    word = accounts.password()
    assert word is not None
    assert word in out.getvalue()
    assert (own_folder / "password").stat().st_mode & 0o077 == 0
    for account in accounts.ACCOUNTS:
        user = User.objects.get(username=account.username)
        assert user.check_password(word)
        assert user.role == account.role
        assert account.username in out.getvalue()
    assert {account.role for account in accounts.ACCOUNTS} == set(User.objects.values_list("role", flat=True))


def test_only_accounts_that_still_have_the_password_are_told_and_a_site_without_a_demo_is_silent(
    own_folder: Path,
) -> None:
    def told() -> str:
        out = StringIO()
        call_command("demo_logins", "--if-any", stdout=out)
        return out.getvalue()

    assert told() == ""
    run("--plots", "200")
    manager = User.objects.get(username="lanhdao")
    manager.set_password("another-word-of-her-own")
    manager.save()
    User.objects.filter(username="congan").update(is_active=False)
    word = str(accounts.password())
    assert word in told()
    assert "soatxet1" in told()
    assert "lanhdao" not in told()
    assert "congan" not in told()
    User.objects.update(password="!")
    assert told() == ""


def test_it_leaves_the_files_of_a_real_office(own_folder: Path) -> None:
    run("--plots", "2000")
    residents = pa_csv.read_csv(own_folder / "trich-xuat-dan-cu.csv")
    assert residents.num_rows == 1_500
    assert residents.column_names[:3] == ["resident_id", "full_name", "dob"]
    users = pa_csv.read_csv(own_folder / "nguoi-su-dung-dat.csv")
    assert users.column_names == [
        "owner_id",
        "full_name",
        "birth",
        "sex",
        "id_number",
        "village",
        "commune",
        "district",
    ]
    books = sorted(own_folder.glob("*.xlsx"))
    assert [book.name[:5] for book in books] == ["07210", "09187"]
    rows = CalamineWorkbook.from_path(books[1]).get_sheet_by_name("Sheet1").to_python()
    assert len(rows[0]) == 61
    assert 50 < len(rows) < 400
    cells = [str(cell) for row in rows for cell in row]
    assert any(cell.startswith("CHUACOGIAY_09187") for cell in cells)
    assert {"Tổng cộng", "Tổng DT", "#REF!"} & set(cells)


def test_its_own_extract_imported_over_the_demo_changes_nothing(own_folder: Path) -> None:
    run("--plots", "2000")
    assert Resident.objects.filter(birth_on=None).exclude(birth_year=None).exists()
    before = list(Resident.objects.order_by("pk").values())
    outcome = import_residents(own_folder / "trich-xuat-dan-cu.csv", whole=True)
    assert (outcome.file.unchanged, outcome.file.applied, outcome.file.rejected) == (1_500, 0, 0)
    assert (outcome.warnings, outcome.changes) == (0, {})
    assert list(Resident.objects.order_by("pk").values()) == before


def test_files_alone_need_no_database(tmp_path: Path) -> None:
    told = run("--files", str(tmp_path / "out"), "--files-only", "--owners", "500", "--residents", "2000")
    assert (told["land_users"], told["residents"], told["truth"]) == (500, 2000, 500)
    for name, rows in (("land_users", 500), ("residents", 2000), ("truth", 500)):
        assert pq.read_table(tmp_path / "out" / f"{name}.parquet").num_rows == rows
        assert pa_csv.read_csv(tmp_path / "out" / f"{name}.csv").num_rows == rows
    assert not Plot.objects.exists()


def test_the_summary_is_one_line_and_fails_when_plots_have_no_group() -> None:
    run("--plots", "200")
    out = StringIO()
    with pytest.raises(CommandError, match="200 live plots, but 0"):
        call_command("demo_summary", "--seconds", '{"seed": 1.5}', stdout=out)
    told = json.loads(out.getvalue())
    assert told["plots"] == 200
    assert told["groups"] == {"1": 0, "2": 0, "3": 0}
    assert told["seconds"] == {"seed": 1.5}
    assert not PlotStatus.objects.exists()


def test_quality_counts_right_links_over_links_and_over_what_there_was_to_find() -> None:
    truth = pa.table({"source_key": ["a", "b", "c", "d"], "resident_key": ["1", "2", "3", None]})
    links = pa.table({"source_key": ["a", "b", "d"], "resident_key": ["1", "9", "4"]})
    measured = quality.compare(links, truth)
    assert measured.precision == pytest.approx(1 / 3)
    assert measured.recall == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "arguments", [["--plots", "7"], ["--plots", "200", "--seed", "-1"], ["--files-only"]]
)
def test_nonsense_is_one_sentence(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
