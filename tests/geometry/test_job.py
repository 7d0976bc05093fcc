"""The job that looks at outlines and has the plots judged again."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from landdb import jobs
from landdb.jobs.engine import step
from landdb.models import Job
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import changes
from reconciliation.models import ChangeSet, Finding, GroupMove, PlotStatus
from tests import factories
from tests.classification.books import assert_balanced

from .ground import make_commune, make_plot, pairs, square, totals, versions

pytestmark = pytest.mark.django_db


def run(kind: str = "geometry") -> Job:
    job = jobs.start(kind)
    while step(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def open_rules(plot: Plot) -> set[str]:
    return set(Finding.objects.open().filter(plot=plot).values_list("rule", flat=True))


def test_the_whole_province_is_looked_at_once() -> None:
    here, there = make_commune(), make_commune()
    first, second = make_plot(here, square(0)), make_plot(there, square(9))
    make_plot(here, square(900_000))
    job = run()
    assert job.result | {"written": None} == {
        "looked": 3,
        "changed": 3,
        "faults": {"outside": 1},
        "overlaps": 1,
        "written": None,
        "judged": 0,
        "moves": 0,
    }
    assert pairs() == {(first.pk, second.pk): 10.0}
    before = versions()
    again = run()
    assert (again.result["looked"], again.result["changed"]) == (0, 0)
    assert not again.chunks.filter(phase="facts").exists()
    assert versions() == before


def test_plots_of_which_facts_changed_are_judged_again_and_the_ledger_names_the_cause() -> None:
    here, there = make_commune(), make_commune()
    first, second = make_plot(here, square(0)), make_plot(there, square(30))
    for plot in (first, second):
        factories.make_holding(plot, factories.make_land_user(plot.commune))
    run()
    run("classify")
    assert "plot_overlaps" not in open_rules(first) | open_rules(second)
    groups = dict(PlotStatus.objects.values_list("plot_id", "group"))
    Plot.objects.filter(pk=second.pk).update(geometry=square(9, wide=900_000))
    job = run()
    assert job.result["judged"] == 2
    assert "plot_overlaps" in open_rules(first)
    assert "coordinates_impossible" in open_rules(second)
    moved = GroupMove.objects.filter(job=job).values_list("plot", "cause", "from_group", "to_group")
    assert list(moved) == [(second.pk, "geometry", groups[second.pk], 3)]
    assert_balanced()


def test_a_commune_whose_neighbour_changed_need_not_be_visited() -> None:
    here, there = make_commune(), make_commune()
    first, second = make_plot(here, square(0)), make_plot(there, square(30))
    run()
    Plot.objects.filter(pk=second.pk).update(geometry=square(9))
    job = run()
    assert job.result["looked"] == 1
    assert totals() == {first.pk: 10.0, second.pk: 10.0}


def test_plots_that_nobody_judged_wait_for_the_run_that_judges_them() -> None:
    make_plot(make_commune(), square(0))
    assert run().result["judged"] == 0
    assert not PlotStatus.objects.exists()


def test_slivers_under_the_tolerance_are_known_and_no_finding() -> None:
    commune = make_commune()
    plots = [make_plot(commune, square(0)), make_plot(commune, square(9.95))]
    run()
    assert totals() == {plot.pk: 0.5 for plot in plots}
    run("classify")
    assert not any("plot_overlaps" in open_rules(plot) for plot in plots)
    Plot.objects.filter(pk=plots[1].pk).update(geometry=square(9.94))
    run()
    assert all("plot_overlaps" in open_rules(plot) for plot in plots)


def test_a_change_that_retires_a_plot_frees_its_neighbours_at_once() -> None:
    commune = make_commune()
    going, staying = make_plot(commune, square(0)), make_plot(commune, square(9))
    run()
    run("classify")
    assert "plot_overlaps" in open_rules(staying)
    by = factories.make_user()
    wanted = changes.plan(
        ChangeSet.Kind.CORRECTION, [changes.FieldChange(going, "state", "retired")], by=by, commune=commune
    )
    changes.apply(wanted, by=by)
    assert "plot_overlaps" not in open_rules(staying)
    assert_balanced()
    changes.undo(wanted, by=by)
    assert "plot_overlaps" in open_rules(staying)
    assert_balanced()


def test_classification_alone_leaves_geometry_as_it_is() -> None:
    plot = make_plot(make_commune(), square(0))
    classification.refresh([plot.pk], cause=GroupMove.Cause.RUN)
    assert Plot.objects.get(pk=plot.pk).measured_area is None


def test_the_command_queues_and_prints_the_job() -> None:
    out = StringIO()
    call_command("geometry", "--no-wait", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"job": Job.objects.get(kind="geometry").pk}
