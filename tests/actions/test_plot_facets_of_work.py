"""Under what somebody's plots stand is kept with the work, a moment after it was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib import import_module

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from landdb import bulk
from reconciliation import classification
from reconciliation.actions import settling
from reconciliation.classification import plot_facets
from reconciliation.models import (
    GroupMove,
    LaidBy,
    PlotFacetCount,
    PlotFacetsDue,
    PlotStatus,
    WorkItem,
)
from reconciliation.models.plot_facets import KEPT
from tests import factories

from .busy_province import Province

pytestmark = [pytest.mark.django_db, pytest.mark.settled_later]
STEPS = 15


def under(item: WorkItem) -> tuple[str, set[str]]:
    """What the statuses of its plots say."""
    statuses = PlotStatus.objects.filter(plot__holdings__land_user=item.land_user).distinct()
    groups = sorted({str(status.group) for status in statuses})
    return "".join(groups), {
        facet for status in statuses for by in ("rule", "dimension") for facet in status.counted_under(by)
    }


def assert_right() -> None:
    plot_facets.catch_up()
    assert not PlotFacetsDue.objects.exists()
    for item in WorkItem.objects.open():
        assert (item.plot_groups, set(item.plot_facets)) == under(item), item
        assert len(set(item.plot_facets)) == len(item.plot_facets)
    assert kept() == counted()


def kept() -> dict[tuple[object, ...], tuple[int, int]]:
    """Cell → items and plots, of what the counters say."""
    cell = ("commune", "outcome", "stage", "waits_with", "waits_until", "plot_groups", "facet")
    return summed(
        (tuple(at), items, plots)
        for *at, items, plots in PlotFacetCount.objects.values_list(*cell, "items", "plots")
    )


def counted() -> dict[tuple[object, ...], tuple[int, int]]:
    """The same, of the items."""
    rows = []
    for item in WorkItem.objects.open():
        for facet in (*item.plot_facets, PlotFacetCount.EVERY):
            for stage in (item.stage, PlotFacetCount.ANY_STAGE):
                waits = (item.waits_with, item.waits_until)
                cell = (item.commune_id, item.outcome, stage, *waits, item.plot_groups, facet)
                rows.append((cell, 1, item.plots))
    return summed(rows)


def summed(rows: Iterable[tuple[tuple[object, ...], int, int]]) -> dict[tuple[object, ...], tuple[int, int]]:
    items: Counter[tuple[object, ...]] = Counter()
    plots: Counter[tuple[object, ...]] = Counter()
    for cell, n, of_plots in rows:
        items[cell] += n
        plots[cell] += of_plots
    return {cell: (items[cell], plots[cell]) for cell in items if items[cell] or plots[cell]}


@pytest.mark.parametrize("seed", range(300, 304))
def test_they_are_right_after_any_decisions_and_after_all_is_taken_back(seed: int) -> None:
    province = Province.make(seed)
    assert_right()
    assert any(item.plot_facets for item in WorkItem.objects.open())
    for _n in range(STEPS):
        province.step()
        assert kept() == counted()
    settling.settle()
    assert_right()
    KEPT.gather()
    assert kept() == counted()
    province.undo_all()
    assert_right()


def test_a_plot_that_is_judged_otherwise_changes_what_all_its_holders_are_under() -> None:
    plot = factories.make_ready_plot()
    holders = [factories.make_land_user(plot.commune) for _n in range(2)]
    for holder in holders:
        factories.make_holding(plot, holder)
        WorkItem.objects.create(
            land_user=holder, commune=plot.commune, plots=1, outcome="mismatch", opened_at=timezone.now()
        )
    classification.refresh([plot.pk], cause=GroupMove.Cause.RUN)
    assert_right()
    plot.code = ""
    plot.save()
    classification.refresh([plot.pk], cause=GroupMove.Cause.RUN)
    assert {*PlotFacetsDue.objects.values_list("land_user_id", flat=True)} >= {each.pk for each in holders}
    assert_right()
    assert ["plot_code_missing" in item.plot_facets for item in WorkItem.objects.open()] == [True, True]


def test_who_has_closed_work_is_told_as_soon_as_it_is_opened_again() -> None:
    plot = factories.make_ready_plot(code="")
    holder = factories.make_land_user(plot.commune)
    factories.make_holding(plot, holder)
    item = WorkItem.objects.create(
        land_user=holder, commune=plot.commune, plots=1, outcome="mismatch", state="done",
        opened_at=timezone.now(),
    )  # fmt: skip
    classification.refresh([plot.pk], cause=GroupMove.Cause.RUN)
    plot_facets.catch_up()
    item.refresh_from_db()
    assert item.plot_facets == []
    item.state = WorkItem.State.OPEN
    item.save()
    assert_right()
    item.refresh_from_db()
    assert "plot_code_missing" in item.plot_facets


@pytest.mark.django_db(transaction=True)
def test_whom_an_officer_has_in_hand_is_not_waited_for_and_stays_due() -> None:
    plot = factories.make_ready_plot(code="")
    free, held = (factories.make_land_user(plot.commune) for _n in range(2))
    for holder in (free, held):
        factories.make_holding(plot, holder)
        WorkItem.objects.create(
            land_user=holder, commune=plot.commune, plots=1, outcome="mismatch", opened_at=timezone.now()
        )
    classification.refresh([plot.pk], cause=GroupMove.Cause.RUN)
    with psycopg.connect(bulk.conninfo()) as officer:
        officer.execute("SELECT FROM reconciliation_workitem WHERE land_user_id = %s FOR UPDATE", [held.pk])
        with connection.cursor() as cursor:
            # to fail instead of waiting for ever
            cursor.execute("SET lock_timeout = '5s'")
            plot_facets.catch_up()
            cursor.execute("RESET lock_timeout")
        assert {*PlotFacetsDue.objects.values_list("land_user_id", flat=True)} == {held.pk}
    assert_right()


def test_the_migration_tells_open_work_that_stands_there_already_and_counts_it() -> None:
    """Run once more on work that says nothing of its plots."""
    province = Province.make(310)
    plot_facets.catch_up()
    before = {item.pk: (item.plot_groups, item.plot_facets) for item in WorkItem.objects.open()}
    WorkItem.objects.update(plot_groups="", plot_facets=[])
    merged = factories.make_land_user(province.communes[0])
    LaidBy.objects.create(land_user=merged, work_item={"plots": 1})
    PlotFacetCount.objects.all().delete()
    written = import_module("reconciliation.migrations.0041_plot_facets_of_work")
    with connection.cursor() as cursor:
        cursor.execute(written.TOLD)
        PlotFacetCount.objects.all().delete()
        for statement in (written.LAID_BY, written.COUNT):
            cursor.execute(statement)
    assert {item.pk: (item.plot_groups, item.plot_facets) for item in WorkItem.objects.open()} == before
    assert LaidBy.objects.get().work_item == {"plots": 1, "plot_groups": "", "plot_facets": []}
    assert kept() == counted()
