"""What the demo says of its outlines is what looking at them says."""

from __future__ import annotations

import numpy as np
import pytest

from parcels.geometry import outlines, overlaps, province
from reconciliation.demo import grid
from reconciliation.demo.places import communes

from .province import made


@pytest.fixture(scope="module")
def drawn() -> dict[str, np.ndarray]:
    table = made(20_000)["parcels_plot"]
    rows = table.filter(table["geometry"].is_valid())
    return {name: np.array(rows[name].to_pylist(), dtype=object) for name in rows.column_names}


@pytest.fixture(scope="module")
def looked(drawn: dict[str, np.ndarray]) -> outlines.Outlines:
    srid = np.array([srid or 0 for srid in drawn["srid"]])
    here = province.around(tuple((one.lon, one.lat, one.area_km2) for one in communes()))
    return outlines.look([text[2:] for text in drawn["geometry"]], srid, here)


def floats(values: np.ndarray) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def test_faults_are_those_that_are_found(drawn: dict[str, np.ndarray], looked: outlines.Outlines) -> None:
    assert set(drawn["geometry_fault"]) == {"", "invalid", "outside", "no_system"}
    assert (drawn["geometry_fault"] == looked.fault).all()


def test_areas_and_places_are_those_that_are_found(
    drawn: dict[str, np.ndarray], looked: outlines.Outlines
) -> None:
    area = floats(drawn["measured_area"])
    assert np.isclose(area, looked.area, atol=0.011, rtol=0, equal_nan=True).all()
    assert np.isclose(floats(drawn["lon"]), looked.lon, atol=1e-8, rtol=0, equal_nan=True).all()
    assert np.isclose(floats(drawn["lat"]), looked.lat, atol=1e-8, rtol=0, equal_nan=True).all()


def test_overlaps_are_those_that_are_found_among_all_plots_of_the_province(
    drawn: dict[str, np.ndarray], looked: outlines.Outlines
) -> None:
    srid = np.array([srid or 0 for srid in drawn["srid"]])
    found = overlaps.find(np.arange(len(looked)), looked.ground, srid)
    both, area = np.r_[found.first, found.second], np.r_[found.area, found.area]
    totals = np.bincount(both, area, minlength=len(looked))
    said = floats(drawn["overlap_area"])
    assert (np.isnan(said) == (drawn["geometry_fault"] == "no_system")).all()
    assert np.allclose(np.nan_to_num(said), totals, atol=0.011)
    assert 0.002 < (said > 0.5).mean() < 0.02


def test_a_twisted_outline_whose_halves_cancel_out_still_has_a_centre() -> None:
    bow_tie = np.array([[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]])
    assert grid.centres(bow_tie).tolist() == [[1.0, 1.0]]
