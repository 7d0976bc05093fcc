"""Somebody whom the registry does not know, a list about them, and who does what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from landdb.models import AdminUnit, Role, User
from parcels.models import LandUser, Plot
from reconciliation import classification, matching
from reconciliation.actions import police_batches, police_freezing, police_parts, police_portions
from reconciliation.actions.police_batches import Line, Wanted
from reconciliation.models import GroupMove, VerificationBatch, VerificationLine, WorkItem
from tests import factories

Split = VerificationBatch.Split


@dataclass
class Staff:
    """A reviewer, another one, a senior reviewer, and the police, all of the whole province."""

    mai: User
    an: User
    senior: User
    police: User

    @classmethod
    def make(cls) -> Staff:
        return cls(
            factories.make_user(Role.REVIEWER),
            factories.make_user(Role.REVIEWER),
            factories.make_user(Role.SENIOR_REVIEWER),
            factories.make_user(Role.POLICE_LIAISON),
        )


def make_unknown(commune: AdminUnit | None = None, *, plots: int = 1, **fields: Any) -> LandUser:
    """Somebody who holds plots and whom the registry does not know."""
    person = factories.make_land_user(commune, **fields)
    held = [factories.make_plot(person.commune) for _n in range(plots)]
    for plot in held:
        factories.make_holding(plot, person, factories.make_certificate(person.commune))
    matching.refresh([person.pk])
    classification.refresh([plot.pk for plot in held], cause=GroupMove.Cause.FIRST)
    return person


def plots_of(person: LandUser) -> list[Plot]:
    return list(Plot.objects.filter(pk__in=person.holdings.values("plot")))


def item_of(person: LandUser) -> WorkItem:
    return WorkItem.objects.get(land_user=person)


def outcome_of(person: LandUser) -> str:
    person.refresh_from_db()
    return str(person.verification.outcome)


def wanted(*outcomes: str, communes: tuple[int, ...] = (), split: str = Split.COMMUNE) -> Wanted:
    return Wanted(
        outcomes=outcomes or ("not_found",),
        communes=communes,
        purpose="Xác minh người chưa khớp dân cư",
        legal_basis="515/KH-BCA-BNNMT",
        due_on=timezone.localdate() + dt.timedelta(days=14),
        split=Split(split),
    )


def frozen(by: User, *outcomes: str, **more: Any) -> VerificationBatch:
    """A list at its preview."""
    batch = police_batches.draft(wanted(*outcomes, **more), by=by)
    police_freezing.freeze(batch)
    batch.refresh_from_db()
    return batch


def issue(batch: VerificationBatch, staff: Staff) -> VerificationBatch:
    """Hand a frozen list out, as the job does."""
    batch = police_batches.go(batch, by=batch.by)
    if batch.state == VerificationBatch.State.ASKED:
        batch = police_batches.answer(batch, by=staff.senior, is_yes=True)
    batch.refresh_from_db()
    for first, last in police_portions.portions(batch, Line.FROZEN):
        police_portions.hand_out(batch, first, last)
    police_parts.prepare(batch)
    police_portions.finish(batch.pk)
    batch.refresh_from_db()
    return batch


def issued(staff: Staff, *outcomes: str, **more: Any) -> VerificationBatch:
    """A list in the hands of the police."""
    return issue(frozen(staff.mai, *outcomes, **more), staff)


def line_of(person: LandUser) -> VerificationLine:
    """The last line that asks about a person."""
    return VerificationLine.objects.filter(entries__land_user=person).latest("pk")
