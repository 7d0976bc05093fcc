"""Staff confirm that plots of group 3 must be built anew: one, or those of a list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from landdb.models import User

from ..models import Change, ChangeSet, Decision, PlotStatus
from ..models.groups import Group
from . import changes
from .changes import FieldChange

#: Plots confirmed in one change set: as many as somebody can answer for, and take back while they wait.
MOST = 1_000


@transaction.atomic
def confirm(status: PlotStatus, *, by: User, reason: str) -> Decision:
    """Confirm one plot. WrongState where it is no longer an unconfirmed one of group 3."""
    return confirm_all([status.plot_id], by=by, reason=reason, commune_id=status.commune_id)


@transaction.atomic
def confirm_all(plot_ids: Sequence[int], *, by: User, reason: str, commune_id: int | None = None) -> Decision:
    """Confirm these plots in one change set.

    WrongState where one of them is not in group 3 or was confirmed meanwhile, or where they are more than
    MOST: what was shown is confirmed whole or not at all.
    """
    ids = sorted(set(plot_ids))
    waiting = PlotStatus.objects.filter(pk__in=ids, group=Group.REBUILD, confirmed_at__isnull=True)
    held = list(waiting.select_for_update().order_by("pk"))
    if not held or len(held) < len(ids) or len(held) > MOST:
        raise changes.WrongState(str(len(held)))
    now = timezone.now()
    wanted = [
        change
        for status in held
        for change in (
            FieldChange(status, "confirmed_by_id", by.pk),
            FieldChange(status, "confirmed_at", now),
        )
    ]
    change_set = changes.plan(ChangeSet.Kind.CONFIRM, wanted, by=by, commune=commune_id, reason=reason)
    changes.apply(change_set, by=by)
    return Decision.objects.create(
        kind=Decision.Kind.CONFIRM_REBUILD,
        change_set=change_set,
        commune_id=commune_id,
        by=by,
        reason=reason,
    )


def stamp(status: PlotStatus) -> str:
    """What whoever ticks a plot has seen of it: its group, since when, and the rules that put it there."""
    seen = (status.group, status.since.isoformat(), sorted(status.rules), sorted(status.unjudged))
    return hashlib.blake2s(repr(seen).encode(), digest_size=8).hexdigest()


@transaction.atomic
def confirm_chosen(
    seen: Mapping[int, str], *, within: QuerySet[PlotStatus], by: User, reason: str
) -> tuple[Decision | None, int]:
    """Confirm those of the ticked plots (id → stamp) that are still as they were shown, in one change set.

    `within` are the plots that the user may confirm. Returns the decision, None where nothing was left to
    confirm, and how many plots were left out. WrongState where they are more than MOST.
    """
    if len(seen) > MOST:
        raise changes.WrongState(str(len(seen)))
    waiting = within.filter(pk__in=list(seen), group=Group.REBUILD, confirmed_at__isnull=True)
    held = waiting.select_for_update(of=("self",)).order_by("pk")
    ids = [status.pk for status in held if stamp(status) == seen[status.pk]]
    decision = confirm_all(ids, by=by, reason=reason) if ids else None
    return decision, len(seen) - len(ids)


def plots_of(decision: Decision) -> set[int]:
    """The plots that a confirmation is about."""
    changed = Change.objects.filter(
        change_set=decision.change_set_id, model=PlotStatus._meta.label_lower, field="confirmed_at"
    )
    return set(changed.values_list("record_id", flat=True))
