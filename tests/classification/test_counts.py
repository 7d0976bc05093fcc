"""The counters beside the tallies say what the plots say, whatever was done and in whatever order."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from landdb.models import Delivery
from parcels.models import Plot
from reconciliation import classification
from reconciliation.models import (
    Dimension,
    DimensionCount,
    Effect,
    GroupMove,
    OpinionCount,
    OutsideOpinion,
    PlotStatus,
    RuleSetting,
    UnjudgedCount,
)
from reconciliation.models.opinions import OF_CAUSE, UNJUDGED, causes_of
from reconciliation.rules import catalogue
from tests import factories as make
from tests.rules.cases import FINDS

from .books import assert_dimensions_counted
from .test_ledger import PLAIN, _try, small_province

pytestmark = pytest.mark.django_db

CAUSE = GroupMove.Cause.CORRECTION


def say(plot: Plot, chance: random.Random) -> OutsideOpinion:
    """Some opinion of theirs on a plot."""
    return make.make_opinion(
        plot,
        group=chance.choice([0, 1, 2, 2]),
        has_book=chance.choice([True, False, None]),
        is_in_step=chance.choice([True, False, None]),
        is_attributes_only=chance.choice([True, False]),
        population=chance.choice(["", "matched", "differs", "not_found"]),
        is_always_on=chance.choice([True, False, None]),
    )


def assert_counted() -> None:
    """All kinds of counters against a count of the plots' own rows."""
    assert_dimensions_counted()
    opinions: Counter[tuple[int, int, int, str]] = Counter()
    waiting: Counter[tuple[int, str]] = Counter()
    theirs = OutsideOpinion.objects.in_bulk()
    for status in PlotStatus.objects.all():
        waiting.update((status.commune_id, rule) for rule in status.unjudged)
        opinion = theirs.get(status.plot_id)
        if opinion is not None:
            own = [*status.rules, *([UNJUDGED] if status.unjudged else [])]
            for cause in ["", *causes_of(opinion), *own]:
                opinions[status.commune_id, status.group, opinion.group, cause] += 1
    rows = OpinionCount.objects.values_list("commune", "ours", "theirs", "cause", "plots")
    assert {each[:4]: each[4] for each in rows if each[4]} == opinions
    counted = UnjudgedCount.objects.values_list("commune", "rule", "plots")
    assert {each[:2]: each[2] for each in counted if each[2]} == waiting


@pytest.mark.parametrize("seed", range(3))
def test_the_counters_follow_any_day_of_work(seed: int) -> None:
    chance = random.Random(200 + seed)
    communes = small_province(chance)
    ids = [commune.pk for commune in communes]
    classification.classify_communes(ids)
    for plot in chance.sample(list(Plot.objects.all()), 8):
        say(plot, chance)
    classification.count_opinions(ids)
    assert_counted()
    for _step in range(6):
        plot = chance.choice(list(Plot.objects.live()))
        sources = Delivery.objects.filter(
            commune=plot.commune_id, source=chance.choice(Delivery.Source.values)
        )
        chance.choice(
            [
                lambda plot=plot: _try(FINDS[chance.choice(PLAIN)], plot),
                lambda plot=plot: Plot.objects.filter(pk=plot.pk).update(state="retired"),
                lambda plot=plot: Plot.objects.filter(pk=plot.pk).update(commune=chance.choice(communes)),
                lambda plot=plot: make.make_ready_plot(plot.commune),
                lambda sources=sources: sources.delete(),
                lambda plot=plot: make.deliver(plot.commune, *Delivery.Source.values),
            ]
        )()
        classification.refresh(list(Plot.objects.values_list("pk", flat=True)), cause=CAUSE)
        assert_counted()
    standing = dict(PlotStatus.objects.values_list("plot_id", "commune_id"))
    for opinion in OutsideOpinion.objects.filter(plot__in=standing):
        assert opinion.commune_id == standing[opinion.plot_id]
    before = sorted(OpinionCount.objects.filter(plots__gt=0).values_list("commune", "ours", "cause", "plots"))
    classification.count_opinions(ids)
    assert before == sorted(OpinionCount.objects.values_list("commune", "ours", "cause", "plots"))


def test_a_cause_holds_for_the_plots_that_it_counts() -> None:
    chance = random.Random(7)
    for _n in range(40):
        say(make.make_plot(), chance)
    for cause, condition in OF_CAUSE.items():
        found = set(OutsideOpinion.objects.filter(condition).values_list("pk", flat=True))
        assert found == {o.pk for o in OutsideOpinion.objects.all() if cause in causes_of(o)}
        assert found


def test_a_group_without_a_reason_is_told_apart() -> None:
    assert causes_of(OutsideOpinion(group=2, has_book=True)) == ["mplis:unsaid"]
    assert causes_of(OutsideOpinion(group=1)) == []
    assert causes_of(OutsideOpinion(group=0)) == []


def by_dimension() -> dict[str, int]:
    return dict(DimensionCount.objects.filter(plots__gt=0).values_list("dimension", "plots"))


def test_a_plot_is_counted_once_under_a_dimension_and_notes_are_not() -> None:
    plot = make.make_ready_plot(code="")
    classification.refresh([plot.pk], cause=CAUSE)
    assert by_dimension() == {"sufficient": 1}
    Plot.objects.filter(pk=plot.pk).update(address="", legal_area=None)
    classification.refresh([plot.pk], cause=CAUSE)
    status = PlotStatus.objects.get()
    assert len(status.rules) > 1
    assert by_dimension() == {"sufficient": 1}
    for rule in status.rules:
        RuleSetting.objects.create(rule=rule, effect=Effect.NOTE)
    classification.classify_communes([plot.commune_id])
    assert by_dimension() == {}


def test_a_rule_that_changes_its_dimension_takes_its_plots_along_when_they_are_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plots = [make.make_ready_plot(code=""), make.make_ready_plot(code="")]
    communes = [plot.commune_id for plot in plots]
    classification.classify_communes(communes)
    monkeypatch.setattr(type(catalogue.by_id("plot_code_missing")), "dimension", Dimension.ALIVE)
    # One plot is judged by the new release, the other stands where it was judged until the whole run.
    classification.refresh([plots[0].pk], cause=CAUSE)
    rows = DimensionCount.objects.filter(plots__gt=0).values_list("commune", "dimension", "plots")
    assert set(rows) == {(communes[0], "alive", 1), (communes[1], "sufficient", 1)}
    classification.classify_communes(communes)
    assert_dimensions_counted()
