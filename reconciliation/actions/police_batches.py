"""A list for the police: chosen by a filter, frozen, agreed to, handed out, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from landdb.models import User
from landdb.models.territory import InTerritory

from ..models import ChangeSet, Verification, VerificationBatch, VerificationLine
from . import changes, consents
from .changes import WrongState
from .consents import TakingBack

State, Line = VerificationBatch.State, VerificationLine.State
_BACK = TakingBack(State.ISSUED, State.BACK_ASKED, State.WITHDRAWING, "back_asked_by")
Outcome = Verification.Outcome

#: Whom the police can be asked about: the registry does not say who they are, or says it otherwise.
OUTCOMES = (Outcome.NOT_FOUND, Outcome.AMBIGUOUS, Outcome.MISMATCH, Outcome.UNVERIFIABLE)
#: Where a list stands that is begun, and has not reached the police.
_ON_ITS_WAY = (State.FREEZING, State.SHOWN, State.ASKED, State.ISSUING)
#: People in one list at most: one workbook of answers holds no more rows.
MOST = 50_000


class Empty(Exception):
    """The filter finds nobody who can be asked about."""


class TooMany(Exception):
    """More people than one list may hold."""


class AskedAgain(Exception):
    """Another list, `again`, is on its way to ask the unanswered again."""

    def __init__(self, again: VerificationBatch) -> None:
        super().__init__(again.number)
        self.again = again


class FirstTakenBack(Exception):
    """The list whose unanswered people one would ask again, `first`, is not with the police any more."""

    def __init__(self, first: VerificationBatch) -> None:
        super().__init__(first.number)
        self.first = first


class Moved(Exception):
    """Another number of people is unanswered by now than the page showed."""


class OutOfReach(Exception):
    """Unanswered people of the list live outside the territory of who wants to steer it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to ask about, why that is allowed, and until when. ValueError where nothing is chosen."""

    outcomes: tuple[str, ...]
    communes: tuple[int, ...]
    purpose: str
    legal_basis: str
    due_on: dt.date
    split: VerificationBatch.Split

    def __post_init__(self) -> None:
        if not self.outcomes or not {*self.outcomes} <= {outcome.value for outcome in OUTCOMES}:
            raise ValueError("a list needs at least one of the outcomes that the police can be asked about")


def chosen(user: User, outcomes: Collection[str], communes: Collection[int]) -> InTerritory[Verification]:
    """Verifications of the filter within the user's territory that the police do not have yet."""
    found = Verification.objects.visible_to(user).filter(outcome__in=list(outcomes))
    return found.filter(commune__in=list(communes)) if communes else found


@transaction.atomic
def draft(wanted: Wanted, *, by: User) -> VerificationBatch:
    """Begin a list; a job freezes it. Empty or TooMany where the filter is of no use."""
    n = chosen(by, wanted.outcomes, wanted.communes)[: MOST + 1].count()
    if not n:
        raise Empty
    if n > MOST:
        raise TooMany
    return VerificationBatch.objects.create(
        split=wanted.split,
        purpose=wanted.purpose,
        legal_basis=wanted.legal_basis,
        due_on=wanted.due_on,
        outcomes=sorted(wanted.outcomes),
        communes=sorted(wanted.communes),
        by=by,
    )


@transaction.atomic
def reissue(batch: VerificationBatch, due_on: dt.date, *, by: User) -> VerificationBatch:
    """Begin a list of those whom another one got no answer about; a job freezes it anew.

    WrongState where that one is not with the police, AskedAgain where another list asks them already, Empty
    where everybody is answered.
    """
    held = held_in(batch, State.ISSUED)
    _check_alone(held)
    if not held.lines.filter(state=Line.WAITING).exists():
        raise Empty
    return VerificationBatch.objects.create(
        split=held.split,
        purpose=held.purpose,
        legal_basis=held.legal_basis,
        due_on=due_on,
        outcomes=held.outcomes,
        communes=held.communes,
        by=by,
        reissue_of=held,
    )


@transaction.atomic
def go(batch: VerificationBatch, *, by: User) -> VerificationBatch:
    """Go on from the preview: ISSUING, for a job, or ASKED where people of more than one commune leave.

    WrongState where nobody stands in it, somebody went on already, or another person began it; FirstTakenBack
    where it asks again about a list that was withdrawn meanwhile.
    """
    held = held_in(batch, State.SHOWN)
    _check_first(held)
    if held.by_id != by.pk or not held.lines.exists():
        raise WrongState(held.get_state_display())
    held.change_set = ChangeSet.objects.create(
        kind=ChangeSet.Kind.HANDOVER, planned_by=by, reason=held.purpose
    )
    if needs_second(held):
        consents.ask(held.change_set, by=by)
        held.state = State.ASKED
    else:
        _begin(held)
    held.save(update_fields=["change_set", "state"])
    return held


