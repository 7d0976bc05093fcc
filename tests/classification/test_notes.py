"""Rules that only note are counted as the others are: by difference, and right after whatever was done."""

from __future__ import annotations

import random

import pytest

from parcels.models import LandUser, Plot
from reconciliation import classification
from reconciliation.classification.notes import open_plots
from reconciliation.models import Finding, GroupMove, NoteCount, RuleSetting
from tests import factories as make

from .books import assert_balanced, assert_notes_counted
from .test_ledger import small_province

pytestmark = pytest.mark.django_db

CAUSE = GroupMove.Cause.CORRECTION
NOTE = "phone_missing"


def judge(*plots: Plot) -> None:
    classification.refresh([plot.pk for plot in plots], cause=CAUSE)


def without_phone(**fields: object) -> Plot:
    plot = make.make_ready_plot(**fields)
    LandUser.objects.filter(holdings__plot=plot).update(phone="")
    judge(plot)
    return plot


def counted(rule: str = NOTE) -> int:
    return sum(NoteCount.objects.filter(rule=rule).values_list("plots", flat=True))


def test_a_note_is_counted_once_per_plot_and_taken_off_when_it_is_mended() -> None:
    plot = without_phone()
    make.make_holding(plot, make.make_land_user(plot.commune, phone=""), None)
    judge(plot)
    assert Finding.objects.open().filter(rule=NOTE).count() == 2
    assert counted() == 1
    LandUser.objects.update(phone="0912345678")
    judge(plot)
    assert counted() == 0
    assert NoteCount.objects.filter(rule=NOTE).exists()


def test_a_plot_that_is_retired_or_changes_communes_takes_its_notes_along() -> None:
    plot, stays, other = without_phone(), without_phone(), make.make_commune()
    Plot.objects.filter(pk=plot.pk).update(commune=other)
    judge(plot)
    assert_notes_counted()
    assert NoteCount.objects.get(rule=NOTE, commune=other).plots == 1
    Plot.objects.filter(pk=plot.pk).update(state="retired")
    judge(plot)
    assert NoteCount.objects.get(rule=NOTE, commune=other).plots == 0
    assert NoteCount.objects.get(rule=NOTE, commune=stays.commune_id).plots == 1


def test_a_rule_that_becomes_a_note_is_counted_at_once_and_one_that_is_none_any_more_goes() -> None:
    unit = make.make_commune()
    plots = [make.make_ready_plot(unit, code="") for _n in range(3)]
    judge(*plots)
    assert not NoteCount.objects.filter(rule="plot_code_missing").exists()
    RuleSetting.objects.create(rule="plot_code_missing", effect="note")
    RuleSetting.objects.create(rule=NOTE, effect="supplement")
    judge(plots[0])
    assert counted("plot_code_missing") == 3
    assert not NoteCount.objects.filter(rule=NOTE).exists()
    classification.classify_commune(unit.pk)
    assert_balanced()


def test_a_second_run_leaves_the_counters_alone_and_a_lost_one_is_counted_anew() -> None:
    plot = without_phone()
    classification.classify_commune(plot.commune_id)
    before = list(NoteCount.objects.order_by("pk").values())
    classification.classify_commune(plot.commune_id)
    assert list(NoteCount.objects.order_by("pk").values()) == before
    NoteCount.objects.all().delete()
    classification.classify_commune(plot.commune_id)
    assert counted() == 1


def test_a_plot_whose_notes_are_all_waived_does_not_count_as_open() -> None:
    plot, _other = without_phone(), without_phone()
    person = make.make_land_user(plot.commune, phone="")
    make.make_holding(plot, person, None)
    judge(plot)
    reader = make.make_user()
    mine = Finding.objects.filter(plot=plot, rule=NOTE).order_by("pk")
    Finding.objects.filter(pk=mine[0].pk).update(state="waived")
    assert sum(open_plots(reader)[NOTE].values()) == 2
    mine.update(state="waived")
    assert sum(open_plots(reader)[NOTE].values()) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_counters_are_right_after_random_work(seed: int) -> None:
    chance = random.Random(300 + seed)
    communes = small_province(chance)
    classification.classify_communes([unit.pk for unit in communes])
    for _step in range(12):
        plot = chance.choice(list(Plot.objects.live()))
        people = LandUser.objects.filter(holdings__plot=plot)
        [
            lambda: people.update(phone=""),  # noqa: B023  called at once
            lambda: people.update(phone="0912345678"),  # noqa: B023
            lambda: Plot.objects.filter(pk=plot.pk).update(state="retired"),  # noqa: B023
            lambda: Plot.objects.filter(pk=plot.pk).update(commune=chance.choice(communes)),  # noqa: B023
        ][chance.choice([0, 0, 1, 2, 3])]()
        judge(plot, *Plot.objects.filter(pk__in=classification.plots_sharing([plot.pk])))
        assert_notes_counted()
