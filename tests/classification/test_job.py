"""The job that sorts the whole province."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from landdb import jobs
from landdb.jobs.engine import step
from landdb.models import Job
from parcels.models import Plot
from reconciliation.models import GroupMove, PlotStatus
from reconciliation.tasks.classify import SMALL, TOGETHER, chunk_keys
from tests import factories as make

from .books import assert_balanced

pytestmark = pytest.mark.django_db


def run(**arguments: object) -> Job:
    job = jobs.start("classify", **arguments)
    while step(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def test_every_plot_gets_its_group_and_the_numbers_add_up() -> None:
    make.make_ready_plot()
    make.make_ready_plot(code="x")
    make.make_drawn_plot()
    make.make_plot(state=Plot.State.RETIRED)
    job = run()
    assert job.result["plots"] == 3
    assert job.result["groups"] == {"1": 1, "2": 1, "3": 1}
    assert job.result["findings"] == {"map_only": 1, "plot_code_wrong": 1}
    assert job.result["moves"] == 3
    assert set(GroupMove.objects.values_list("job", "cause")) == {(job.pk, "first")}
    assert_balanced()


def test_a_second_run_changes_nothing() -> None:
    make.make_ready_plot(code="x")
    first = run()
    second = run()
    assert second.result["groups"] == first.result["groups"]
    assert second.result["findings"] == first.result["findings"]
    assert second.result["moves"] == 0
    assert not any(second.result["written"].values())


def test_a_later_run_names_itself_as_the_cause() -> None:
    plot = make.make_ready_plot()
    run()
    Plot.objects.filter(pk=plot.pk).update(code="x")
    run()
    assert GroupMove.objects.latest("id").cause == "run"


def test_some_communes_are_judged_alone_and_the_ledger_names_why() -> None:
    here, there = make.make_ready_plot(), make.make_ready_plot()
    run()
    Plot.objects.update(code="x")
    whole = jobs.start("classify")
    job = run(communes=[here.commune_id], cause="import")
    assert job.result["plots"] == 1
    assert dict(PlotStatus.objects.values_list("plot", "group")) == {here.pk: 2, there.pk: 1}
    assert GroupMove.objects.latest("id").cause == "import"
    whole.refresh_from_db()
    assert whole.state == Job.State.QUEUED
    with pytest.raises(IntegrityError), transaction.atomic():
        jobs.start("classify")
    assert_balanced()


def test_a_commune_whose_last_plot_was_retired_is_still_visited() -> None:
    plot = make.make_ready_plot()
    run()
    Plot.objects.filter(pk=plot.pk).update(state="retired")
    assert run().result["groups"] == {"1": 0, "2": 0, "3": 0}
    assert_balanced()


def test_large_communes_come_first_and_alone_and_small_ones_together() -> None:
    keys = chunk_keys(
        {1: SMALL, 2: 4, 3: SMALL * 5, 4: SMALL - 3, 5: 2} | dict.fromkeys(range(10, 10 + TOGETHER), 0)
    )
    assert keys[:3] == ["3", "1", "4"]
    assert keys[3].startswith("2,5,10,")
    assert sorted(int(commune) for key in keys for commune in key.split(",")) == [
        1,
        2,
        3,
        4,
        5,
        *range(10, 10 + TOGETHER),
    ]
    assert max(len(key.split(",")) for key in keys) <= TOGETHER
    assert chunk_keys({}) == []


def test_the_command_queues_and_prints_the_job() -> None:
    out = StringIO()
    call_command("classify", "--no-wait", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"job": Job.objects.get(kind="classify").pk}
