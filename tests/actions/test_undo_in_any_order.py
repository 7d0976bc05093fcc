"""Many people decide this and that, and all of it is taken back in any order.

What nobody touched again is exactly as it was before; what somebody did is in the list of what stays.
More runs by hand: LANDDB_UNDO_RUNS=200 ./run test tests/actions/test_undo_in_any_order.py
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from parcels.models import Holding, LandUser
from reconciliation.actions import bearing, changes, settling
from reconciliation.actions.records import touched
from reconciliation.models import (
    Change,
    ChangeSet,
    PlotStatus,
    Tally,
    WorkItem,
)

from .busy_province import OF_PERSON, OF_PLOT, Province, Rows

pytestmark = [pytest.mark.django_db, pytest.mark.settled_later]
RUNS = int(os.environ.get("LANDDB_UNDO_RUNS", "2"))
STEPS = 12


def touched_by(kept: list[Change]) -> tuple[set[int], set[int]]:
    """Land users and plots on which what stays bears, directly or through what they share."""
    people: set[int] = set()
    plots: set[int] = set()
    for change in kept:
        more_people, more_plots = _bears_on(change)
        people |= more_people
        plots |= more_plots
    plots |= set(Holding.objects.filter(land_user__in=people).values_list("plot_id", flat=True))
    plots = bearing.reach(people, plots)
    people |= set(
        Holding.objects.filter(plot__in=plots, land_user__isnull=False).values_list("land_user_id", flat=True)
    )
    return people, plots


def _bears_on(change: Change) -> tuple[set[int], set[int]]:
    people, plots = touched(change.model, [change.record_id], {})
    if change.model == PlotStatus._meta.label_lower:
        plots = plots | {change.record_id}
    if change.model == WorkItem._meta.label_lower:
        people = people | set(
            WorkItem.objects.filter(pk=change.record_id).values_list("land_user_id", flat=True)
        )
    if change.model == LandUser._meta.label_lower and change.field == "merged_into_id":
        people = people | {int(end) for end in (change.old, change.new) if end}
    return people, plots


def changed(before: Rows, after: Rows) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Table and key of every row that came, went or is another."""
    for table, rows in before.items():
        now = after[table]
        yield from ((table, key) for key in rows.keys() | now.keys() if rows.get(key) != now.get(key))


def recounted() -> Counter[tuple[int, int, str]]:
    """The counters beside the groups, counted anew."""
    counted: Counter[tuple[int, int, str]] = Counter()
    for status in PlotStatus.objects.all():
        for rule in ["", *status.rules, *([Tally.CONFIRMED] if status.confirmed_at else [])]:
            counted[status.commune_id, status.group, rule] += 1
    return counted


@pytest.mark.parametrize("seed", range(RUNS))
def test_what_was_taken_back_in_any_order_is_as_it_was_or_is_listed(seed: int) -> None:
    province = Province.make(seed)
    before = province.rows()
    for _n in range(STEPS):
        province.step()
    assert ChangeSet.objects.filter(state=ChangeSet.State.APPLIED).count() >= STEPS // 3
    kept = province.undo_all()
    assert set(kept) == set(Change.objects.filter(state=Change.State.KEPT))
    people, plots = touched_by(kept)
    for table, key in changed(before, province.rows()):
        if table in OF_PERSON:
            assert key[OF_PERSON[table]] in people, (table, key)
        elif table in OF_PLOT:
            assert key[OF_PLOT[table]] in plots, (table, key)
        else:
            label = table.replace("_", ".", 1)
            assert (label, key[0]) in {(change.model, change.record_id) for change in kept}, (table, key)
    tallies = Tally.objects.filter(plots__gt=0).values_list("commune_id", "group", "rule", "plots")
    assert {(commune, group, rule): n for commune, group, rule, n in tallies} == recounted()
    done = WorkItem.objects.exclude(state=WorkItem.State.OPEN)
    assert not done.exclude(waits_with=WorkItem.With.DESK).exists()


@pytest.mark.parametrize("seed", range(100, 100 + RUNS))
def test_what_was_taken_back_last_first_is_exactly_as_it_was(seed: int) -> None:
    province = Province.make(seed)
    before = province.rows()
    for _n in range(STEPS):
        province.step()
    for made in ChangeSet.objects.filter(state=ChangeSet.State.APPLIED).order_by("-pk"):
        assert changes.undo(made, by=province.staff[0]) == []
    settling.settle()
    after = province.rows()
    for table, key in changed(before, after):
        print(table, key, before[table].get(key), after[table].get(key))
    assert not list(changed(before, after))
