"""How the best candidate was found is kept with the work, whatever people decide and take back."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from reconciliation.actions import changes, handovers, matches, settling
from reconciliation.models import ChangeSet, Decision, LaidBy, Match, Verification, WorkItem
from reconciliation.models.work import NO_CANDIDATE
from tests import factories
from tests.test_work_counts import counted, kept

from .busy_province import Province
from .cast import make_case, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.settled_later]
STEPS = 15


def assert_right() -> None:
    """Every work item, open or closed, has the stage of its best candidate, and the counters are those of
    the open ones."""
    for item in WorkItem.objects.all():
        standing = [each for each in item.land_user.matches.all() if each.state != Match.State.REJECTED]
        standing.sort(
            key=lambda each: (each.state != Match.State.ACCEPTED, -each.probability, each.resident_id)
        )
        assert item.stage == (standing[0].stage if standing else NO_CANDIDATE), item
        assert item.outcome == Verification.objects.get(land_user=item.land_user).outcome, item
    assert kept() == counted()


@pytest.mark.parametrize("seed", range(200, 204))
def test_stages_and_counters_are_right_after_any_decisions_and_after_all_is_taken_back(seed: int) -> None:
    province = Province.make(seed)
    assert_right()
    for _n in range(STEPS):
        province.step()
        assert kept() == counted()
    settling.settle()
    assert_right()
    assert ChangeSet.objects.filter(state=ChangeSet.State.APPLIED).count() >= STEPS // 3
    province.undo_all()
    assert_right()


def test_who_is_turned_down_leaves_the_stage_to_the_next_and_has_it_again_when_taken_back() -> None:
    case = make_case()
    officer = make_staff(case.commune)[0]
    item = WorkItem.objects.get(land_user=case.land_user)
    before = item.stage
    for _candidate in case.residents:
        match = case.land_user.matches.best_first()[0]
        matches.decide(match, Decision.Kind.DIFFERENT, by=officer, reason="khác", seen=matches.stamp(match))
    item.refresh_from_db()
    assert (before, item.stage, item.state) == (Match.Stage.SCORED, NO_CANDIDATE, WorkItem.State.DONE)
    for decision in Decision.objects.order_by("-pk"):
        changes.undo(decision.change_set, by=officer)
    item.refresh_from_db()
    assert (item.stage, item.state) == (before, WorkItem.State.OPEN)


def test_work_that_is_opened_by_hand_has_the_stage_of_the_best_candidate() -> None:
    person, nobody = factories.make_land_user(), factories.make_land_user()
    factories.make_match(person, probability=0.4, stage=Match.Stage.NAME_VILLAGE)
    factories.make_match(person, probability=0.9, stage=Match.Stage.NUMBER, state=Match.State.REJECTED)
    factories.make_match(person, probability=0.1, stage=Match.Stage.SCORED)
    items = handovers.open_items([person.pk, nobody.pk])
    assert {pk: item.stage for pk, item in items.items()} == {person.pk: "name_village", nobody.pk: "none"}


def test_the_migration_tells_work_that_stands_there_already_and_counts_it_anew() -> None:
    """Run once more on work that says nothing of its stage."""
    chosen = factories.make_land_user()
    factories.make_match(chosen, probability=0.2, stage=Match.Stage.SCORED, state=Match.State.ACCEPTED)
    factories.make_match(chosen, probability=0.7, stage=Match.Stage.NAME_VILLAGE)
    alike = factories.make_land_user()
    for stage in (Match.Stage.NAME_BIRTH, Match.Stage.SCORED):
        factories.make_match(alike, probability=0.4, stage=stage)
    refused, merged = factories.make_land_user(), factories.make_land_user()
    factories.make_match(refused, stage=Match.Stage.NUMBER, state=Match.State.REJECTED)
    factories.make_match(merged, stage=Match.Stage.FORMER_NUMBER)
    for person in (chosen, alike, refused):
        WorkItem.objects.create(
            land_user=person, commune=person.commune, plots=2, outcome="mismatch", opened_at=timezone.now()
        )
    LaidBy.objects.create(land_user=merged, work_item={"plots": 1})
    written = import_module("reconciliation.migrations.0039_stage_of_work")
    with connection.cursor() as cursor:
        for statement in (written.FOUND, written.LAID_BY, written.EMPTY, written.COUNT):
            cursor.execute(statement)
    told = dict(WorkItem.objects.values_list("land_user", "stage"))
    assert told == {chosen.pk: "scored", alike.pk: "name_birth", refused.pk: "none"}
    assert LaidBy.objects.get().work_item == {"plots": 1, "stage": "former_number"}
    assert kept() == counted()
