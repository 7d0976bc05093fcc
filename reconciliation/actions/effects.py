"""What follows from changed records: only what was touched is reconciled and classified again, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from parcels.models import Holding, LandUser

from .. import classification, duplicates, matching
from ..models import ChangeSet, GroupMove
from . import laid_by
from .records import touched

_CAUSES = {
    ChangeSet.Kind.IMPORT: GroupMove.Cause.IMPORT,
    ChangeSet.Kind.MATCH: GroupMove.Cause.MATCH,
    ChangeSet.Kind.CORRECTION: GroupMove.Cause.CORRECTION,
    ChangeSet.Kind.WAIVER: GroupMove.Cause.WAIVER,
    ChangeSet.Kind.CONFIRM: GroupMove.Cause.CORRECTION,
    ChangeSet.Kind.MERGE: GroupMove.Cause.CORRECTION,
}


def cause_of(change_set: ChangeSet) -> GroupMove.Cause:
    """What the ledger names as the cause of moves that a change set brings."""
    return _CAUSES[ChangeSet.Kind(change_set.kind)]


def reach_of(change_set: ChangeSet) -> set[int]:
    """The plots that a change set's records bear on as they stand now, also through what plots share."""
    return reach(*_touched(change_set))


def plots_of(change_set: ChangeSet) -> set[int]:
    """The plots that a change set's own records stand on."""
    land_users, plots = _touched(change_set)
    return plots.union(Holding.objects.filter(land_user__in=land_users).values_list("plot_id", flat=True))


def land_users_of(change_set: ChangeSet) -> set[int]:
    """The land users that a change set's records bear on."""
    return _touched(change_set)[0]


def follow(change_set: ChangeSet, cause: GroupMove.Cause, before: Iterable[int] = ()) -> None:
    """Reconcile and classify again what a change set's records bear on, in the same transaction.

    `before` is the `reach_of` the set before its records were written: what they shared then is judged too.
    """
    land_users, plots = _touched(change_set)
    again(land_users, plots | set(before), cause, change_set)


def again(
    land_users: Iterable[int],
    plots: Iterable[int],
    cause: GroupMove.Cause,
    change_set: ChangeSet | None = None,
) -> None:
    """Reconcile these land users again; classify their plots, these plots, and those that share with them.

    What was merged into another is laid by; who of them is one person is looked at again at the end.
    """
    named = set(land_users)
    known = set(LandUser.objects.live().filter(pk__in=named).values_list("pk", flat=True))
    laid_by.put_away(named - known)
    laid_by.bring_back(known)
    ground = set(plots)
    shared = reach(known, ground)
    if known:
        matching.refresh(sorted(known))
    shared |= reach(known, ground)
    if shared:
        classification.refresh(sorted(shared), cause=cause, change_set=change_set)
    duplicates.refresh(named)


def _touched(change_set: ChangeSet) -> tuple[set[int], set[int]]:
    by_model: dict[str, set[int]] = defaultdict(set)
    for label, record_id in change_set.changes.values_list("model", "record_id").distinct().order_by():
        by_model[label].add(record_id)
    land_users: set[int] = set()
    plots: set[int] = set()
    for label, ids in by_model.items():
        people, ground = touched(label, ids)
        land_users |= people
        plots |= ground
    # Whoever gave or took a holding, or another's entry, has another number of plots now.
    ends = change_set.changes.filter(field__in=["land_user_id", "merged_into_id"]).values_list("old", "new")
    return land_users.union(pk for pair in ends for pk in pair if pk is not None), plots


def reach(land_users: Iterable[int], plots: Iterable[int]) -> set[int]:
    """The plots that these land users hold, these plots, and those that share something with them."""
    held = set(Holding.objects.filter(land_user__in=list(land_users)).values_list("plot_id", flat=True))
    own = held.union(plots)
    return own | set(classification.plots_sharing(sorted(own)))
