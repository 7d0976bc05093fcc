"""The portions in which a bulk decision is done and taken back.

All that it writes stands in one change set. A portion is one transaction: a second run finds it done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from landdb.models import User
from parcels.models import LandUser

from ..models import BulkDecision, BulkItem, Change, Decision, GroupMove, Match, Verification, WorkItem
from . import bearing, bulk_facts, changes, effects, handovers, matches
from .bulk import HANDED, Act, Skip, State, With, reason_of
from .changes import FieldChange
from .handovers import Handover

#: Items done in one transaction.
PORTION = 200


def portions(bulk: BulkDecision, *, is_done: bool) -> list[tuple[int, int]]:
    """First and last row of each portion that is not left out: those still to do, or those done."""
    rows = bulk.items.filter(skip=Skip.NO, is_done=is_done).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    return [(ids[n], ids[min(n + PORTION, len(ids)) - 1]) for n in range(0, len(ids), PORTION)]


@transaction.atomic
def carry_out(bulk: BulkDecision, first: int, last: int) -> dict[str, int]:
    """Do a portion: its rows that are still to do, but for those of whom something else stands by now."""
    if bulk.state not in (State.RUNNING, State.DONE) or bulk.change_set is None:
        return {}
    rows = list(bulk.items.filter(pk__range=(first, last), skip=Skip.NO, is_done=False).order_by("pk"))
    items = _lock([row.item_id for row in rows])
    facts = {fact.item_id: fact for fact in bulk_facts.facts(list(items), bulk.by)}
    candidates = _candidates(bulk, facts.values())
    officers = User.objects.in_bulk([row.officer_id for row in rows if row.officer_id])
    wanted: list[FieldChange] = []
    for row in rows:
        fact = facts.get(row.item_id)
        row.skip = bulk_facts.skip(bulk, fact, officers.get(row.officer_id or 0)) if fact else Skip.CLOSED
        if not row.skip and fact and fact.seen != row.seen:
            row.skip = Skip.CHANGED
        row.is_done = not row.skip
        if row.is_done and fact:
            wanted += _changes(bulk, items[row.item_id], row, candidates.get(fact.match_id or 0))
    changes.put_in(bulk.change_set, wanted)
    BulkItem.objects.bulk_update(rows, ["skip", "is_done"])
    done = [row.item_id for row in rows if row.is_done]
    _follow(bulk, done, _cause(bulk))
    return {"items": len(done), "skipped": len(rows) - len(done)}


@transaction.atomic
def take_back(bulk: BulkDecision, first: int, last: int) -> dict[str, int]:
    """Undo a portion; records that were changed since stay as they are."""
    if bulk.state != State.UNDOING or bulk.change_set is None:
        return {}
    rows = bulk.items.filter(pk__range=(first, last), is_done=True).order_by("pk")
    ids = list(rows.values_list("item_id", flat=True))
    items = _lock(ids)
    people = [item.land_user_id for item in items.values()]
    own = Q(model=WorkItem._meta.label_lower, record_id__in=ids)
    theirs = Q(
        model=Match._meta.label_lower,
        record_id__in=Match.objects.filter(land_user__in=people).values("pk"),
    )
    taken = changes.take_out(bulk.change_set, theirs if bulk.act == Act.SAME else own)
    _follow(bulk, ids, GroupMove.Cause.UNDO)
    kept = {change.record_id for change in taken if change.state == Change.State.KEPT}
    return {"items": len({change.record_id for change in taken}) - len(kept), "kept": len(kept)}


def _lock(item_ids: Sequence[int]) -> dict[int, WorkItem]:
    """The items with their land users locked, in the order in which everybody locks them."""
    people = LandUser.objects.filter(work_item__in=item_ids).order_by("pk")
    list(people.select_for_update(of=("self",)).values_list("pk", flat=True))
    return {
        item.pk: item for item in WorkItem.objects.select_for_update().filter(pk__in=item_ids).order_by("pk")
    }


def _candidates(bulk: BulkDecision, found: Iterable[bulk_facts.Fact]) -> dict[int, Match]:
    if bulk.act != Act.SAME:
        return {}
    ids = [fact.match_id for fact in found if fact.match_id]
    return {match.pk: match for match in Match.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def _changes(bulk: BulkDecision, item: WorkItem, row: BulkItem, match: Match | None) -> list[FieldChange]:
    if bulk.act == Act.ASSIGN:
        return [FieldChange(item, "assigned_to_id", row.officer_id)]
    if bulk.act == Act.FREE:
        return [FieldChange(item, "assigned_to_id", None)]
    if bulk.act == Act.SAME:
        if match is None:
            return []
        return matches.changes_of(match, Decision.Kind.SAME, by=bulk.by, reason=reason_of(bulk))
    handover = Handover(HANDED[Act(bulk.act)], bulk.why, bulk.note, bulk.until, tuple(bulk.fields))
    return list(handovers.changes_of(item, handover))


def _cause(bulk: BulkDecision) -> GroupMove.Cause:
    return GroupMove.Cause.MATCH if bulk.act == Act.SAME else GroupMove.Cause.POLICE


def _follow(bulk: BulkDecision, item_ids: Sequence[int], cause: GroupMove.Cause) -> None:
    """Reconcile and classify again whom a portion bears on: all of "same person"; of hand-overs those to or
    from the police, and those back at the desk of whom nobody has to judge anything."""
    of_portion = WorkItem.objects.filter(pk__in=item_ids)
    if bulk.act != Act.SAME:
        handed = Change.objects.filter(
            change_set=bulk.change_set_id, model=WorkItem._meta.label_lower, field="waits_with"
        ).filter(record_id__in=item_ids)
        asked = handed.filter(Q(old=With.POLICE.value) | Q(new=With.POLICE.value)).values("record_id")
        judged = [Verification.Outcome.MISMATCH, Verification.Outcome.AMBIGUOUS]
        back = Q(waits_with=With.DESK) & ~Q(outcome__in=judged) & Q(pk__in=handed.values("record_id"))
        of_portion = of_portion.filter(Q(pk__in=asked) | back)
    people = set(of_portion.values_list("land_user_id", flat=True))
    if people:
        before = bearing.reach(people, [])
        effects.again(people, [], cause, bulk.change_set, before=before, at_once=None)
