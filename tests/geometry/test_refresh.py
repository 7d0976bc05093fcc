"""Looking at outlines that changed, and at those around them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import shapely

from parcels import geometry
from parcels.geometry import reading, systems
from parcels.models import Plot, PlotOutline, PlotOverlap
from tests import factories

from .ground import (
    X,
    Y,
    by_comparing_each_with_each,
    make_commune,
    make_plot,
    pairs,
    square,
    totals,
    versions,
)

pytestmark = pytest.mark.django_db


def look(*communes: int) -> None:
    """All communes that have plots, as the job does it."""
    ids = list(communes or Plot.objects.values_list("commune", flat=True).distinct().order_by())
    for commune in ids:
        geometry.draw_boxes([commune])
    for commune in ids:
        geometry.look_at_communes([commune])


def test_an_imported_outline_gets_its_box_area_and_place() -> None:
    plot = make_plot(make_commune(), square(0, wide=10, tall=12))
    look()
    plot.refresh_from_db()
    assert plot.box == (X, Y, X + 10, Y + 12)
    assert (plot.measured_area, plot.overlap_area, plot.geometry_fault) == (Decimal(120), 0, "")
    assert (plot.lon, plot.lat) == (pytest.approx(106.06, abs=0.01), pytest.approx(21.18, abs=0.01))


def test_faults_are_written_with_their_reason() -> None:
    commune = make_commune()
    twisted = shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)]).wkb
    plots = [
        make_plot(commune, bytes(twisted)),
        make_plot(commune, square(900_000)),
        make_plot(commune, square(50), None),
        make_plot(commune, shapely.Polygon().wkb),
    ]
    look()
    faults = [Plot.objects.get(pk=plot.pk).geometry_fault for plot in plots]
    assert faults == ["invalid", "outside", "no_system", "invalid"]
    assert PlotOutline.objects.get(pk=plots[0].pk).reason.startswith("Self-intersection[")
    assert PlotOutline.objects.get(pk=plots[3].pk).reason == "Empty"
    assert totals() == {plots[0].pk: 0, plots[1].pk: 0, plots[2].pk: None, plots[3].pk: None}


def test_overlaps_are_written_once_and_count_for_both_also_across_the_border_of_communes() -> None:
    here, there = make_commune(), make_commune()
    first = make_plot(here, square(0))
    second = make_plot(here, square(9))
    third = make_plot(there, square(0, 8))
    touching = make_plot(there, square(19))
    look()
    assert pairs() == {(first.pk, second.pk): 10.0, (first.pk, third.pk): 20.0, (second.pk, third.pk): 2.0}
    assert totals() == {first.pk: 30.0, second.pk: 12.0, third.pk: 22.0, touching.pk: 0.0}


@pytest.mark.parametrize("few", [0, 2_000])
def test_communes_drawn_in_different_systems_are_laid_over_each_other(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FEW", few)
    here, there = make_commune(), make_commune()
    first = make_plot(here, square(0))
    moved = systems.moved(shapely.from_wkb(np.array([square(8)], dtype=object)), 9209, 9214)[0]
    second = make_plot(there, bytes(moved.wkb), 9214)
    look()
    assert pairs() == {(first.pk, second.pk): pytest.approx(20, abs=0.02)}
    Plot.objects.filter(pk=second.pk).update(geometry=bytes(shapely.transform(moved, lambda p: p + 100).wkb))
    look(there.pk)
    assert pairs() == {}
    assert totals() == {first.pk: 0.0, second.pk: 0.0}


def test_retired_plots_are_overlapped_by_nobody() -> None:
    commune = make_commune()
    make_plot(commune, square(0), state=Plot.State.RETIRED)
    live = make_plot(commune, square(0))
    look()
    assert pairs() == {}
    assert Plot.objects.get(pk=live.pk).overlap_area == 0


def test_a_second_look_writes_nothing() -> None:
    commune = make_commune()
    for place in range(6):
        make_plot(commune, square(9 * place))
    make_plot(commune, square(100), None)
    make_plot(commune, shapely.Polygon().wkb)
    with np.errstate(invalid="ignore"):
        make_plot(commune, shapely.Polygon([(0, 0), (1, 0), (np.nan, 1)]).wkb)
    look()
    before = versions()
    assert geometry.draw_boxes([commune.pk])["plots"] == 0
    assert not geometry.look_at_communes([commune.pk]).touched
    look()
    assert versions() == before


def test_facts_that_stand_already_are_not_written_again() -> None:
    commune = make_commune()
    plots = [make_plot(commune, square(9 * place)) for place in range(4)]
    look()
    PlotOutline.objects.all().delete()
    before = versions()[0], versions()[2]
    look()
    assert (versions()[0], versions()[2]) == before
    assert PlotOutline.objects.count() == len(plots)


def test_a_plot_that_moves_is_looked_at_with_those_it_leaves_and_those_it_reaches() -> None:
    here, there = make_commune(), make_commune()
    mover, left, reached = (
        make_plot(here, square(0)),
        make_plot(there, square(9)),
        make_plot(there, square(50)),
    )
    far = make_plot(there, square(200))
    look()
    assert totals()[left.pk] == 10.0
    before = {row[0]: row[1] for row in versions()[0][1]}
    Plot.objects.filter(pk=mover.pk).update(geometry=square(58))
    geometry.draw_boxes([here.pk])
    looked = geometry.look_at_communes([here.pk])
    assert looked.touched == {mover.pk, left.pk, reached.pk}
    assert pairs() == {(mover.pk, reached.pk): 20.0}
    assert totals() == {mover.pk: 20.0, left.pk: 0.0, reached.pk: 20.0, far.pk: 0.0}
    assert {row[0]: row[1] for row in versions()[0][1]}[far.pk] == before[far.pk]


@pytest.mark.parametrize("change", [{"state": "retired"}, {"geometry": None}])
def test_a_plot_that_goes_frees_those_it_lay_over(change: dict[str, str | None]) -> None:
    commune = make_commune()
    going, staying = make_plot(commune, square(0)), make_plot(commune, square(9))
    look()
    Plot.objects.filter(pk=going.pk).update(**change)
    assert geometry.refresh([going.pk]).touched == {going.pk, staying.pk}
    assert pairs() == {}
    assert totals() == {going.pk: None, staying.pk: 0.0}
    assert geometry.refresh([going.pk, staying.pk]).touched == set()
    Plot.objects.filter(pk=going.pk).update(state="live", geometry=square(0))
    geometry.refresh([going.pk])
    assert pairs() == {(going.pk, staying.pk): 10.0}


def test_another_system_is_another_outline() -> None:
    commune = make_commune()
    plot = make_plot(commune, square(0), None)
    look()
    Plot.objects.filter(pk=plot.pk).update(srid=9209)
    assert geometry.refresh([plot.pk]).touched == {plot.pk}
    plot.refresh_from_db()
    assert (plot.geometry_fault, plot.measured_area) == ("", 100)


def test_what_was_never_looked_at_is_left_to_the_job_where_that_is_asked() -> None:
    plot = make_plot(make_commune(), square(0))
    assert not geometry.refresh([plot.pk], only_known=True).touched
    assert geometry.refresh([plot.pk]).touched == {plot.pk}


def test_a_box_that_has_not_been_drawn_leaves_the_plot_for_the_next_time() -> None:
    commune = make_commune()
    plot = make_plot(commune, square(0))
    assert not geometry.look_at_communes([commune.pk]).counts["plots"]
    look()
    assert PlotOutline.objects.filter(pk=plot.pk).exists()


@pytest.mark.parametrize("few", [0, 2_000])
def test_after_any_day_of_changes_pairs_and_totals_are_those_of_a_fresh_look(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked about plot by plot, and by the ground that they lie on."""
    monkeypatch.setattr(reading, "FEW", few)
    rng = np.random.default_rng(7)
    communes = [make_commune(), make_commune(), make_commune()]
    for place in range(48):
        make_plot(communes[place // 16], square(10 * (place % 8), 10 * (place // 8)))
    ids = list(Plot.objects.order_by("pk").values_list("pk", flat=True))
    for _day in range(4):
        for pk in rng.choice(ids, 8, replace=False).tolist():
            changed = [
                {"geometry": square(*rng.uniform(-5, 75, 2))},
                {"geometry": square(*rng.uniform(0, 60, 2), 30, 2)},
                {"state": rng.choice(["live", "retired"])},
                {"srid": rng.choice([9209, 0])},
                {"geometry": None},
            ][int(rng.integers(5))]
            Plot.objects.filter(pk=pk).update(**changed)
        look()
        expected, sums = by_comparing_each_with_each()
        assert pairs() == pytest.approx(expected, abs=0.011)
        assert {pk: area for pk, area in totals().items() if pk in sums} == pytest.approx(sums, abs=0.05)
        for pk, area in totals().items():
            own = sum(area for pair, area in pairs().items() if pk in pair)
            assert area == pytest.approx(own) if pk in sums else area is None


def test_pairs_go_with_their_plots() -> None:
    commune = make_commune()
    plot = make_plot(commune, square(0))
    make_plot(commune, square(5))
    look()
    plot.delete()
    assert not PlotOverlap.objects.exists()


def test_the_factories_plots_are_sound() -> None:
    plot = factories.make_plot()
    geometry.refresh([plot.pk])
    plot.refresh_from_db()
    assert (plot.geometry_fault, plot.measured_area, plot.overlap_area) == ("", 120, 0)
