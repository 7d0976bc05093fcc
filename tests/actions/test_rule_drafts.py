"""A draft of rules from the first word to the last: two people, one transaction, nothing left behind."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from landdb import jobs
from landdb.models import Job, Role, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import rule_drafts as actions
from reconciliation.actions.changes import WrongState
from reconciliation.actions.consents import SamePerson
from reconciliation.actions.rule_drafts import Wanted
from reconciliation.models import DraftCount, DraftMove, GroupMove, PlotStatus, RuleDraft, RuleSetting
from reconciliation.rules.catalogue import by_id
from reconciliation.rules.drafts import has_judgement_changed, have_rules_changed
from tests import factories as make
from tests.classification.test_what_if import classify, work

pytestmark = pytest.mark.django_db

RULE = by_id("plot_code_wrong")
NOTE = Wanted(True, "note", None)


@pytest.fixture
def manager() -> User:
    return make.make_user(Role.MANAGER)


@pytest.fixture
def second() -> User:
    return make.make_user(Role.ADMINISTRATOR)


@pytest.fixture
def plot() -> Plot:
    plot = make.make_ready_plot(code="khong-phai-ma")
    classify()
    return plot


@pytest.fixture
def draft(plot: Plot, manager: User) -> RuleDraft:
    """Counted."""
    made = actions.draft(RULE, NOTE, by=manager, reason="mã do hệ thống cấp sau")
    actions.count(made, by=manager)
    work()
    return RuleDraft.objects.get()


def asked(draft: RuleDraft, by: User) -> RuleDraft:
    actions.ask(draft, by=by)
    draft.refresh_from_db()
    return draft


def yes(draft: RuleDraft, by: User) -> RuleDraft:
    return actions.answer(draft, by=by, is_yes=True, seen=actions.stamp(draft), reason="đồng ý")


def test_counting_changes_no_rule_and_no_group(draft: RuleDraft, plot: Plot) -> None:
    assert draft.state == "counted"
    assert DraftMove.objects.get().plot == plot
    assert not RuleSetting.objects.exists()
    assert PlotStatus.objects.get().group == 2
    assert GroupMove.objects.count() == 1
    assert draft.count_job.result == {"moves": 1}


def test_a_second_person_makes_the_change_and_the_ledger_names_it(
    draft: RuleDraft, plot: Plot, manager: User, second: User
) -> None:
    yes(asked(draft, manager), second)
    draft.refresh_from_db()
    assert (draft.state, draft.settled_by, draft.settled_reason) == ("active", second, "đồng ý")
    assert RuleSetting.objects.get().effect == "note"
    work()
    assert PlotStatus.objects.get().group == 1
    move = GroupMove.objects.latest("id")
    assert (move.from_group, move.to_group, move.cause) == (2, 1, "rules")
    assert move.job.rule_draft == draft
    assert PlotStatus.objects.get().rule_set == draft.rule_set
    assert not DraftMove.objects.exists()
    assert DraftCount.objects.exists()


def test_whoever_asked_cannot_agree(draft: RuleDraft, manager: User) -> None:
    asked(draft, manager)
    with pytest.raises(SamePerson):
        yes(draft, manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleDraft.objects.update(state="active", settled_by=manager)
    assert not RuleSetting.objects.exists()


def test_a_no_throws_it_away(draft: RuleDraft, manager: User, second: User) -> None:
    asked(draft, manager)
    actions.answer(draft, by=second, is_yes=False, seen=actions.stamp(draft), reason="chưa nên")
    assert RuleDraft.objects.get().state == "thrown"
    assert not RuleSetting.objects.exists()
    assert not DraftMove.objects.exists()
    assert not DraftCount.objects.exists()


def test_throwing_away_leaves_nothing(draft: RuleDraft, plot: Plot, manager: User) -> None:
    before = PlotStatus.objects.values().get()
    actions.throw_away(draft, by=manager)
    assert not RuleSetting.objects.exists()
    assert not DraftMove.objects.exists()
    assert not DraftCount.objects.exists()
    classify()
    assert PlotStatus.objects.values().get() == before
    for act in (actions.ask, actions.throw_away, actions.count):
        with pytest.raises(WrongState):
            act(draft, by=manager)


def test_throwing_away_stops_the_count(plot: Plot, manager: User) -> None:
    made = actions.draft(RULE, NOTE, by=manager, reason="thử")
    actions.count(made, by=manager)
    actions.throw_away(made, by=manager)
    assert Job.objects.get(kind="what_if").state == "cancelled"


def test_a_count_that_is_taken_up_again_after_its_draft_changed_writes_nothing(
    plot: Plot, manager: User
) -> None:
    made = actions.draft(RULE, NOTE, by=manager, reason="thử")
    actions.count(made, by=manager)
    job = Job.objects.get(kind="what_if")
    actions.change(made, RULE, Wanted(False, "supplement", None))
    jobs.retry(job)
    work()
    assert RuleDraft.objects.get().state == "draft"
    assert not DraftMove.objects.exists()


def test_it_is_not_fresh_once_plots_were_judged_and_can_still_be_asked(
    draft: RuleDraft, plot: Plot, manager: User, second: User
) -> None:
    assert not has_judgement_changed(draft)
    classify()
    assert not has_judgement_changed(draft), "a run that found everything as it was"
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    assert has_judgement_changed(draft)
    yes(asked(draft, manager), second)


def test_once_the_rules_are_others_it_must_be_counted_again(
    draft: RuleDraft, manager: User, second: User
) -> None:
    asked(draft, manager)
    RuleSetting.objects.create(rule="phone_missing", is_on=False)
    assert have_rules_changed(draft)
    with pytest.raises(actions.NotNow):
        yes(draft, second)
    with pytest.raises(actions.NotNow):
        actions.count(draft, by=manager)
    classify()
    actions.count(draft, by=manager)
    work()
    draft.refresh_from_db()
    assert (draft.state, draft.asked_by) == ("counted", None)
    assert not have_rules_changed(draft)
    yes(asked(draft, manager), second)
    assert RuleSetting.objects.count() == 2


def test_a_yes_to_something_else_than_was_shown_is_refused(
    draft: RuleDraft, manager: User, second: User
) -> None:
    seen = actions.stamp(asked(draft, manager))
    actions.change(draft, RULE, Wanted(True, "rebuild", None))
    actions.count(draft, by=manager)
    work()
    asked(draft, manager)
    with pytest.raises(actions.NotNow):
        actions.answer(draft, by=second, is_yes=True, seen=seen)


def test_nothing_is_made_while_the_whole_province_is_being_judged(
    draft: RuleDraft, manager: User, second: User
) -> None:
    asked(draft, manager)
    jobs.start("reconcile")
    with pytest.raises(actions.NotNow):
        yes(draft, second)
    assert not RuleSetting.objects.exists()
    assert RuleDraft.objects.get().state == "asked"


def test_before_the_province_is_classified_by_the_rules_in_force_nothing_is_counted(
    plot: Plot, manager: User
) -> None:
    made = actions.draft(RULE, NOTE, by=manager, reason="thử")
    RuleSetting.objects.create(rule="phone_missing", is_on=False)
    with pytest.raises(actions.NotNow):
        actions.count(made, by=manager)
    classify()
    assert actions.count(made, by=manager).is_counting


def test_a_draft_that_changes_nothing_is_not_counted(plot: Plot, manager: User) -> None:
    made = actions.draft(RULE, Wanted.now(RULE), by=manager, reason="thử")
    with pytest.raises(actions.NotNow):
        actions.count(made, by=manager)
    actions.change(made, RULE, None)
    assert not made.changes.exists()


def test_an_earlier_setting_is_kept_in_the_audit(draft: RuleDraft, manager: User, second: User) -> None:
    RuleSetting.objects.create(rule=RULE.id, legal_basis="QĐ 12")
    yes(asked(draft, manager), second)
    setting = RuleSetting.objects.get()
    assert (setting.effect, setting.legal_basis) == ("note", "QĐ 12")
    assert RuleSetting.pgh_event_model.objects.get().effect == ""  # type: ignore[attr-defined]
