"""A small province and what a day brings to its records; then the books, against a full run."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count

from django.db import models
from django.utils import timezone

from landdb.models import AdminUnit, Delivery, Job, Role
from parcels.models import Holding, LandUser, Plot
from reconciliation import classification, duplicates, matching
from reconciliation.actions import bearing, changes, consents, effects, findings, rebuilds
from reconciliation.classification import due, waivers
from reconciliation.models import (
    ChangeSet,
    Consent,
    Finding,
    GroupMove,
    MatchingBand,
    PlotStatus,
    RuleSetting,
)
from reconciliation.rules import book
from reconciliation.rules.plots import PlotCodeMissing
from tests import factories as make
from tests.actions.cast import make_case
from tests.rules.cases import FINDS
from tests.rules.looking import certificate, change, holder, known_as, use

from .books import assert_balanced, judgement, versions
from .days import night, pass_days, work
from .test_ledger import PLAIN, small_province


class Day:
    """Whoever works on a small province, and what they may do next."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.communes = small_province(chance)
        self.reviewer = make.make_user(Role.REVIEWER)
        self.senior = make.make_user(Role.SENIOR_REVIEWER)
        self._numbers = count(1)
        self.communes.append(_drawn_commune())
        for commune in self.communes[:2]:
            make_case(commune, plots=2)
            self._recorded_twice(commune)
        for holding in Holding.objects.order_by("pk"):
            if chance.random() < 0.6:
                change(holding, guid=f"g-{holding.pk}")
        # A registry of a few people tells little by itself: its links are accepted on less.
        MatchingBand.objects.create(target=0.6)
        matching.refresh(list(LandUser.objects.values_list("pk", flat=True)))
        duplicates.refresh_all()
        for commune in self.communes:
            classification.classify_commune(commune.pk)
        night()

    def _recorded_twice(self, commune: AdminUnit) -> None:
        """One person under two entries, each with a plot; and another person under the same number."""
        number = f"024175{900_000 + self.number():06}"
        for name in ("Đỗ Thị Hạnh", "DO THI HANH", "Ngô Văn Khác"):
            person = make.make_land_user(commune, name_raw=name, sex_raw="", id_number_raw=number)
            make.make_holding(make.make_plot(commune), person, make.make_certificate(commune))

    def number(self) -> int:
        """A number that nothing of this day had before."""
        return next(self._numbers)

    def plot(self) -> Plot:
        return self.chance.choice(list(Plot.objects.live().order_by("pk")))

    def touch(self, plot: Plot, breaks: Callable[[Plot], object]) -> None:
        """Change what stands on a plot, and have all that it bears on judged: now, or some of it by a job."""
        before, known = bearing.reach((), [plot.pk]), set(Plot.objects.values_list("pk", flat=True))
        with suppress(AssertionError, models.ObjectDoesNotExist):
            breaks(plot)
        changed = {plot.pk, *Plot.objects.values_list("pk", flat=True)} - (known - {plot.pk})
        at_once = self.chance.choice([0, 1, None])
        effects.again((), changed, GroupMove.Cause.CORRECTION, before=before, at_once=at_once)

    def correct(self) -> None:
        self.touch(self.plot(), FINDS[self.chance.choice(PLAIN)])

    def date(self) -> None:
        """Something that runs out or begins in the next days."""
        day = timezone.localdate() + dt.timedelta(days=self.chance.randint(-1, 2))
        year = dt.timedelta(days=365)
        breaks: list[Callable[[Plot], object]] = [
            lambda plot: change(use(plot), term_kind="until", term_until=day),
            lambda plot: change(certificate(plot), issued_on=day),
            lambda plot: change(known_as(plot).extract, extracted_on=day - year),
        ]
        self.touch(self.plot(), self.chance.choice(breaks))

    def share(self) -> None:
        """One plot comes to carry what another carries."""
        other = self.plot()
        same: list[Callable[[Plot], object]] = [
            lambda plot: change(
                holder(plot), id_number=holder(other).id_number, id_kind=holder(other).id_kind
            ),
            lambda plot: change(holder(plot).verification, resident=known_as(other)),
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
                    until=self.chance.choice([until, until + dt.timedelta(days=400)]),
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

    def rule_ends(self) -> None:
        day = timezone.localdate() + dt.timedelta(days=self.chance.randint(0, 1))
        RuleSetting.objects.get_or_create(rule=PlotCodeMissing.id, defaults={"active_to": day})

    def sleep(self) -> None:
        pass_days(self.chance.randint(1, 3))
        night()

    def work(self, steps: Sequence[Step], hours: int = 5) -> None:
        """Some hours of this and that; then all that was put off is done."""
        for _n in range(hours):
            self.chance.choice(steps)(self)
            if self.chance.random() < 0.3:
                work()
        work()
        assert not Job.objects.filter(state=Job.State.FAILED).values_list("kind", "error")

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


def _drawn_commune() -> AdminUnit:
    """A commune of which the map alone was delivered."""
    commune = make.make_commune(delivered=False)
    make.deliver(commune, Delivery.Source.MAP)
    for _n in range(2):
        make.make_drawn_plot(commune)
    return commune


#: Something that somebody does on that day.
Step = Callable[[Day], None]
