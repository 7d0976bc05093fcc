"""What the office says of single rows of a workbook: yes, no with a coded reason, or nothing yet."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from landdb.models import User
from parcels.importers.form01 import problems

from ..models import CorrectionBatch, CorrectionRow
from .upload_policy import KINDS, Policy
from .upload_reading import held_in

State = CorrectionBatch.State

#: The coded reasons for which the office refuses a row, as they go back to the commune with their mend.
REFUSALS = (
    problems.REFUSED_NO_PAPERS,
    problems.REFUSED_BY_CERTIFICATE,
    problems.REFUSED_BY_REGISTRY,
    problems.REFUSED_OTHER_PERSON,
    problems.REFUSED_OTHER_PLOT,
    problems.REFUSED_SEE_NOTE,
)
#: The reason that says nothing without a note.
SEE_NOTE = problems.REFUSED_SEE_NOTE


class JudgedSince(Exception):
    """Somebody else spoke of the row since it was shown."""


class ForDeskAlone(Exception):
    """Another land user on a holding is never approved in a workbook."""


@transaction.atomic
def approve_row(line: CorrectionRow, *, by: User, seen: str) -> CorrectionRow:
    """A yes to this row, which goes in once the workbook is approved."""
    held = _held(line, seen)
    if KINDS[held.kind].policy == Policy.DESK:
        raise ForDeskAlone
    return _say(held, by, is_approved=True)


@transaction.atomic
def refuse_row(line: CorrectionRow, why: str, note: str, *, by: User, seen: str) -> CorrectionRow:
    """A no, for one of REFUSALS: the row stays out whatever else is approved, and goes back with the note."""
    if why not in REFUSALS:
        raise ValueError(f"{why!r} is no reason to refuse a row")
    return _say(_held(line, seen), by, why=why, note=note)


@transaction.atomic
def unsay(line: CorrectionRow, *, by: User) -> CorrectionRow:
    """Take one's word on a row back: it is undecided again."""
    held = _held(line, line.seen)
    if held.judged_by_id != by.pk:
        raise JudgedSince
    return _say(held, None)


@transaction.atomic
def tick(batch: CorrectionBatch, line_ids: Collection[int], *, by: User, is_approved: bool) -> int:
    """Say yes to single rows, or take it back; how many. What only the desk decides stays out."""
    held = held_in(batch, State.WAITING)
    desk = [key for key, kind in KINDS.items() if kind.policy == Policy.DESK]
    rows = held.lines.filter(pk__in=list(line_ids), state=CorrectionRow.State.PROPOSED).exclude(kind__in=desk)
    if not is_approved:
        return rows.filter(is_approved=True).update(is_approved=False, judged_by=None, judged_at=None)
    # Who said yes first stays named.
    rows.filter(is_approved=False).update(
        is_approved=True, why="", note="", judged_by=by, judged_at=timezone.now()
    )
    return rows.count()


def last_word(batch: CorrectionBatch, *, by: User) -> CorrectionRow | None:
    """The row on which somebody spoke last, while the workbook waits: what "take back" takes back."""
    said = batch.lines.filter(state=CorrectionRow.State.PROPOSED, judged_by=by)
    return said.order_by("-judged_at", "-pk").first() if batch.state == State.WAITING else None


def _held(line: CorrectionRow, seen: str) -> CorrectionRow:
    """The row of a workbook that waits, as it was shown."""
    batch = held_in(line.batch, State.WAITING)
    held = batch.lines.select_for_update().get(pk=line.pk)
    if held.state != CorrectionRow.State.PROPOSED or held.seen != seen:
        raise JudgedSince
    return held


def _say(
    held: CorrectionRow, by: User | None, *, is_approved: bool = False, why: str = "", note: str = ""
) -> CorrectionRow:
    held.is_approved, held.why, held.note = is_approved, why, note[:300]
    held.judged_by, held.judged_at = by, timezone.now() if by else None
    held.save(update_fields=["is_approved", "why", "note", "judged_by", "judged_at"])
    return held
