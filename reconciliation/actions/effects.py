"""What follows from changed records: only what was touched is reconciled and classified again, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from parcels.models import Holding, LandUser

from .. import classification, matching
from ..models import ChangeSet, GroupMove
from .records import touched

_CAUSES = {
    ChangeSet.Kind.IMPORT: GroupMove.Cause.IMPORT,
    ChangeSet.Kind.MATCH: GroupMove.Cause.MATCH,
    ChangeSet.Kind.CORRECTION: GroupMove.Cause.CORRECTION,
    ChangeSet.Kind.WAIVER: GroupMove.Cause.WAIVER,
    ChangeSet.Kind.CONFIRM: GroupMove.Cause.CORRECTION,
}


def cause_of(change_set: ChangeSet) -> GroupMove.Cause:
    """What the ledger names as the cause of moves that a change set brings."""
    return _CAUSES[ChangeSet.Kind(change_set.kind)]


def follow(change_set: ChangeSet, cause: GroupMove.Cause) -> None:
    """Reconcile and classify again what a change set's records bear on, in the same transaction."""
    by_model: dict[str, set[int]] = defaultdict(set)
    for label, record_id in change_set.changes.values_list("model", "record_id"):
        by_model[label].add(record_id)
    land_users: set[int] = set()
    plots: set[int] = set()
    for label, ids in by_model.items():
        people, ground = touched(label, ids)
        land_users |= people
        plots |= ground
    again(sorted(land_users), sorted(plots), cause, change_set)


def again(
    land_users: Sequence[int],
    plots: Sequence[int],
    cause: GroupMove.Cause,
    change_set: ChangeSet | None = None,
) -> None:
    """Reconcile these land users again, then classify their plots, these plots, and those that share with them."""
    known = list(LandUser.objects.filter(pk__in=land_users).values_list("pk", flat=True))
    if known:
        matching.refresh(known)
    ground = set(plots) | set(Holding.objects.filter(land_user__in=known).values_list("plot_id", flat=True))
    ground |= set(classification.plots_sharing(sorted(ground)))
    if ground:
        classification.refresh(sorted(ground), cause=cause, change_set=change_set)
