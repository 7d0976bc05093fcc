"""What a draft is said to move is what it moves."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.utils import timezone

from landdb import jobs
from landdb.jobs.engine import step
from landdb.models import Delivery, Job, Role
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import rule_drafts as actions
from reconciliation.actions.rule_drafts import Wanted
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
from reconciliation.rules import book
from reconciliation.rules.catalogue import RULES, Rule, by_id
from reconciliation.rules.drafts import Difference, drafted
from tests import factories as make

from .books import assert_balanced
from .test_ledger import small_province

pytestmark = pytest.mark.django_db

Moves = set[tuple[int, int, int, int]]


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


def draft(*changes: tuple[str, Wanted]) -> RuleDraft:
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


def off(rule: str) -> tuple[str, Wanted]:
    return rule, Wanted(False, by_id(rule).effect, by_id(rule).tolerance)


def effect(rule: str, wanted: Effect) -> tuple[str, Wanted]:
    return rule, Wanted(True, wanted, by_id(rule).tolerance)


def tolerance(rule: str, wanted: float) -> tuple[str, Wanted]:
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
                state="waived", waived_until=chance.choice([None, tomorrow])
            )
    classify()


@pytest.mark.parametrize("seed", range(8))
def test_the_plots_that_a_draft_is_said_to_move_are_those_it_moves(seed: int) -> None:
    chance = random.Random(seed)
    small_province(chance)
    unrest(chance)
    standing = sorted(set(Finding.objects.standing().values_list("rule", flat=True)))
    lacking = sorted({rule for rules in PlotStatus.objects.values_list("unjudged", flat=True) for rule in rules})
    for _round in range(3):
        near = chance.sample(standing, min(3, len(standing))) + chance.sample(lacking, min(2, len(lacking)))
        rules = {by_id(rule) for rule in near + [rule.id for rule in chance.sample(RULES, 2)]}
        some = chance.sample(sorted(rules, key=lambda rule: rule.id), chance.randint(1, 4))
        changes = [(rule.id, wanted(chance, rule)) for rule in some]
        manager = make.make_user(Role.MANAGER)
        made = actions.draft(some[0], changes[0][1], by=manager, reason="thử")
        for rule, change in zip(some[1:], changes[1:], strict=True):
            actions.change(made, rule, change[1])
        if not Difference(book.current(), drafted(made)).changed:
            continue
        actions.count(made, by=manager)
        work()
        made.refresh_from_db()
        before = said(made)
        counts = DraftCount.objects.filter(draft=made, rule="")
        assert sum(counts.values_list("plots", flat=True)) == len(before)
        assert activate(made) == before
        assert_balanced()


def test_drafts_of_every_kind_move_something_somewhere() -> None:
    """The property above would hold of drafts that never move anything."""
    kinds = set()
    for seed in range(8):
        chance = random.Random(seed)
        small_province(chance)
        classify()
        for rule in sorted(set(Finding.objects.open().values_list("rule", flat=True)))[:6]:
            made = draft(effect(rule, Effect.REBUILD if by_id(rule).effect != "rebuild" else Effect.NOTE))
            kinds |= {move[2:] for move in said(made)}
            actions.throw_away(made, by=made.drafted_by)
    assert kinds >= {(1, 3), (2, 3), (3, 2)}
