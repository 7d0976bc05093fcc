"""What follows from changed records: only what was touched is reconciled and classified again.

Up to AT_ONCE plots are judged in the same transaction; of more, those that the records stand on come first,
and the others are put off to a job that starts with the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db.models import Model, Q

from parcels import geometry
from parcels.models import Certificate, LandUser

from .. import classification, duplicates, matching
from ..classification import due
from ..models import Change, ChangeSet, GroupMove, Match, PlotStatus, Verification, WorkItem
from . import laid_by, words_back
from .beside import beside
from .records import touched

#: Plots judged while somebody waits for the page: the one corrected and twenty that it touches.
AT_ONCE = 21

_CAUSES = {
    ChangeSet.Kind.IMPORT: GroupMove.Cause.IMPORT,
    ChangeSet.Kind.MATCH: GroupMove.Cause.MATCH,
    ChangeSet.Kind.CORRECTION: GroupMove.Cause.CORRECTION,
    ChangeSet.Kind.WAIVER: GroupMove.Cause.WAIVER,
    ChangeSet.Kind.CONFIRM: GroupMove.Cause.CORRECTION,
    ChangeSet.Kind.MERGE: GroupMove.Cause.CORRECTION,
    ChangeSet.Kind.HANDOVER: GroupMove.Cause.POLICE,
    ChangeSet.Kind.POLICE: GroupMove.Cause.POLICE,
    ChangeSet.Kind.SCAN: GroupMove.Cause.CORRECTION,
}


class Touched(NamedTuple):
    """What a change set's records bear on, directly."""

    land_users: set[int]
    plots: set[int]
    certificates: set[int]


def cause_of(change_set: ChangeSet) -> GroupMove.Cause:
    """What the ledger names as the cause of moves that a change set brings."""
    return _CAUSES[ChangeSet.Kind(change_set.kind)]


def touched_by(changes: Collection[Change]) -> Touched:
    """What the records of changes bear on, directly."""
    by_model: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        by_model[change.model].add(change.record_id)
    land_users: set[int] = set()
    plots: set[int] = set()
    for label, ids in by_model.items():
        people, ground = touched(label, ids)
        land_users |= people
        plots |= ground
    # A telephone number says nothing of who somebody is: only the plots are judged again.
    land_users -= (silent := _only_phones(changes))
    plots |= held(silent)
    land_users |= _asked_or_answered(changes) | _told_by_police(changes)
    # Whoever gave or took a holding, or another's entry, has another number of plots now.
    ends = [each for each in changes if each.field in ("land_user_id", "merged_into_id")]
    moved = {pk for change in ends for pk in (change.old, change.new) if pk is not None}
    return Touched(land_users | moved, plots, by_model[Certificate._meta.label_lower])


def held(land_users: Iterable[int]) -> set[int]:
    """The plots that these land users hold."""
    return set(classification.plots_of_land_users(sorted(land_users)))


def reach(land_users: Iterable[int], plots: Iterable[int], certificates: Iterable[int] = ()) -> set[int]:
    """The plots that these land users hold, these plots, and those that share something with any of them."""
    people = set(land_users)
    own = held(people).union(plots)
    return own.union(classification.plots_sharing(sorted(own), land_users=people, certificates=certificates))


def reach_of(changes: Collection[Change]) -> set[int]:
    """The plots that the records of changes bear on as they stand now, also through what plots share."""
    return reach(*touched_by(changes))


def land_users_of(change_set: ChangeSet) -> set[int]:
    """The land users that a change set's records bear on."""
    return touched_by(list(change_set.changes.all())).land_users


