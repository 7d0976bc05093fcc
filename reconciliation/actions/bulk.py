"""One decision about many work items: shown, agreed to, done by a job, taken back as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from landdb.models import Role, User

from ..models import BulkDecision, BulkItem, ChangeSet, Consent, WorkItem
from ..models.handover_codes import told
from . import bulk_facts, changes, consents
from .changes import WrongState
from .consents import TakingBack
from .handovers import Handover

Act, State, Skip, With = BulkDecision.Act, BulkDecision.State, BulkItem.Skip, WorkItem.With

#: Items in one bulk decision: what one preview can be answered for.
MOST = 10_000
#: Probabilities that a candidate must have at least, as the page offers them.
LEAST = (0.9, 0.95, 0.98, 0.99)
#: Drafts that nobody went on with are dropped after this time.
KEPT = dt.timedelta(days=1)
HANDED = {
    Act.POLICE: With.POLICE,
    Act.COMMUNE: With.COMMUNE,
    Act.CITIZEN: With.CITIZEN,
    Act.LATER: With.LATER,
    Act.BACK: With.DESK,
}
_UNDO = TakingBack(State.DONE, State.UNDO_ASKED, State.UNDOING, "undo_asked_by")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be done with each item. ValueError where it is not whole, as with a `Handover`."""

    act: BulkDecision.Act
    why: str = ""
    note: str = ""
    until: dt.date | None = None
    least: float | None = None
    officers: tuple[User, ...] = ()
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.act in HANDED:
            Handover(HANDED[self.act], self.why, self.note, self.until, self.fields)
        if (self.act == Act.ASSIGN) != bool(self.officers):
            raise ValueError("work is assigned to officers, and only then")
        if (self.act == Act.SAME) != (self.least in LEAST):
            raise ValueError("the same person is told by one of the probabilities offered")


@transaction.atomic
def draft(item_ids: Sequence[int], wanted: Wanted, *, by: User, query: str = "") -> BulkDecision:
    """Keep what shall be done with which items as they stand now, for the preview; writes nothing else."""
    BulkDecision.objects.filter(by=by, state=State.SHOWN, at__lt=timezone.now() - KEPT).delete()
    bulk = BulkDecision.objects.create(
        act=wanted.act,
        why=wanted.why,
        fields=list(wanted.fields),
        note=wanted.note,
        until=wanted.until,
        least=wanted.least,
        officers=[officer.pk for officer in wanted.officers],
        query=query[:2000],
        by=by,
    )
    turns = bulk_facts.Turns(wanted.officers)
    rows = []
    for fact in bulk_facts.facts(item_ids[:MOST], by):
        officer = turns.take(fact.commune_id) if wanted.officers else None
        why = bulk_facts.skip(bulk, fact, officer)
        rows.append(BulkItem(bulk=bulk, item_id=fact.item_id, officer=officer, seen=fact.seen, skip=why))
    BulkItem.objects.bulk_create(rows, batch_size=2000)
    return bulk


@transaction.atomic
def go(bulk: BulkDecision, *, by: User) -> BulkDecision:
    """Go on from the preview: RUNNING, for a job to do, or ASKED, where a second person has to agree first.

    WrongState where nothing is left to do, or somebody went on already.
    """
    held = _held(bulk, State.SHOWN)
    n = held.items.filter(skip=Skip.NO).count()
    if not n or held.by_id != by.pk:
        raise WrongState(held.get_state_display())
    kind = ChangeSet.Kind.MATCH if held.act == Act.SAME else ChangeSet.Kind.HANDOVER
    held.change_set = ChangeSet.objects.create(kind=kind, planned_by=by, reason=reason_of(held))
    held.save(update_fields=["change_set"])
    if held.act == Act.SAME and n > consents.ALONE:
        consents.ask(held.change_set, by=by)
        held.state = State.ASKED
    else:
        _begin(held)
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def answer(bulk: BulkDecision, *, by: User, is_yes: bool, reason: str = "") -> BulkDecision:
    """The second person's word on "same person" for many. SamePerson where it is the first."""
    held = _held(bulk, State.ASKED)
    consent = consents.note(held.change_set_id, by=by, is_yes=is_yes, reason=reason)
    if is_yes:
        _begin(held)
    else:
        changes.discard(consent.change_set)
        held.state = State.REFUSED
    held.save(update_fields=["state"])
    return held


