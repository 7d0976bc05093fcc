"""What changed records bear on: directly, and through what plots share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Model

from parcels.models import Certificate, LandUser

from .. import classification
from ..models import Change, ChangeSet, Verification, WorkItem
from .records import touched

#: Records at hand, by the label of their model and their id.
Records = Mapping[tuple[str, int], Model]


class Touched(NamedTuple):
    """What a change set's records bear on, directly."""

    land_users: set[int]
    plots: set[int]
    certificates: set[int]


def touched_by(changes: Collection[Change], known: Records = MappingProxyType({})) -> Touched:
    """What the records of changes bear on, directly; those `known` as they stand are not read again."""
    by_model: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        by_model[change.model].add(change.record_id)
    land_users: set[int] = set()
    plots: set[int] = set()
    for label, ids in by_model.items():
        people, ground = touched(label, ids, known)
        land_users |= people
        plots |= ground
    # A telephone number says nothing of who somebody is: only the plots are judged again.
    land_users -= (silent := _only_phones(changes))
    plots |= held(silent)
    land_users |= _asked_or_answered(changes, known) | _told_by_police(changes)
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


def reach_of(changes: Collection[Change], known: Records = MappingProxyType({})) -> set[int]:
    """The plots that the records of changes bear on as they stand now, also through what plots share.

    `known` as in `touched_by`.
    """
    return reach(*touched_by(changes, known))


def land_users_of(change_set: ChangeSet) -> set[int]:
    """The land users that a change set's records bear on."""
    return touched_by(list(change_set.changes.all())).land_users


def of_field(model: type[Model], field: str, changes: Iterable[Change]) -> list[Change]:
    """The changes of one field of one model."""
    label = model._meta.label_lower
    return [change for change in changes if change.model == label and change.field == field]


def _only_phones(changes: Iterable[Change]) -> set[int]:
    """Land users of whom nothing but the telephone number changed."""
    fields: dict[int, set[str]] = defaultdict(set)
    for change in changes:
        if change.model == LandUser._meta.label_lower:
            fields[change.record_id].add(change.field)
    return {pk for pk, changed in fields.items() if changed == {"phone"}}


def _told_by_police(changes: Iterable[Change]) -> set[int]:
    """Land users of whom the police say something else now."""
    items = [change.record_id for change in of_field(WorkItem, "police_word", changes)]
    return (
        set(WorkItem.objects.filter(pk__in=items).values_list("land_user_id", flat=True)) if items else set()
    )


def _asked_or_answered(changes: Iterable[Change], known: Records) -> set[int]:
    """Land users to match again after a hand-over: those who come to wait with the police, or no longer do,
    and those back at the desk of whom nobody has to judge anything."""
    handed = of_field(WorkItem, "waits_with", changes)
    ends = {change.record_id: {change.old, change.new} for change in handed}
    label = WorkItem._meta.label_lower
    items: list[Any] = [known[label, pk] for pk in ends if (label, pk) in known]
    # By their ids, known by now: asked with a subquery for them, the database read every work item there is.
    if unread := ends.keys() - {item.pk for item in items}:
        items += WorkItem.objects.filter(pk__in=unread).only("land_user", "waits_with", "outcome")
    judged = {Verification.Outcome.MISMATCH.value, Verification.Outcome.AMBIGUOUS.value}
    police, desk = WorkItem.With.POLICE.value, WorkItem.With.DESK.value
    return {
        item.land_user_id
        for item in items
        if police in ends[item.pk] or (item.waits_with == desk and item.outcome not in judged)
    }
