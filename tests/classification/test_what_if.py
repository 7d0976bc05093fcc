"""What a draft is said to move is what it moves."""

from __future__ import annotations

import datetime as dt
import random
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from landdb import jobs
from landdb.jobs.engine import step
from landdb.models import Delivery, Job, Role
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import rule_drafts as actions
from reconciliation.actions.rule_drafts import Wanted
from reconciliation.classification import waivers
from reconciliation.models import (
    DraftCount,
    DraftMove,
    Effect,
    Finding,
    GroupMove,
    PlotStatus,
    RuleDraft,
    RuleSetting,
)
from reconciliation.rules.catalogue import RULES, Rule, by_id
from tests import factories as make

from .books import assert_balanced
from .test_ledger import small_province

pytestmark = pytest.mark.django_db

Moves = set[tuple[int, int, int, int]]
Change = tuple[str, Wanted]


def rows(name: str) -> int:
    """How many rows a judging table holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        return int(cursor.fetchone()[0])


def work() -> None:
    """Do all open jobs here and now."""
    while job := Job.objects.open().order_by("id").first():
        while step(job.pk):
            pass
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error


def classify() -> None:
    jobs.start("classify")
    work()


def draft(*changes: Change) -> RuleDraft:
    """A draft by a manager, counted."""
    manager = make.make_user(Role.MANAGER)
    first, *others = changes
    made = actions.draft(by_id(first[0]), first[1], by=manager, reason="thử")
    for rule, wanted in others:
        actions.change(made, by_id(rule), wanted)
    actions.count(made, by=manager)
    work()
    made.refresh_from_db()
    assert made.state == RuleDraft.State.COUNTED
    return made


def off(rule: str) -> Change:
    return rule, Wanted(False, by_id(rule).effect, by_id(rule).tolerance)


def effect(rule: str, wanted: Effect) -> Change:
    return rule, Wanted(True, wanted, by_id(rule).tolerance)


def tolerance(rule: str, wanted: float) -> Change:
    return rule, Wanted(True, by_id(rule).effect, wanted)


def said(made: RuleDraft) -> Moves:
    rows = DraftMove.objects.filter(draft=made)
    return set(rows.values_list("plot_id", "commune_id", "from_group", "to_group"))


def activate(made: RuleDraft) -> Moves:
    """Make the change, classify, and tell what moved."""
    actions.ask(made, by=made.drafted_by)
    made.refresh_from_db()
    second = make.make_user(Role.ADMINISTRATOR)
    actions.answer(made, by=second, is_yes=True, seen=actions.stamp(made))
    work()
    made.refresh_from_db()
    moves = GroupMove.objects.filter(job=made.run)
    assert set(moves.values_list("cause", flat=True)) <= {GroupMove.Cause.RULES}
    return set(moves.values_list("plot_id", "commune_id", "from_group", "to_group"))


def wanted(chance: random.Random, rule: Rule) -> Wanted:
    """Any change of a rule: effect, tolerance, switch, dates, or none at all."""
    own = rule.tolerance
    if own is not None:
        own = chance.choice([own, own, 0.0, own / 3, own * 40])
    today = timezone.localdate()
    begins = chance.choice([None, None, None, today, today + dt.timedelta(days=1)])
    return Wanted(chance.random() < 0.7, chance.choice(Effect.values), own, begins)


def unrest(chance: random.Random) -> None:
    """Settings of before, sources that nobody delivered, waivers: all taken in by a classification."""
    for rule in chance.sample(RULES, 5):
        given = wanted(chance, rule)
        RuleSetting.objects.create(
            rule=rule.id, is_on=given.is_on, effect=given.effect, tolerance=given.tolerance
        )
    for source in chance.sample(Delivery.Source.values, chance.randint(0, 2)):
        communes = Delivery.objects.filter(source=source).values_list("commune", flat=True)
        Delivery.objects.filter(source=source, commune=chance.choice(list(communes))).delete()
    classify()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    for finding in Finding.objects.open():
        if chance.random() < 0.35:
            Finding.objects.filter(pk=finding.pk).update(
                state="waived",
                waived_until=chance.choice([None, tomorrow]),
                waived_alone=chance.random() < 0.5,
                waived_facts=waivers.facts_of(finding),
            )
    classify()


@pytest.mark.parametrize("seed", range(8))
def test_the_plots_that_a_draft_is_said_to_move_are_those_it_moves(seed: int) -> None:
    chance = random.Random(seed)
    small_province(chance)
    unrest(chance)
    moved = 0
    for _round in range(8):
        made = any_draft(chance)
        if made is None:
            continue
        before = said(made)
        counts = DraftCount.objects.filter(draft=made, rule="")
        assert sum(counts.values_list("plots", flat=True)) == len(before)
        assert activate(made) == before
        assert_balanced()
        moved += len(before)
    assert moved, "a property of nothing"


def any_draft(chance: random.Random) -> RuleDraft | None:
    """Of up to four rules: that find something, lack their source, or any; None if it changes nothing."""
    standing = sorted(set(Finding.objects.standing().values_list("rule", flat=True)))
    found = PlotStatus.objects.values_list("unjudged", flat=True)
    lacking = sorted({rule for rules in found for rule in rules})
    near = chance.sample(standing, min(3, len(standing))) + chance.sample(lacking, min(2, len(lacking)))
    rules = sorted({*near, *(rule.id for rule in chance.sample(RULES, 2))})
    changes = [(rule, wanted(chance, by_id(rule))) for rule in chance.sample(rules, chance.randint(1, 4))]
    try:
        return draft(*changes)
    except actions.NotNow:
        return None


@pytest.fixture
def plot() -> Plot:
    """A plot with a wrong code alone."""
    return make.make_ready_plot(code="khong-phai-ma")


@pytest.mark.parametrize(
    ("change", "to"),
    [
        (off("plot_code_wrong"), 1),
        (effect("plot_code_wrong", Effect.NOTE), 1),
        (effect("plot_code_wrong", Effect.REBUILD), 3),
    ],
    ids=["off", "note", "rebuild"],
)
def test_an_effect_moves_those_that_have_nothing_worse(plot: Plot, change: Change, to: int) -> None:
    make.make_ready_plot(plot.commune, code="x", map_source="299")
    other = make.make_ready_plot(plot.commune, code="x", address="")
    classify()
    moves = {(plot.pk, plot.commune_id, 2, to)}
    if to == 3:
        moves.add((other.pk, plot.commune_id, 2, 3))
    made = draft(change)
    assert said(made) == moves
    assert all(rules == ["plot_code_wrong"] for rules in made.moves.values_list("rules", flat=True))


def test_a_note_that_is_raised_moves_the_plots_that_it_was_noted_of() -> None:
    plot = make.make_ready_plot()
    plot.holdings.get().land_user.__class__.objects.update(phone="")
    classify()
    assert said(draft(effect("phone_missing", Effect.SUPPLEMENT))) == {(plot.pk, plot.commune_id, 1, 2)}


def test_a_tolerance_is_asked_anew_and_a_waiver_of_the_same_finding_holds() -> None:
    near, far, waived = (make.make_ready_plot(measured_area=area) for area in (124, 130, 130))
    classify()
    Finding.objects.filter(plot=waived).update(state="waived")
    classify()
    assert said(draft(tolerance("area_differs_from_map", 10.0))) == {(far.pk, far.commune_id, 2, 1)}
    assert said(draft(tolerance("area_differs_from_map", 3.0))) == {(near.pk, near.commune_id, 1, 2)}


def test_a_waiver_that_has_run_out_holds_no_more() -> None:
    plot = make.make_ready_plot(code="x")
    classify()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Finding.objects.filter(plot=plot).update(state="waived")
    classify()
    Finding.objects.filter(plot=plot).update(waived_until=yesterday)
    made = draft(off("phone_missing"))
    assert said(made) == {(plot.pk, plot.commune_id, 1, 2)}
    assert said(draft(off("plot_code_wrong"))) == set()


def test_a_rule_that_is_switched_on_is_asked(plot: Plot) -> None:
    RuleSetting.objects.create(rule="plot_code_wrong", is_on=False)
    classify()
    assert PlotStatus.objects.get().group == 1
    made = draft(("plot_code_wrong", Wanted(True, "rebuild", None)))
    assert said(made) == {(plot.pk, plot.commune_id, 1, 3)}


def test_rules_without_their_source_hold_plots_back_until_they_are_switched_off() -> None:
    plot = make.make_ready_plot()
    bare = make.make_drawn_plot(plot.commune)
    for rule in ("map_only", "unidentifiable"):
        RuleSetting.objects.create(rule=rule, is_on=False)
    Delivery.objects.filter(commune=plot.commune, source=Delivery.Source.SCANS).delete()
    classify()
    scans = ("scan_missing", "scan_unlinked", "scan_unsigned")
    assert said(draft(off(scans[0]), off(scans[1]))) == set()
    assert said(draft(*(off(rule) for rule in scans))) == {(plot.pk, plot.commune_id, 2, 1)}
    for rule in scans:
        RuleSetting.objects.create(rule=rule, is_on=False)
    classify()
    status = PlotStatus.objects.get(pk=plot.pk)
    assert (status.group, status.unjudged) == (1, [])
    assert PlotStatus.objects.get(pk=bare.pk).group == 1
    # Of a plot without attributes the scans say nothing, whether they were delivered or not.
    assert said(draft(("scan_missing", Wanted(True, "supplement", None)))) == {
        (plot.pk, plot.commune_id, 1, 2)
    }


def test_a_plot_counts_for_each_rule_that_moves_it_and_once_in_all() -> None:
    plot = make.make_ready_plot(code="x", address="")
    classify()
    made = draft(off("plot_code_wrong"), off("plot_address_missing"), off("phone_missing"))
    counts = DraftCount.objects.filter(draft=made, commune=plot.commune, from_group=2, to_group=1)
    assert dict(counts.values_list("rule", "plots")) == {
        "": 1,
        "plot_code_wrong": 1,
        "plot_address_missing": 1,
    }


def test_only_plots_that_an_answer_could_move_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("", "Khu phố Đông"):
        make.make_ready_plot(measured_area=130, address=address)
    classify()
    looked: list[int] = []
    module = import_module("reconciliation.classification.what_if")
    ask = module._look

    def look() -> None:
        ask()
        looked.append(rows("judging_plot"))

    monkeypatch.setattr(module, "_look", look)
    draft(effect("area_differs_from_map", Effect.NOTE))
    assert looked == []
    draft(tolerance("area_differs_from_map", 10.0))
    assert sum(looked) == 1


def test_a_finding_goes_with_its_plot_to_another_commune(plot: Plot) -> None:
    classify()
    other = make.make_commune()
    Plot.objects.filter(pk=plot.pk).update(commune=other)
    classification.classify_commune(other.pk)
    assert Finding.objects.get(plot=plot).commune == other
    classify()
    assert said(draft(off("plot_code_wrong"))) == {(plot.pk, other.pk, 2, 1)}
