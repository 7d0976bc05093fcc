"""The synthetic province: repeatable, complete, and consistent with itself."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from landdb.normalise import addresses, people, serials
from landdb.reference.gazetteer import gazetteer
from parcels.importers.land_user_rows import home_of
from reconciliation.demo import rates

from .province import UNITS, made


def test_the_same_seed_makes_the_same_province_and_another_seed_another() -> None:
    first = made(500)
    made.cache_clear()
    again, other = made(500), made(500, seed=2)
    assert all(first[name].equals(again[name]) for name in first)
    assert not first["parcels_landuser"].equals(other["parcels_landuser"])
    assert not first["parcels_plot"].equals(other["parcels_plot"])


@pytest.mark.parametrize("plots", [100, 500, 2_000, 20_000])
def test_as_many_plots_land_users_and_residents_as_were_asked_for(plots: int) -> None:
    tables = made(plots)
    live = pc.sum(pc.equal(tables["parcels_plot"]["state"], "live")).as_py()
    assert live == plots
    assert tables["parcels_landuser"].num_rows == tables["truth"].num_rows == round(plots * rates.LAND_USERS)
    assert tables["citizens_resident"].num_rows == round(plots * rates.RESIDENTS)


def test_no_commune_is_left_out() -> None:
    for table in ("parcels_plot", "parcels_landuser", "citizens_resident", "parcels_mapsheet"):
        assert set(made(2_000)[table]["commune_id"].to_pylist()) == set(UNITS.values()), table


def test_every_row_about_land_refers_to_rows_of_its_own_commune() -> None:
    tables = made(20_000)
    homes = {
        name: dict(zip(tables[name]["id"].to_pylist(), tables[name]["commune_id"].to_pylist(), strict=True))
        for name in ("parcels_plot", "parcels_certificate")
    }
    references = (
        ("parcels_holding", "plot_id", "parcels_plot"),
        ("parcels_holding", "certificate_id", "parcels_certificate"),
        ("parcels_landuse", "plot_id", "parcels_plot"),
        ("parcels_scan", "certificate_id", "parcels_certificate"),
        ("parcels_registration", "plot_id", "parcels_plot"),
        ("parcels_asset", "plot_id", "parcels_plot"),
    )
    for table, column, target in references:
        rows = zip(tables[table][column].to_pylist(), tables[table]["commune_id"].to_pylist(), strict=True)
        astray = [key for key, commune in rows if key is not None and homes[target].get(key) != commune]
        assert not astray, (table, column)


def test_keys_are_given_once() -> None:
    tables = made(20_000)
    for table in ("parcels_plot", "parcels_certificate", "parcels_landuser", "citizens_resident"):
        assert len(set(tables[table]["id"].to_pylist())) == tables[table].num_rows, table
    for table, key in (("parcels_landuser", "source_key"), ("citizens_resident", "resident_key")):
        assert len(set(tables[table][key].to_pylist())) == tables[table].num_rows, table


def test_no_number_in_the_registry_is_given_twice() -> None:
    residents = made(20_000)["citizens_resident"]
    assert len(set(residents["id_number"].to_pylist())) == residents.num_rows
    former = [number for number in residents["former_number"].to_pylist() if number]
    assert len(set(former)) == len(former) > residents.num_rows / 2


def test_residents_are_stored_as_the_importer_would_read_them() -> None:
    rows = made(2_000)["citizens_resident"].to_pylist()
    compared = (
        "name", "name_key", "name_fold", "birth_on", "birth_year", "sex", "id_number", "id_kind",
        "former_number", "village", "village_fold",
    )  # fmt: skip
    for row in rows[::7]:
        born = row["birth_on"] or row["birth_year"]
        read = people.person(
            row["name"], str(born), row["sex"], row["id_number"], row["village"], row["former_number"]
        )
        for column in compared:
            assert getattr(read, column) == row[column], (column, row)
        assert row["warnings"] == "{" + ",".join(read.warnings) + "}"


def test_land_users_are_stored_as_the_importer_would_read_them() -> None:
    for row in made(2_000)["parcels_landuser"].to_pylist()[::5]:
        if row["kind"] != "individual":
            continue
        read = people.person(row["name_raw"], row["birth_raw"], row["sex_raw"], row["id_number_raw"], "")
        for column in ("name", "name_key", "second_name", "birth_year", "sex", "id_number", "id_kind"):
            assert getattr(read, column) == row[column], (column, row)


def test_land_users_live_where_the_importers_would_find_them() -> None:
    codes = {pk: code for code, pk in UNITS.items()}
    for row in made(20_000)["parcels_landuser"].to_pylist():
        said = row["address_raw"], row["commune_raw"], row["district_raw"]
        home, read = home_of(*said), addresses.parse(row["address_raw"], gazetteer())
        assert (home.found.code or codes[row["commune_id"]]) == codes[row["commune_id"]], row
        assert (home.found.former_code, home.is_contradicted) == (row["former_commune"], False), row
        assert (read.village, read.village_fold) == (row["village"], row["village_fold"]), row
        listed = people.person("", "", "", "", row["address_raw"], gazetteer=gazetteer())
        assert listed.village == row["village"], row


def test_who_lives_in_the_neighbouring_commune_stands_there_and_holds_land_here() -> None:
    tables = made(20_000)
    residents, users = tables["citizens_resident"].to_pylist(), tables["parcels_landuser"].to_pylist()
    at_home = {row["resident_key"]: (row["commune_id"], row["village_fold"]) for row in residents}
    stands = {row["source_key"]: row for row in users}
    away = [row for row in tables["truth"].to_pylist() if row["case"] == "neighbour" and row["resident_key"]]
    told = [
        (at_home[row["resident_key"]], stands[row["source_key"]])
        for row in away
        if "tỉnh" in stands[row["source_key"]]["address_raw"]
    ]
    assert len(told) > 50
    assert all(home == (user["commune_id"], user["village_fold"]) for home, user in told if user["village"])
    held = {row["land_user_id"]: row["commune_id"] for row in tables["parcels_holding"].to_pylist()}
    assert any(held.get(user["id"], user["commune_id"]) != user["commune_id"] for _home, user in told)


def test_the_truth_names_residents_and_strangers_are_in_no_registry() -> None:
    tables = made(20_000)
    known = set(tables["citizens_resident"]["resident_key"].to_pylist())
    numbers = set(tables["citizens_resident"]["id_number"].to_pylist())
    typed = dict(
        zip(
            tables["parcels_landuser"]["source_key"].to_pylist(),
            tables["parcels_landuser"]["id_number"].to_pylist(),
            strict=True,
        )
    )
    for row in tables["truth"].to_pylist():
        if row["case"] in ("stranger", "not_a_person"):
            assert row["resident_key"] is None
        else:
            assert row["resident_key"] in known
    strangers = [row["source_key"] for row in tables["truth"].to_pylist() if row["case"] == "stranger"]
    # A number typed wrongly may be a neighbour's, the stranger's own is nobody's.
    assert sum(typed[key] in numbers for key in strangers) <= len(strangers) * 0.03


def test_serials_have_the_form_of_their_time() -> None:
    wrong = 0
    for row in made(20_000)["parcels_certificate"].to_pylist():
        if row["serial"] and row["issued_on"] and len(row["serial"]) > 7:
            first, last = serials.issue_period(row["serial"]) or (None, None)
            wrong += bool(first and row["issued_on"] < first) or bool(last and row["issued_on"] > last)
    assert 0 < wrong < 0.03 * made(20_000)["parcels_certificate"].num_rows
