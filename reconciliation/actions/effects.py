"""What follows from changed records: only what was touched is reconciled and classified again.

Up to AT_ONCE plots are judged in the same transaction; of more, those that the records stand on come first,
and the others are put off to a job that starts with the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from parcels import geometry
from parcels.models import LandUser

from .. import classification, duplicates, matching
from ..classification import due
from ..models import Change, ChangeSet, GroupMove, Match, PlotStatus, WorkItem
from . import bearing, laid_by, words_back
from .bearing import held, of_field, reach, touched_by
from .beside import beside

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


def cause_of(change_set: ChangeSet) -> GroupMove.Cause:
    """What the ledger names as the cause of moves that a change set brings."""
    return _CAUSES[ChangeSet.Kind(change_set.kind)]


def follow(
    change_set: ChangeSet,
    changes: Collection[Change],
    cause: GroupMove.Cause,
    before: Iterable[int] = (),
    *,
    at_once: int | None = AT_ONCE,
    also: tuple[Iterable[int], Iterable[int]] = ((), ()),
    known: bearing.Records = MappingProxyType({}),
) -> None:
    """Reconcile and classify again what a change set's records bear on; `changes` are all of the set.

    `also`: further land users and plots, such as new ones, to be looked at together with them. `known`:
    changed records at hand, as they stand now.

    `before` is their `reach_of` before the records were written: what they shared then is judged too.
    """
    land_users, plots, shared = borne_on(changes, also, known)
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
    if confirmed := [change.record_id for change in of_field(PlotStatus, "confirmed_at", changes)]:
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
    land_users, plots, shared = borne_on(changes, also)
    _keep_open(changes)
    return classification.foresee(_reconciled(land_users, plots, {*before, *shared}).shared)


def borne_on(
    changes: Collection[Change],
    also: tuple[Iterable[int], Iterable[int]] = ((), ()),
    known: bearing.Records = MappingProxyType({}),
) -> tuple[set[int], set[int], set[int]]:
    """Land users to reconcile again, plots of which something changed, and plots that share with either."""
    land_users, plots, certificates = touched_by(changes, known)
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
    reconciled = _reconciled(named, plots, before, is_known=is_known, is_undo=is_undo)
    _judge(reconciled, cause, change_set, at_once)
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
    known = standing(named)
    ground = set(plots)
    if ground:
        ground |= geometry.refresh(ground, only_known=True).touched
    shared = set(before)
    # Where nobody has said so, whom they share a resident with until they are matched again.
    if known and not shared:
        shared |= reach(known, ground)
    otherwise = matching.refresh(sorted(known))
    if is_undo and (again_decided := words_back.stand_again(known)):
        otherwise |= matching.refresh(sorted(again_decided))
    if otherwise or not is_known:
        shared |= reach(known, ground)
    return _Reconciled(known, ground, shared)


def standing(named: set[int]) -> set[int]:
    """Those of these land users that stand for themselves, with all that was derived for them; of the others
    it is put away."""
    known = set(LandUser.objects.live().filter(pk__in=named).values_list("pk", flat=True))
    laid_by.put_away(named - known)
    laid_by.bring_back(known)
    return known


def _judge(
    reconciled: _Reconciled,
    cause: GroupMove.Cause,
    change_set: ChangeSet | None,
    at_once: int | None,
) -> None:
    """Judge the plots there is time for, and put off the rest."""
    now, later = in_turn(reconciled.shared, reconciled.land_users, reconciled.ground, at_once)
    if now:
        classification.refresh(now, cause=cause, change_set=change_set)
    put_off(later, cause, change_set)


def in_turn(
    plots: set[int],
    land_users: Collection[int],
    ground: Collection[int] = (),
    at_once: int | None = AT_ONCE,
) -> tuple[list[int], list[int]]:
    """The plots to judge now, those that the records stand on before the others, and those of which there are
    too many for that; `at_once` as in `again`."""
    if at_once is None or len(plots) <= at_once:
        return sorted(plots), []
    first = held(land_users).union(ground)
    order = [*sorted(plots & first), *sorted(plots - first)]
    return order[:at_once], order[at_once:]


def put_off(plots: Collection[int], cause: GroupMove.Cause, change_set: ChangeSet | None) -> None:
    """Leave plots to a job that judges them."""
    if plots:
        by = change_set.planned_by if change_set else None
        due.put_off(plots, cause=cause, change_set=change_set, by=by)


def _keep_open(changes: Iterable[Change]) -> None:
    """What somebody has again is open again: taken back to the desk it may have been closed meanwhile."""
    if ids := [change.record_id for change in of_field(WorkItem, "waits_with", changes)]:
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