def _begin(held: BulkDecision) -> None:
    """From now on portions are put into the change set; it can be taken back whatever has been done of it."""
    ChangeSet.objects.filter(bulk=held).update(
        state=ChangeSet.State.APPLIED, applied_by=held.by, applied_at=timezone.now()
    )
    held.state = State.RUNNING


@transaction.atomic
def finish(bulk_id: int) -> None:
    """All portions were done, or the job stopped: what was done stays done, and can be taken back."""
    BulkDecision.objects.filter(pk=bulk_id, state=State.RUNNING).update(state=State.DONE)


@transaction.atomic
def ask_undo(bulk: BulkDecision, *, by: User) -> BulkDecision:
    """Take all of it back: UNDOING, for a job to do, or UNDO_ASKED for more than consents.ALONE.

    WrongState while portions are being done, or where it was taken back.
    """
    held = _held(bulk, State.DONE)
    if held.job is not None and held.job.is_open:
        raise WrongState(held.get_state_display())
    held.undo_agreed_by = None
    held.save(update_fields=["undo_agreed_by"])
    _UNDO.ask(held, held.items.filter(is_done=True).count(), by=by)
    return held


@transaction.atomic
def answer_undo(bulk: BulkDecision, *, by: User, is_yes: bool) -> BulkDecision:
    """The second person's word on taking it back. SamePerson where it is the first."""
    held = _held(bulk, State.UNDO_ASKED)
    _UNDO.answer(held, by=by, is_yes=is_yes)
    if is_yes:
        held.undo_agreed_by = by
        held.save(update_fields=["undo_agreed_by"])
    return held


@transaction.atomic
def withdraw(bulk: BulkDecision, *, by: User) -> BulkDecision:
    """Who asked thinks better of it before anybody has answered: of doing it, or of taking it back.

    NotAsker where it is somebody else's, WrongState where nobody is asked any more.
    """
    held = _held(bulk, State.ASKED, State.UNDO_ASKED)
    if held.state == State.UNDO_ASKED:
        _UNDO.withdraw(held, by=by)
        return held
    consents.withdraw(Consent.objects.get(change_set=held.change_set_id), by=by)
    held.state = State.WITHDRAWN
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def finish_undo(bulk_id: int) -> None:
    """Everything was taken back that could be."""
    held = BulkDecision.objects.select_for_update().get(pk=bulk_id)
    if held.state != State.UNDOING:
        return
    ChangeSet.objects.filter(bulk=held).update(
        state=ChangeSet.State.UNDONE, undone_by=held.undo_asked_by, undone_at=timezone.now()
    )
    held.state = State.UNDONE
    held.save(update_fields=["state"])


def asked_of(user: User) -> QuerySet[BulkDecision]:
    """What waits for a second person in the office of a senior reviewer."""
    waiting = BulkDecision.objects.filter(state__in=[State.ASKED, State.UNDO_ASKED])
    if user.office_id:
        return waiting.filter(by__office=user.office_id)
    return waiting.filter(by__commune=user.commune_id) if user.commune_id else waiting


def may_undo(bulk: BulkDecision, user: User) -> bool:
    """Whoever decided, or a senior reviewer."""
    return user.may_review and (bulk.by_id == user.pk or user.has_role(Role.SENIOR_REVIEWER))


def reason_of(bulk: BulkDecision) -> str:
    """The reason as it stands with what was changed."""
    return bulk.note or told(bulk.why, bulk.fields) or str(Act(bulk.act).label)


def _held(bulk: BulkDecision, *states: BulkDecision.State) -> BulkDecision:
    held = BulkDecision.objects.select_for_update(of=("self",)).select_related("by", "job").get(pk=bulk.pk)
    if held.state not in states:
        raise WrongState(held.get_state_display())
    return held