def follow(
    change_set: ChangeSet,
    changes: Collection[Change],
    cause: GroupMove.Cause,
    before: Iterable[int] = (),
    *,
    at_once: int | None = AT_ONCE,
    also: tuple[Iterable[int], Iterable[int]] = ((), ()),
) -> None:
    """Reconcile and classify again what a change set's records bear on; `changes` are all of the set.

    `also`: further land users and plots, such as new ones, to be looked at together with them.

    `before` is their `reach_of` before the records were written: what they shared then is judged too.
    """
    land_users, plots, shared = _borne_on(changes, also)
    _keep_open(changes)
    opened = _opened(land_users) if cause == GroupMove.Cause.UNDO else {}
    # A word on a match alone moves nothing that plots share until the land user is matched again.
    is_word = all(change.model == Match._meta.label_lower for change in changes)
    again(
        land_users,
        plots,
        cause,
        change_set,
        before={*before, *shared},
        at_once=at_once,
        is_known=is_word and bool(before),
    )
    _give_back(opened)
    if confirmed := [change.record_id for change in _of(PlotStatus, "confirmed_at", changes)]:
        classification.confirmed(confirmed)


def foresee(
    changes: Collection[Change],
    before: Iterable[int],
    *,
    also: tuple[Iterable[int], Iterable[int]] = ((), ()),
) -> classification.Foreseen:
    """The groups to which changes that are carried out would lead; for who takes all of it back.

    The same people are reconciled and the same plots judged as by `follow`; nothing of that judgement is
    written: no findings, no moves, no counters.
    """
    land_users, plots, shared = _borne_on(changes, also)
    _keep_open(changes)
    return classification.foresee(_reconciled(land_users, plots, {*before, *shared}).shared)


def _borne_on(
    changes: Collection[Change], also: tuple[Iterable[int], Iterable[int]]
) -> tuple[set[int], set[int], set[int]]:
    """Land users to reconcile again, plots of which something changed, and plots that share with either."""
    land_users, plots, certificates = touched_by(changes)
    land_users, plots = land_users.union(also[0]), plots.union(also[1])
    shared = set(classification.plots_sharing([], certificates=certificates))
    if others := beside(changes) - land_users:
        shared |= reach(others, ())
        land_users |= others
    return land_users, plots, shared


def again(
    land_users: Iterable[int],
    plots: Iterable[int],
    cause: GroupMove.Cause,
    change_set: ChangeSet | None = None,
    *,
    before: Iterable[int] = (),
    at_once: int | None = AT_ONCE,
    is_known: bool = False,
) -> None:
    """Reconcile these land users again; classify their plots, these plots, and those that share with them.

    At most `at_once` plots in this transaction (None, for who works in a job: all), the others by a job.
    `before` is the reach of the records before they were written, with `is_known` also afterwards. What was
    merged into another is laid by; who of them is one person is looked at again at the end. Where an outline
    changed, or a plot was retired, geometry facts follow, and plots that it lay over are judged too.
    """
    named = set(land_users)
    is_undo = cause == GroupMove.Cause.UNDO
    known, ground, shared = _reconciled(named, plots, before, is_known=is_known, is_undo=is_undo)
    first = held(known) | ground if at_once is not None and len(shared) > at_once else shared
    _judge(shared, first, cause, change_set, at_once)
    duplicates.refresh(named)


class _Reconciled(NamedTuple):
    """Land users matched again, the ground on which something changed, and all plots to judge."""

    land_users: set[int]
    ground: set[int]
    shared: set[int]


def _reconciled(
    named: set[int],
    plots: Iterable[int],
    before: Iterable[int],
    *,
    is_known: bool = False,
    is_undo: bool = False,
) -> _Reconciled:
    """Match these land users again, those apart that stand for themselves no more.

    An undo gives the words back that what it takes back had opened.
    """
    known = set(LandUser.objects.live().filter(pk__in=named).values_list("pk", flat=True))
    laid_by.put_away(named - known)
    laid_by.bring_back(known)
    ground = set(plots)
    if ground:
        ground |= geometry.refresh(ground, only_known=True).touched
    shared = set(before)
    # Where nobody has said so, whom they share a resident with until they are matched again.
    if known and not shared:
        shared |= reach(known, ground)
    is_otherwise = matching.refresh(sorted(known))
    if is_undo and (again_decided := words_back.stand_again(known)):
        is_otherwise |= matching.refresh(sorted(again_decided))
    if is_otherwise or not is_known:
        shared |= reach(known, ground)
    return _Reconciled(known, ground, shared)


