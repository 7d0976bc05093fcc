"""A small province in which people decide this and that at random, and every row of it to compare."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from landdb.models import AdminUnit, Role, User
from parcels.models import LandUser, Plot
from reconciliation import classification, duplicates, matching
from reconciliation.actions import changes, consents, findings, handovers, matches, rebuilds, settling
from reconciliation.actions import duplicates as pairs
from reconciliation.actions.changes import FieldChange, WrongState
from reconciliation.actions.handovers import Handover
from reconciliation.actions.matches import EvidenceChanged
from reconciliation.models import (
    AskedField,
    Change,
    ChangeSet,
    Decision,
    Duplicate,
    Finding,
    GroupMove,
    PlotStatus,
    Why,
    WorkItem,
)
from reconciliation.models.groups import Group
from tests import factories

from .cast import make_resident

With = WorkItem.With
AREAS = (Decimal("120.0"), Decimal("130.0"), None)

#: Table → the columns by which a row is known, and those that say when something was last looked at.
ROWS = {
    "parcels_landuser": (("id",), ()),
    "parcels_plot": (("id",), ()),
    "parcels_landuse": (("id",), ()),
    "parcels_certificate": (("id",), ()),
    "parcels_holding": (("id",), ()),
    "reconciliation_match": (("land_user_id", "resident_id"), ("id",)),
    "reconciliation_verification": (("land_user_id",), ("since",)),
    "reconciliation_workitem": (("land_user_id",), ("id", "closed_at")),
    "reconciliation_plotstatus": (("plot_id",), ("since",)),
}
Rows = dict[str, dict[tuple[object, ...], dict[str, object]]]
#: Table → which column of its key says on whom or on what a row bears.
OF_PERSON = {
    "parcels_landuser": 0,
    "reconciliation_match": 0,
    "reconciliation_verification": 0,
    "reconciliation_workitem": 0,
}
OF_PLOT = {"parcels_plot": 0, "reconciliation_plotstatus": 0, "findings": 0}


@dataclass
class Province:
    """A small one: two communes, people whom namesakes resemble, doubled entries, flagged plots."""

    chance: random.Random
    communes: list[AdminUnit] = field(default_factory=list)
    staff: list[User] = field(default_factory=list)
    people: list[LandUser] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)

    @classmethod
    def make(cls, seed: int) -> Province:
        made = cls(random.Random(seed))
        made.communes = [factories.make_commune() for _n in range(2)]
        made.staff = [factories.make_user(Role.SENIOR_REVIEWER) for _n in range(3)]
        for n, name in enumerate(("Nguyễn Thị Duyên", "Trần Thị Hạnh", "Lê Thị Loan", "Phạm Thị Mai")):
            for birth in ("12/03/1975", "1975"):
                make_resident(name, birth, commune=made.communes[n % 2])
            made._holder(name, "1975", f"0241751234{n:02}")
        # Two entries of one person, and one number on two people.
        for village in ("Thôn Đoài", "Khu phố Đông"):
            made._holder("Vũ Thị Oanh", "01/02/1980", "024180000001", address_raw=village)
        for name in ("Đỗ Thị Phượng", "Bùi Thị Quyên"):
            made._holder(name, "05/06/1970", "024170000002")
        for plot in made.plots[::3]:
            Plot.objects.filter(pk=plot.pk).update(code="")
        lost = factories.make_plot(made.communes[0], geometry=None, box=None, sheet=None, number=None)
        made.plots.append(lost)
        matching.refresh([person.pk for person in made.people])
        classification.refresh([plot.pk for plot in made.plots], cause=GroupMove.Cause.FIRST)
        duplicates.refresh({person.pk for person in made.people})
        long_ago = timezone.now() - dt.timedelta(days=40)
        for n, item in enumerate(WorkItem.objects.order_by("pk")):
            WorkItem.objects.filter(pk=item.pk).update(opened_at=long_ago + dt.timedelta(days=n))
        return made

    def _holder(self, name: str, birth: str, number: str, **fields: str) -> None:
        commune = self.chance.choice(self.communes)
        given = {"name_raw": name, "birth_raw": birth, "sex_raw": "Nữ", "id_number_raw": number} | fields
        person = factories.make_land_user(commune, **given)
        self.people.append(person)
        for _n in range(2):
            plot = factories.make_plot(commune)
            factories.make_holding(plot, person, factories.make_certificate(commune))
            self.plots.append(plot)

    # ---- what somebody may do ----

    def step(self) -> None:
        """One decision of one person, where there is anything to decide of its kind; what follows from it may
        come later.
        """
        self._perhaps_settle()
        kinds: list[Callable[[User], object]] = [
            self.judge, self.judge, self.hand_on, self.take_back, self.waive, self.end_waiver,
            self.confirm, self.correct, self.correct, self.pair,
        ]  # fmt: skip
        try:
            with transaction.atomic():
                self.chance.choice(kinds)(self.chance.choice(self.staff))
        except (WrongState, EvidenceChanged, pairs.NotMergeable):
            pass

    def judge(self, by: User) -> None:
        person = self.chance.choice(self._standing())
        candidates = list(person.matches.best_first())
        kind = self.chance.choice(
            [Decision.Kind.SAME, Decision.Kind.DIFFERENT, Decision.Kind.UNSURE, Decision.Kind.NOT_IN_REGISTRY]
        )
        if kind == Decision.Kind.NOT_IN_REGISTRY:
            seen = matches.stamp_all(candidates)
            matches.decide_not_in_registry(
                person.pk, by=by, reason="không thấy", seen=seen, settled_later=self._is_later()
            )
        elif candidates:
            match = self.chance.choice(candidates)
            mend = self.chance.random() < 0.5
            seen, later = matches.stamp(match), self._is_later()
            matches.decide(match, kind, by=by, reason="đã xem", seen=seen, mend=mend, settled_later=later)

    def hand_on(self, by: User) -> None:
        person = self.chance.choice(self._standing())
        where = self.chance.choice([With.POLICE, With.COMMUNE, With.CITIZEN, With.LATER])
        until = timezone.localdate() + dt.timedelta(days=self.chance.randint(1, 9))
        why = self.chance.choice(Why.of(where)).value if where != With.LATER else ""
        seen = matches.stamp_all(person.matches.all())
        some = self.chance.sample(AskedField.values, self.chance.randint(1, 3))
        fields = AskedField.in_order(some) if where == With.COMMUNE else ()
        handover = Handover(where, why, until=until, fields=fields)
        handovers.hand_on(person.pk, handover, by=by, seen=seen, settled_later=self._is_later())

    def take_back(self, by: User) -> None:
        away = list(WorkItem.objects.exclude(waits_with=With.DESK).order_by("land_user"))
        if away:
            handovers.take_back(self.chance.choice(away).land_user, by=by)

    def waive(self, by: User) -> None:
        found = list(Finding.objects.open().order_by("plot", "rule", "subject_id"))
        if not found:
            return
        decision = findings.ask_waiver(
            self.chance.choice(found), by=by, reason="đã xem bản giấy", until=dt.date(2030, 1, 1)
        )
        if decision.change_set.state == ChangeSet.State.PLANNED:
            other = next(user for user in self.staff if user != by)
            consents.answer(decision.change_set.consent, by=other, is_yes=True)

    def end_waiver(self, by: User) -> None:
        waived = list(Finding.objects.waived().order_by("plot", "rule", "subject_id"))
        if waived:
            findings.end_waiver(self.chance.choice(waived), by=by, reason="thôi")

    def confirm(self, by: User) -> None:
        waiting = PlotStatus.objects.filter(group=Group.REBUILD, confirmed_at=None).order_by("plot")
        if waiting:
            rebuilds.confirm(self.chance.choice(list(waiting)), by=by, reason="phải đo lại")

    def correct(self, by: User) -> None:
        person, plot = self.chance.choice(self._standing()), self.chance.choice(self.plots)
        plot.refresh_from_db()
        wanted = self.chance.choice(
            [
                FieldChange(person, "birth_raw", self.chance.choice(["12/03/1975", "1976", ""])),
                FieldChange(person, "name_raw", self.chance.choice([person.name_raw, "Trần Thị Hạnh"])),
                FieldChange(person, "phone", f"09{self.chance.randint(0, 99):08}"),
                FieldChange(plot, "legal_area", self.chance.choice(AREAS)),
                FieldChange(plot, "sheet", self.chance.choice([1, 2, None])),
            ]
        )
        made = changes.plan(ChangeSet.Kind.CORRECTION, [wanted], by=by, reason="sửa")
        changes.apply(made, by=by)

    def pair(self, by: User) -> None:
        found = list(Duplicate.objects.open().order_by("kind", "members"))
        if not found:
            return
        group = self.chance.choice(found)
        people = [person.pk for person in pairs.standing(group)]
        if len(people) < 2:
            return
        self.chance.shuffle(people)
        keep, *others = people
        seen = pairs.stamp(pairs.standing(group))
        words = [pairs.set_apart]
        words.append(pairs.merge if group.kind == Duplicate.Kind.PERSON else pairs.split_number)
        self.chance.choice(words)(group, keep, others, by=by, reason="đã xem", seen=seen)

    def _is_later(self) -> bool:
        return self.chance.random() < 0.6

    def _perhaps_settle(self) -> None:
        if self.chance.random() < 0.4:
            settling.settle()

    def _standing(self) -> list[LandUser]:
        return list(LandUser.objects.live().filter(pk__in=self.people_ids).order_by("pk"))

    @property
    def people_ids(self) -> list[int]:
        return [person.pk for person in self.people]

    # ---- what stands, and taking all of it back ----

    def rows(self) -> Rows:
        """Everything there is, without what only says when it was looked at."""
        found: Rows = {}
        with connection.cursor() as cursor:
            for table, (keys, left_out) in ROWS.items():
                cursor.execute(f"SELECT to_jsonb(t) - %s::text[] FROM {table} t", [list(left_out)])
                rows = [json.loads(row[0]) for row in cursor.fetchall()]
                found[table] = {tuple(row[key] for key in keys): row for row in rows}
        # Done, with nobody waiting for anything, is the same as never opened.
        items = found["reconciliation_workitem"]
        found["reconciliation_workitem"] = {
            key: row for key, row in items.items() if row["state"] == "open" or row["waits_with"]
        }
        found["findings"] = {
            (one.plot_id, one.rule, one.subject, one.subject_id): {
                name: getattr(one, name) for name in ("state", "waived_by_id", "waived_until", "reason")
            }
            for one in Finding.objects.standing()
        }
        return found

    def undo_all(self) -> list[Change]:
        """Take everything back, in any order that merges allow; all that stays because of a later hand.

        In the end all is worked out that follows from anything.
        """
        kept: list[Change] = []
        sets = list(ChangeSet.objects.filter(state=ChangeSet.State.APPLIED).order_by("pk"))
        self.chance.shuffle(sets)
        while sets:
            self._perhaps_settle()
            made = sets.pop()
            decision = Decision.objects.filter(change_set=made).first()
            try:
                if decision is not None:
                    pairs.check_undoable(decision)
            except pairs.Buried:
                sets.insert(0, made)
                continue
            kept += changes.undo(made, by=self.chance.choice(self.staff))
        settling.settle()
        return kept
