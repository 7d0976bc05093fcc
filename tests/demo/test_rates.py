"""How often things happen: near what offices found, for any seed."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from reconciliation.demo import rates, register
from reconciliation.demo.places import communes
from reconciliation.demo.rates import Kind

from .province import made

PLOTS = 20_000


def share(flags: list[bool]) -> float:
    return sum(flags) / len(flags)


def persons(seed: int) -> list[dict[str, object]]:
    rows = made(PLOTS, seed)["parcels_landuser"].to_pylist()
    return [row for row in rows if row["kind"] == "individual"]


@pytest.mark.parametrize("seed", [1, 5])
def test_numbers_and_births_are_as_incomplete_as_in_a_real_register(seed: int) -> None:
    people = persons(seed)
    assert 0.82 < share([len(str(row["birth_raw"])) == 4 for row in people]) < 0.90
    assert 0.30 < share([row["id_kind"] == "cmnd" for row in people]) < 0.40
    assert 0.14 < share([row["id_number_raw"] == "" for row in people]) < 0.21
    assert 0.02 < share([row["sex_raw"] == "" for row in people]) < 0.08
    assert 0.02 < share([row["address_raw"] == "" for row in people]) < 0.08


def test_names_come_with_every_kind_of_dirt() -> None:
    people = persons(1)
    raw = [str(row["name_raw"]) for row in people]
    assert share([name.startswith(("Ông", "Bà", "Hộ ")) for name in raw]) > 0.2
    assert share([name.isupper() for name in raw]) > 0.1
    assert share([name.isascii() for name in raw]) > 0.02
    assert share([bool(row["second_name"]) for row in people]) > 0.01
    assert sum("chết" in name or "mất" in name for name in raw) > 10
    warned = Counter(str(row["warnings"]) for row in people)
    assert any("name.tcvn3" in codes for codes in warned)
    assert any("id_number.padded" in codes for codes in warned)


def test_a_tenth_of_the_land_users_is_recorded_twice_and_some_are_in_no_registry() -> None:
    truth = made(PLOTS)["truth"]
    times = Counter(key for key in truth["resident_key"].to_pylist() if key)
    again = sum(count - 1 for count in times.values())
    assert 0.10 < again / truth.num_rows < 0.15
    cases = Counter(truth["case"].to_pylist())
    assert 0.04 < cases["stranger"] / truth.num_rows < 0.06
    assert cases["neighbour"] > 0
    kinds = Counter(made(PLOTS)["parcels_landuser"]["kind"].to_pylist())
    assert 0.01 < kinds["organisation"] / truth.num_rows < 0.03
    assert 0 < kinds["community"] / truth.num_rows < 0.01


def test_the_groups_before_any_work_come_out_near_fifteen_and_forty_two() -> None:
    population = [commune.population for commune in communes()]
    shares = [register.kind_shares(commune) for commune in communes()]
    whole = [
        sum(size * row[kind] for size, row in zip(population, shares, strict=True)) / sum(population)
        for kind in Kind
    ]
    assert whole[Kind.READY] == pytest.approx(0.15, abs=0.01)
    assert sum(whole[Kind.MAP_ONLY :]) == pytest.approx(0.42, abs=0.012)


def test_most_plots_of_old_bac_giang_are_drawn_only() -> None:
    plots = made(PLOTS)["parcels_plot"]
    bare = pc.and_(pc.is_null(plots["legal_area"]), pc.equal(plots["address"], ""))
    north = pa.array([commune.number + 1 for commune in communes() if not commune.in_old_bac_ninh])
    in_north = pc.is_in(plots["commune_id"], value_set=north)
    assert pc.mean(pc.cast(bare.filter(in_north), "int8")).as_py() > 0.5
    assert pc.mean(pc.cast(bare.filter(pc.invert(in_north)), "int8")).as_py() < 0.15


def test_every_kind_of_defect_is_planted() -> None:
    tables = made(PLOTS)
    plots, papers, uses = (
        tables[name].to_pylist() for name in ("parcels_plot", "parcels_certificate", "parcels_landuse")
    )
    assert {row["geometry_fault"] for row in plots} == {"", "invalid", "outside", "no_system"}
    assert {row["map_source"] for row in plots} == {"cadastral", "299", "1994"}
    assert any((row["overlap_area"] or 0) > 0.5 for row in plots)
    assert any(row["state"] == "retired" for row in plots)
    assert any(row["book_number_raw"] == "--\\--" and row["book_number"] == "" for row in papers)
    assert {row["state"] for row in papers} == {"valid", "superseded"}
    assert any(row["purpose_raw"] and not row["purpose"] for row in uses)
    assert {"pending", "done"} == set(tables["parcels_registration"]["state"].to_pylist())
    assert set(rates.PLOT_DEFECTS) & set(rates.CERTIFICATE_DEFECTS) == set()