def needs_second(batch: VerificationBatch) -> bool:
    """Personal data of more than one commune leave the house."""
    return batch.lines.order_by().values("commune").distinct()[:2].count() > 1


@transaction.atomic
def answer(batch: VerificationBatch, *, by: User, is_yes: bool, reason: str = "") -> VerificationBatch:
    """The second person's word. SamePerson where it is the first, FirstTakenBack as in `go`."""
    held = held_in(batch, State.ASKED)
    if is_yes:
        _check_first(held)
    consent = consents.note(held.change_set_id, by=by, is_yes=is_yes, reason=reason)
    if is_yes:
        _begin(held)
    else:
        changes.discard(consent.change_set)
        held.state = State.REFUSED
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def drop(batch: VerificationBatch, *, by: User) -> None:
    """Throw a preview away; its frozen lines with it, since nobody has seen them."""
    held = held_in(batch, State.SHOWN)
    held.lines.all().delete()
    held.state = State.DROPPED
    held.save(update_fields=["state"])


@transaction.atomic
def take_back(batch: VerificationBatch, *, by: User) -> None:
    """Who asked for a second person's yes asks no more. WrongState where somebody has answered, or where
    another person asked."""
    held = held_in(batch, State.ASKED)
    if held.by_id != by.pk:
        raise WrongState(held.get_state_display())
    changes.discard(ChangeSet.objects.get(verification_batch=held))
    held.state = State.DROPPED
    held.save(update_fields=["state"])


def give_up(batch_id: int) -> None:
    """The freezing broke off: what was begun is thrown away."""
    VerificationBatch.objects.filter(pk=batch_id, state=State.FREEZING).update(state=State.DROPPED)


@transaction.atomic
def withdraw(batch: VerificationBatch, *, by: User, seen: int | None = None) -> VerificationBatch:
    """Take the unanswered people back to where they were: WITHDRAWING, for a job to do, or BACK_ASKED where
    they are more than consents.ALONE.

    `seen` is how many the page said they are (None: not asked). WrongState where the list is not with the
    police, AskedAgain where another list is about to ask them again, Moved where they are another number now.
    """
    held = held_in(batch, State.ISSUED)
    _check_alone(held)
    waiting = unanswered(held)
    if seen is not None and waiting != seen:
        raise Moved
    _BACK.ask(held, waiting, by=by)
    return held


@transaction.atomic
def answer_withdrawal(batch: VerificationBatch, *, by: User, is_yes: bool) -> VerificationBatch:
    """The second person's word on taking people back. SamePerson where it is the first, OutOfReach where some
    of the people are none of theirs."""
    held = held_in(batch, State.BACK_ASKED)
    if reaches_beyond(held, by):
        raise OutOfReach
    _BACK.answer(held, by=by, is_yes=is_yes)
    return held


def unanswered(batch: VerificationBatch) -> int:
    """People of a list whom the police have not answered about."""
    return batch.lines.filter(state=Line.WAITING).count()


def on_its_way(batch: VerificationBatch) -> VerificationBatch | None:
    """The list that is about to ask the unanswered of this one again."""
    return batch.reissues.filter(state__in=_ON_ITS_WAY).order_by("pk").first()


def reaches_beyond(batch: VerificationBatch, user: User) -> bool:
    """Are there unanswered people outside the user's territory? Then it is not theirs to steer."""
    within = user.commune_ids()
    if within is None:
        return False
    return batch.lines.filter(state=Line.WAITING).exclude(commune__in=within).exists()


def _check_alone(held: VerificationBatch) -> None:
    if again := on_its_way(held):
        raise AskedAgain(again)


def _check_first(held: VerificationBatch) -> None:
    """The list before, locked, so that nobody withdraws it meanwhile."""
    if held.reissue_of_id is None:
        return
    first = VerificationBatch.objects.select_for_update(of=("self",)).get(pk=held.reissue_of_id)
    if first.state != State.ISSUED:
        raise FirstTakenBack(first)


def _begin(held: VerificationBatch) -> None:
    """From now on portions are put into the change set."""
    ChangeSet.objects.filter(verification_batch=held).update(
        state=ChangeSet.State.APPLIED, applied_by=held.by, applied_at=timezone.now()
    )
    held.state = State.ISSUING


def held_in(batch: VerificationBatch, state: VerificationBatch.State) -> VerificationBatch:
    """The batch, locked; WrongState where it is in another state."""
    held = VerificationBatch.objects.select_for_update(of=("self",)).select_related("by").get(pk=batch.pk)
    if held.state != state:
        raise WrongState(held.get_state_display())
    return held
