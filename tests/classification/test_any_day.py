"""After any day of work, what was judged piece by piece is what a full run says, to the row."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import models
from django.utils import timezone

from landdb.models import AdminUnit, Role, User
from parcels.models import LandUser, Plot
from reconciliation import classification
from reconciliation.actions import changes, consents, effects, findings, rebuilds
from reconciliation.classification import due, waivers
from reconciliation.models import ChangeSet, Consent, Decision, Finding, GroupMove, PlotStatus, RuleSetting
from reconciliation.rules import book
from reconciliation.rules.plots import PlotCodeMissing
from tests import factories as make
from tests.rules.cases import FINDS
from tests.rules.looking import certificate, change, holder, use

from .books import assert_balanced, judgement, versions
from .days import night, pass_days, work
from .test_ledger import PLAIN, small_province

pytestmark = pytest.mark.django_db


class Day:
    """Whoever works on a small province, and what they may do next."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.communes = small_province(chance)
        self.reviewer = make.make_user(Role.REVIEWER)
        self.senior = make.make_user(Role.SENIOR_REVIEWER)
        for commune in self.communes:
            classification.classify_commune(commune.pk)
        night()

    def plot(self) -> Plot:
        return self.chance.choice(list(Plot.objects.live().order_by("pk")))

    def touch(self, plot: Plot, breaks: Callable[[Plot], object]) -> None:
        """Change what stands on a plot, and have all that it bears on judged: now, or some of it by a job."""
        before = effects.reach((), [plot.pk])
        with suppress(AssertionError, models.ObjectDoesNotExist):
            breaks(plot)
        at_once = self.chance.choice([0, 1, None])
        effects.again((), [plot.pk], GroupMove.Cause.CORRECTION, before=before, at_once=at_once)

    def correct(self) -> None:
        self.touch(self.plot(), FINDS[self.chance.choice(PLAIN)])

    def date(self) -> None:
        """Something that runs out or begins in the next days."""
        day = timezone.localdate() + dt.timedelta(days=self.chance.randint(-1, 2))
        year = dt.timedelta(days=365)
        breaks: list[Callable[[Plot], object]] = [
            lambda plot: change(use(plot), term_kind="until", term_until=day),
            lambda plot: change(certificate(plot), issued_on=day),
            lambda plot: change(holder(plot).verification.resident.extract, extracted_on=day - year),
        ]
        self.touch(self.plot(), self.chance.choice(breaks))

    def share(self) -> None:
        """One plot comes to carry what another carries."""
        other = self.plot()
        same: list[Callable[[Plot], object]] = [
            lambda plot: change(holder(plot), id_number=holder(other).id_number),
            lambda plot: change(holder(plot).verification, resident=holder(other).verification.resident),
            lambda plot: change(certificate(plot), serial=certificate(other).serial),
            lambda plot: change(plot, code=other.code),
            lambda plot: change(plot, sheet=other.sheet, number=other.number),
        ]
        self.touch(self.plot(), self.chance.choice(same))

    def bring(self) -> None:
        """A plot comes in that shares its number or its holder with another."""
        other = self.plot()
        new = make.make_plot(other.commune, sheet=other.sheet, number=other.number)
        person = self.chance.choice(list(LandUser.objects.order_by("pk")))
        self.touch(new, lambda plot: make.make_holding(plot, person, make.make_certificate(plot.commune)))

    def retire(self) -> None:
        self.touch(self.plot(), lambda plot: change(plot, state="retired"))

    def waive(self) -> None:
        rulings = {ruling.rule.id: ruling for ruling in book.current().rulings}
        # What is moved back in time would itself look changed to who keeps it as a witness.
        timeless = [
            rule
            for rule, ruling in rulings.items()
            if not {"issued_on", "term_until", "purpose_ended_on"} & set(waivers.witnesses(ruling))
        ]
        found = Finding.objects.open().filter(rule__in=timeless).order_by("pk")
        if found:
            until = timezone.localdate() + dt.timedelta(days=self.chance.randint(0, 2))
            try:
                findings.ask_waiver(
                    self.chance.choice(list(found)),
                    by=self.reviewer,
                    reason="chờ",
                    until=self.chance.choice([until, None]),
                )
            except changes.WrongState:
                return

    def agree(self) -> None:
        for consent in Consent.objects.filter(given_at=None, change_set__state=ChangeSet.State.PLANNED):
            consents.answer(consent, by=self.senior, is_yes=self.chance.random() < 0.8)

    def confirm(self) -> None:
        waiting = PlotStatus.objects.filter(group=3, confirmed_at=None).values_list("pk", flat=True)
        if waiting:
            rebuilds.confirm_all(list(waiting[:2]), by=self.reviewer, reason="bản đồ cũ")

    def take_back(self) -> None:
        decision = Decision.objects.filter(change_set__state=ChangeSet.State.APPLIED).first()
        if decision:
            changes.undo(decision.change_set, by=decision.by)

    def rule_ends(self) -> None:
        day = timezone.localdate() + dt.timedelta(days=self.chance.randint(0, 1))
        RuleSetting.objects.get_or_create(rule=PlotCodeMissing.id, defaults={"active_to": day})

    def sleep(self) -> None:
        pass_days(self.chance.randint(1, 3))
        night()

    def work(self, hours: int = 5) -> None:
        """Some hours of this and that; then all that was put off is done."""
        steps = [self.correct, self.date, self.bring, self.retire, self.waive, self.agree, self.confirm]
        steps += [self.take_back, self.share, self.share, self.share, self.waive, self.date]
        for _n in range(hours):
            self.chance.choice(steps)()
            if self.chance.random() < 0.3:
                work()
        work()

    def assert_judged(self) -> None:
        """A full run would write nothing."""
        assert not due.per_commune()
        assert_balanced()
        piecemeal, before = judgement(), versions()
        done = classification.classify_communes([commune.pk for commune in AdminUnit.objects.all()])
        for was, now in zip(piecemeal, judgement(), strict=True):
            told, said = {repr(line) for line in was}, {repr(line) for line in now}
            assert told == said, sorted(told ^ said)
        assert versions() == before, dict(done)


@pytest.mark.parametrize("seed", range(6))
def test_judged_piece_by_piece_is_judged_as_a_full_run_does(seed: int) -> None:
    day = Day(random.Random(4100 + seed))
    for round_ in range(3):
        day.work()
        day.assert_judged()
        if round_ == seed:
            day.rule_ends()
        day.sleep()
        day.assert_judged()


def test_the_cause_of_a_move_is_kept_while_it_waits() -> None:
    plot, by = make.make_ready_plot(), make.make_user()
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    change(plot, code="x")
    change_set = changes.plan(ChangeSet.Kind.CORRECTION, [], by=by)
    due.put_off([plot.pk], cause=GroupMove.Cause.CORRECTION, change_set=change_set, by=by)
    work()
    move = GroupMove.objects.latest("id")
    assert (move.to_group, move.cause, move.change_set) == (2, "correction", change_set)
    assert isinstance(change_set.planned_by, User)
