"""The list of what is due: nothing on it is lost, nothing is done twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from landdb.jobs.engine import step
from landdb.models import Job
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import effects
from reconciliation.classification import due
from reconciliation.models import DuePlot, GroupMove, PlotStatus
from reconciliation.tasks.reclassify import CHUNK, chunk_keys, judge_what_is_due
from tests import factories as make

from .books import assert_balanced
from .days import work

CAUSE = GroupMove.Cause.CORRECTION


def touched(n: int, **fields: Any) -> list[int]:
    """Plots in order, judged, whose code was then broken behind the judge's back."""
    commune = make.make_commune()
    ids = [make.make_ready_plot(commune).pk for _n in range(n)]
    classification.refresh(ids, cause=GroupMove.Cause.FIRST)
    Plot.objects.filter(pk__in=ids).update(code="x")
    return ids


def groups(ids: list[int]) -> list[int]:
    return list(PlotStatus.objects.filter(pk__in=ids).order_by("pk").values_list("group", flat=True))


@pytest.mark.django_db
def test_what_is_put_off_is_judged_by_a_job_with_its_cause() -> None:
    ids = touched(3)
    assert due.put_off(ids, cause=CAUSE) == 3
    assert groups(ids) == [1, 1, 1]
    work()
    assert groups(ids) == [2, 2, 2]
    assert not DuePlot.objects.exists()
    job = Job.objects.get(kind="reclassify")
    assert job.result == {"plots": 3, "moves": 3, "changed": 3}
    assert set(GroupMove.objects.exclude(cause="first").values_list("cause", "job")) == {
        ("correction", job.pk)
    }
    assert_balanced()


@pytest.mark.django_db
def test_a_plot_that_waits_twice_is_judged_once() -> None:
    ids = touched(1)
    due.put_off(ids, cause=CAUSE)
    due.put_off(ids, cause=GroupMove.Cause.TIME)
    work()
    assert GroupMove.objects.filter(plot=ids[0]).count() == 2
    assert GroupMove.objects.latest("id").cause == "correction"
    assert not DuePlot.objects.exists()


@pytest.mark.django_db
def test_a_chunk_that_fails_leaves_the_list_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = touched(2)
    due.put_off(ids, cause=CAUSE)
    job, judge = Job.objects.get(), due.refresh
    assert step(job.pk)

    def fails(*args: Any, **more: Any) -> Any:
        judge(*args, **more)
        raise RuntimeError("killed")

    monkeypatch.setattr(due, "refresh", fails)
    assert step(job.pk)
    assert (DuePlot.objects.count(), groups(ids)) == (2, [1, 1])
    monkeypatch.setattr(due, "refresh", judge)
    work()
    assert (DuePlot.objects.count(), groups(ids)) == (0, [2, 2])
    assert GroupMove.objects.filter(cause="correction").count() == 2


@pytest.mark.django_db
def test_what_a_failed_job_left_is_taken_up_by_the_timetable() -> None:
    ids = touched(1)
    due.put_off(ids, cause=CAUSE)
    Job.objects.update(state=Job.State.FAILED)
    judge_what_is_due()
    judge_what_is_due()
    assert Job.objects.open().count() == 1
    work()
    assert groups(ids) == [2]


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_has_in_hand_is_left_to_it() -> None:
    ids = touched(2)
    due.note("SELECT unnest(%(ids)s::bigint[]) AS plot_id", {"ids": ids}, CAUSE)
    other = connections.create_connection("default")
    try:
        with transaction.atomic():
            first = DuePlot.objects.select_for_update().order_by("id")[0]
            with other.cursor() as cursor:
                cursor.execute(due._TAKE, [first.commune_id, first.commune_id])
                taken = [row[1] for row in cursor.fetchall()]
        assert taken == [ids[1]]
        assert list(DuePlot.objects.values_list("plot_id", flat=True)) == [ids[0]]
    finally:
        other.close()


@pytest.mark.django_db
def test_chunks_hold_whole_communes_and_are_about_as_large_as_they_may_be() -> None:
    keys = chunk_keys({3: CHUNK * 2, 1: 10, 2: CHUNK - 10, 4: 1, 5: 1})
    assert keys == ["1-2", "3-3", "4-5"]
    assert chunk_keys(dict.fromkeys(range(1, 313), 2)) == ["1-312"]
    assert chunk_keys({}) == []


@pytest.mark.django_db
def test_of_many_plots_the_own_ones_are_judged_at_once_and_the_others_by_a_job() -> None:
    person = make.make_land_user(commune := make.make_commune())
    make.make_verification(person)
    held = [make.make_plot(commune) for _n in range(effects.AT_ONCE + 9)]
    for plot in held:
        make.make_holding(plot, person, make.make_certificate(commune))
    ids = [plot.pk for plot in held]
    classification.refresh(ids, cause=GroupMove.Cause.FIRST)
    Plot.objects.filter(pk__in=ids).update(code="x")
    effects.again((), [ids[-1]], CAUSE)
    assert groups(ids).count(2) == effects.AT_ONCE
    assert PlotStatus.objects.get(pk=ids[-1]).group == 2
    assert DuePlot.objects.count() == 9
    work()
    assert set(groups(ids)) == {2}


def test_errors_of_the_database_are_not_swallowed() -> None:
    assert judge_what_is_due.autoretry_for == (OperationalError,)