def _judge(
    plots: set[int],
    first: set[int],
    cause: GroupMove.Cause,
    change_set: ChangeSet | None,
    at_once: int | None,
) -> None:
    """Judge what there is time for, `first` ones before the others, and put off the rest."""
    if at_once is None or len(plots) <= at_once:
        now, later = sorted(plots), []
    else:
        order = [*sorted(plots & first), *sorted(plots - first)]
        now, later = order[:at_once], order[at_once:]
    if now:
        classification.refresh(now, cause=cause, change_set=change_set)
    if later:
        by = change_set.planned_by if change_set else None
        due.put_off(later, cause=cause, change_set=change_set, by=by)


def _of(model: type[Model], field: str, changes: Iterable[Change]) -> list[Change]:
    """The changes of one field of one model."""
    label = model._meta.label_lower
    return [change for change in changes if change.model == label and change.field == field]


def _keep_open(changes: Iterable[Change]) -> None:
    """What somebody has again is open again: taken back to the desk it may have been closed meanwhile."""
    if ids := [change.record_id for change in _of(WorkItem, "waits_with", changes)]:
        closed = WorkItem.objects.filter(pk__in=ids, state=WorkItem.State.DONE)
        closed.exclude(waits_with=WorkItem.With.DESK).update(state=WorkItem.State.OPEN, closed_at=None)


def _opened(land_users: Iterable[int]) -> dict[int, WorkItem]:
    """Closed work items of these land users. An undo gives back since when each was open, and who had it."""
    closed = WorkItem.objects.filter(land_user__in=land_users, state=WorkItem.State.DONE)
    return closed.only("opened_at", "assigned_to").in_bulk()


def _give_back(opened: Mapping[int, WorkItem]) -> None:
    """Those of them that are open now."""
    if opened:
        items = list(WorkItem.objects.open().filter(pk__in=opened))
        for item in items:
            item.opened_at, item.assigned_to_id = opened[item.pk].opened_at, opened[item.pk].assigned_to_id
        WorkItem.objects.bulk_update(items, ["opened_at", "assigned_to"], batch_size=1000)


def _only_phones(changes: Iterable[Change]) -> set[int]:
    """Land users of whom nothing but the telephone number changed."""
    fields: dict[int, set[str]] = defaultdict(set)
    for change in changes:
        if change.model == LandUser._meta.label_lower:
            fields[change.record_id].add(change.field)
    return {pk for pk, changed in fields.items() if changed == {"phone"}}


def _told_by_police(changes: Iterable[Change]) -> set[int]:
    """Land users of whom the police say something else now."""
    items = [change.record_id for change in _of(WorkItem, "police_word", changes)]
    return (
        set(WorkItem.objects.filter(pk__in=items).values_list("land_user_id", flat=True)) if items else set()
    )


def _asked_or_answered(changes: Iterable[Change]) -> set[int]:
    """Land users to match again after a hand-over: those who come to wait with the police, or no longer do,
    and those back at the desk of whom nobody has to judge anything."""
    handed = _of(WorkItem, "waits_with", changes)
    ends = {change.record_id: {change.old, change.new} for change in handed}
    if not ends:
        return set()
    asked = [pk for pk, both in ends.items() if WorkItem.With.POLICE.value in both]
    judged = [Verification.Outcome.MISMATCH, Verification.Outcome.AMBIGUOUS]
    # By their ids, known by now: asked with a subquery for them, the database read every work item there is.
    items = WorkItem.objects.filter(pk__in=list(ends))
    back = Q(waits_with=WorkItem.With.DESK) & ~Q(outcome__in=judged)
    return set(items.filter(back | Q(pk__in=asked)).values_list("land_user_id", flat=True))
