"""Which rules are close, to the last square decimetre and day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from landdb.models import Delivery
from parcels.models import Plot
from tests import factories as make
from tests.rules.cases import TODAY, line, old_extract, plot_is

from .test_trace import checked, found, traced

pytestmark = pytest.mark.django_db


@pytest.fixture
def plot() -> Plot:
    return make.make_ready_plot()


def close(plot: Plot) -> dict[str, str | None]:
    return {one["rule"]: one["on"] for one in traced(plot)["result"]["close"]}


@pytest.mark.parametrize(
    ("measured", "is_close"),
    [("124.9", False), ("125.0", False), ("125.1", True), ("126.3", True), ("126.4", False)],
)
def test_areas_are_close_from_four_fifths_of_what_is_allowed(
    plot: Plot, measured: str, is_close: bool
) -> None:
    plot_is(measured_area=Decimal(measured))(plot)
    document = traced(plot)
    assert ("area_differs_from_map" in close(plot)) is is_close
    assert ("area_differs_from_map" in found(document)) is (measured == "126.4")
    assert checked(document).word == "same"


@pytest.mark.parametrize(
    ("overlap", "is_close"), [("0.40", False), ("0.41", True), ("0.50", True), ("0.51", False)]
)
def test_an_overlap_is_close_from_four_fifths_of_its_tolerance(
    plot: Plot, overlap: str, is_close: bool
) -> None:
    plot_is(overlap_area=Decimal(overlap))(plot)
    assert close(plot) == ({"plot_overlaps": None} if is_close else {})


@pytest.mark.parametrize(
    ("area", "is_close"), [("119.04", False), ("119.03", True), ("118.80", True), ("118.79", False)]
)
def test_lines_of_use_are_close_by_whichever_tolerance_counts(plot: Plot, area: str, is_close: bool) -> None:
    line(area=Decimal(area))(plot)
    assert close(plot) == ({"land_use_area_differs": None} if is_close else {})


@pytest.mark.parametrize(("age", "in_days"), [(335, None), (336, 30), (364, 2), (365, 1), (366, None)])
def test_evidence_is_close_within_thirty_days_and_tells_the_day(
    plot: Plot, age: int, in_days: int | None
) -> None:
    old_extract(age)(plot)
    day = TODAY + dt.timedelta(days=in_days or 0)
    assert close(plot) == ({"evidence_stale": day.isoformat()} if in_days else {})


@pytest.mark.parametrize(("left", "is_close"), [(30, False), (29, True), (0, True), (-1, False)])
def test_a_term_is_close_in_its_last_thirty_days(plot: Plot, left: int, is_close: bool) -> None:
    until = TODAY + dt.timedelta(days=left)
    line(term_kind="until", term_until=until)(plot)
    day = (until + dt.timedelta(days=1)).isoformat()
    assert close(plot) == ({"term_ended": day} if is_close else {})


def test_a_close_call_that_the_trace_hides_is_named(plot: Plot) -> None:
    old_extract(365)(plot)
    document = traced(plot)
    document["result"]["close"] = []
    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    (sentence,) = checked(document).results
    assert sentence.endswith(
        f"is due on {tomorrow} here and not close in the trace, though its version is the same."
    )


def test_a_rule_without_its_source_is_not_close_either(plot: Plot) -> None:
    plot_is(overlap_area=Decimal("0.5"))(plot)
    Delivery.objects.filter(source=Delivery.Source.MAP).delete()
    assert close(plot) == {}
