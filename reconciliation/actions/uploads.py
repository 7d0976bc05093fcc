"""A commune's workbook: read and rehearsed, sent, approved, applied as one set, taken back."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.collector import without_collector
from landdb.intake import keeping
from landdb.models import AccessLog, AdminUnit, Delivery, ReceivedFile, User
from parcels import geometry
from parcels.importers import form01

from .. import classification
from ..models import CorrectionBatch, CorrectionRow, Decision, GroupMove
from . import bearing, changes, deliveries, effects, upload_carry, upload_columns, upload_lines
from .upload_plan import Tell
from .upload_policy import KINDS, Policy, going
from .upload_reading import (
    choose,
    count,
    give_up,
    held_in,
    moves,
    plan,
    read,
    rehearse,
    silent,
)

__all__ = [
    "NothingToSend", "StillInConflict", "approve", "ask_undo", "carry_out", "choose", "drop", "give_up",
    "read", "receive", "rehearse", "send", "send_back", "take_back",
]  # fmt: skip

State = CorrectionBatch.State


class StillInConflict(Exception):
    """Cells that two sides changed differently wait for somebody's choice."""


class NothingToSend(Exception):
    """No row of the workbook would change anything."""


@transaction.atomic
def receive(
    upload: UploadedFile[Any], commune: AdminUnit, *, by: User, clears: bool = False, clear_reason: str = ""
) -> CorrectionBatch:
    """Keep a workbook as it came; it will be read by a job. `clears`: empty cells take values away."""
    path, digest, size = keeping.keep(upload.chunks(), Path(upload.name or "").suffix.lower()[:8])
    file = ReceivedFile.objects.create(
        kind=ReceivedFile.Kind.REGISTER,
        name=Path(upload.name or "").name[:255],
        sha256=digest,
        size=size,
        path=path.name,
        received_by=by,
        commune=commune,
    )
    AccessLog.objects.create(
        user=by, action=AccessLog.Action.UPLOAD, subject="workbook", subject_id=file.pk, commune=commune
    )
    return CorrectionBatch.objects.create(
        commune=commune, file=file, uploaded_by=by, clears=clears, clear_reason=clear_reason[:300]
    )


@transaction.atomic
def send(batch: CorrectionBatch, *, by: User) -> CorrectionBatch:
    """Put the good rows before the office. Where none of them needs a yes, they are applied at once."""
    held = held_in(batch, State.CHECKED)
    if held.lines.filter(state=CorrectionRow.State.CONFLICT).exists():
        raise StillInConflict
    waiting = held.lines.filter(state=CorrectionRow.State.PROPOSED)
    kinds = set(waiting.values_list("kind", flat=True).distinct())
    if not kinds:
        raise NothingToSend
    held.state, held.sent_at = State.WAITING, timezone.now()
    if all(KINDS[kind].policy == Policy.FREE for kind in kinds):
        waiting.update(is_approved=True)
        held.state, held.decided_by, held.decided_at = State.APPLYING, by, timezone.now()
        held.reason = _("Không cần duyệt")
    held.save(update_fields=["state", "sent_at", "decided_by", "decided_at", "reason"])
    return held


@transaction.atomic
def drop(batch: CorrectionBatch) -> CorrectionBatch:
    """The commune gives this workbook up; nothing was written, nothing is."""
    held = CorrectionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state not in (State.UNREADABLE, State.ASKING, State.CHECKED, State.WAITING):
        raise changes.WrongState(held.get_state_display())
    held.state = State.DROPPED
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def approve(
    batch: CorrectionBatch, *, by: User, reason: str, kinds: Collection[str] | None = None
) -> CorrectionBatch:
    """A reviewer's yes to these kinds of change (None: to all that may be approved as a kind) and to the
    single rows that were ticked; a job then applies them. What needs no yes goes along.
    """
    held = held_in(batch, State.WAITING)
    if not going(held.lines.all(), kinds).update(is_approved=True):
        raise NothingToSend
    return _decided(held, State.APPLYING, by, reason)


@transaction.atomic
def send_back(batch: CorrectionBatch, *, by: User, reason: str) -> CorrectionBatch:
    """Back to the commune with a reason; nothing was written, nothing is."""
    return _decided(held_in(batch, State.WAITING), State.SENT_BACK, by, reason)


@without_collector()
@transaction.atomic
def carry_out(batch: CorrectionBatch, tell: Tell = silent) -> dict[str, int]:
    """Apply the approved rows whole: new records, then changes, then the plots are judged again."""
    held = CorrectionBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state != State.APPLYING or held.decided_by is None:
        return {}
    begun, before = timezone.now(), upload_carry.shares(held.commune)
    made = plan(
        held,
        picks=upload_lines.picks(held),
        shown=upload_lines.approved(held),
        answers=upload_columns.as_shown(held),
        tell=tell,
    )
    carried = upload_carry.carry_out(
        made, held.commune, held.file, by=held.decided_by, reason=held.reason, tell=tell
    )
    deliveries.judge_where_first(Delivery.Source.REGISTER, made.outcome.communes, begun, by=held.decided_by)
    Decision.objects.create(
        kind=Decision.Kind.APPLY_UPLOAD,
        change_set=carried.change_set,
        commune=held.commune,
        by=held.decided_by,
        reason=held.reason,
    )
    told = upload_lines.settle(held, made, carried)
    count(held.file, told)
    held.state, held.change_set = State.APPLIED, carried.change_set
    # What came of it, in place of what the rehearsal of all rows had shown.
    after = upload_carry.shares(held.commune)
    held.report |= {
        "added": made.outcome.added,
        "groups_before": before,
        **moves(carried),
        "groups_after": after,
    }
    held.annotated_path = ""
    held.save(update_fields=["state", "change_set", "report", "annotated_path"])
    return {"rows": told[CorrectionRow.State.APPLIED], "plots": len(carried.reach)}


@transaction.atomic
def ask_undo(batch: CorrectionBatch) -> CorrectionBatch:
    """A job takes the workbook back."""
    held = held_in(batch, State.APPLIED)
    held.state = State.UNDOING
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def take_back(batch: CorrectionBatch, *, by: User, tell: Tell = silent) -> dict[str, int]:
    """Undo an applied workbook: first its changes, then the records it brought; what others use stays."""
    held = CorrectionBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state not in (State.APPLIED, State.UNDOING) or held.change_set is None:
        raise changes.WrongState(held.get_state_display())
    added = held.report.get("added")
    people, plots, papers = form01.bears_on(held.file, added)
    tell("undo", 0, 0)
    kept = changes.undo(held.change_set, by=by, at_once=None)
    plots.update(classification.plots_of_certificates(sorted(papers)))
    shared = bearing.reach(people, plots, papers)
    counts = form01.undo(held.file, added=added, leaving=_leave)
    effects.again(people, shared, GroupMove.Cause.UNDO, held.change_set, at_once=None)
    counts["changes_kept"] = len(kept)
    held.state, held.report = State.UNDONE, held.report | {"kept": len(kept) + counts.get("kept", 0)}
    held.save(update_fields=["state", "report"])
    return counts


def _leave(plots: list[int]) -> None:
    """Plots that are about to go leave the ledger and the tallies first, and no longer lie over others."""
    overlapped = geometry.refresh(plots, only_known=True).touched
    classification.refresh(sorted(overlapped.union(plots)), cause=GroupMove.Cause.RETIRED)


def _decided(held: CorrectionBatch, state: CorrectionBatch.State, by: User, reason: str) -> CorrectionBatch:
    held.state, held.decided_by, held.decided_at, held.reason = state, by, timezone.now(), reason
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return held
