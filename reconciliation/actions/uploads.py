"""A commune's workbook: read and rehearsed, sent, approved, applied as one set, taken back."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.intake import keeping, problems
from landdb.intake.outcome import Refused
from landdb.models import AccessLog, AdminUnit, Delivery, ReceivedFile, RowProblem, User
from parcels import geometry
from parcels.importers import form01
from parcels.importers.form01 import answers as headers

from .. import classification
from ..models import CorrectionBatch, CorrectionRow, Decision, GroupMove, Tally, Workbook
from . import changes, deliveries, effects, upload_lines, upload_plan
from .upload_lines import Line
from .upload_plan import Carried, Plan, Tell
from .upload_policy import KINDS, Policy

State = CorrectionBatch.State
#: Stored per file; every problem is counted, also beyond.
MOST_PROBLEMS = 10_000


class _Rehearsed(Exception):
    """Ends a rehearsal, so that nothing of it stays."""


class StillInConflict(Exception):
    """Cells that two sides changed differently wait for somebody's choice."""


class NothingToSend(Exception):
    """No row of the workbook would change anything."""


def _silent(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


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


def read(batch: CorrectionBatch, tell: Tell = _silent) -> None:
    """Rehearse the workbook and keep what came of every row; nothing else stays."""
    began = time.monotonic()
    picks = upload_lines.picks(batch)
    try:
        with transaction.atomic():
            made = _plan(batch, picks=picks, tell=tell)
            carried = upload_plan.carry_out(made, batch.commune, batch.file, by=batch.uploaded_by, tell=tell)
            told = upload_lines.lines(made, carried)
            report = _report(batch, made, carried, told)
            raise _Rehearsed
    except _Rehearsed:
        report["seconds"] = round(time.monotonic() - began, 1)
        _keep_report(batch, made, report, told, picks)
    except Refused as refused:
        batch.state, batch.message = State.UNREADABLE, str(refused)[:300]
        batch.save(update_fields=["state", "message"])


def rehearse(content: bytes, name: str, commune: AdminUnit, *, by: User) -> list[Line]:
    """What each row of a workbook would do, nothing being kept; Refused with a sentence where it is none."""
    told: list[Line] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"bieu{Path(name).suffix.lower()[:8]}"
        path.write_bytes(content)
        try:
            with transaction.atomic():
                file = ReceivedFile.objects.create(
                    kind=ReceivedFile.Kind.REGISTER,
                    name=name[:255],
                    sha256="",
                    size=len(content),
                    commune=commune,
                )
                made = upload_plan.plan(path, file, commune)
                carried = upload_plan.carry_out(made, commune, file, by=by)
                told = upload_lines.lines(made, carried)
                raise _Rehearsed
        except _Rehearsed:
            return told


@transaction.atomic
def remember_headers(batch: CorrectionBatch, answers: dict[str, str], *, by: User) -> None:
    """Keep what an official said that unknown headers mean; the workbook is then read again."""
    headers.remember(answers, batch.commune, by)
    batch.state = State.READING
    batch.save(update_fields=["state"])


@transaction.atomic
def choose(batch: CorrectionBatch, chosen: dict[int, dict[str, str]]) -> CorrectionBatch:
    """Say which side counts in cells of a conflict: line → field → side. The workbook is then read again."""
    held = _held(batch, State.CHECKED)
    for line in held.lines.select_for_update().filter(pk__in=list(chosen)):
        seen = {name: register for name, _given, register, _typed in line.cells}
        sides = {name: side for name, side in chosen[line.pk].items() if name in seen}
        line.picks |= {name: [side, seen[name]] for name, side in sides.items()}
        line.save(update_fields=["picks"])
    held.state = State.READING
    held.save(update_fields=["state"])
    return held


def give_up(batch_id: int) -> None:
    """A workbook whose reading failed is told apart from one that is still being read."""
    reading = CorrectionBatch.objects.filter(pk=batch_id, state=State.READING)
    reading.update(state=State.UNREADABLE, message=_("Việc đọc tệp bị dừng; hãy nộp lại tệp."))


@transaction.atomic
def send(batch: CorrectionBatch, *, by: User) -> CorrectionBatch:
    """Put the good rows before the office. Where none of them needs a yes, they are applied at once."""
    held = _held(batch, State.CHECKED)
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
    if held.state not in (State.ASKING, State.CHECKED, State.WAITING):
        raise changes.WrongState(held.get_state_display())
    held.state = State.DROPPED
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def tick(batch: CorrectionBatch, line_ids: Collection[int], *, is_approved: bool) -> int:
    """Say yes to single rows, or take it back; how many. What only the desk decides stays out."""
    held = _held(batch, State.WAITING)
    desk = [key for key, kind in KINDS.items() if kind.policy == Policy.DESK]
    rows = held.lines.filter(pk__in=list(line_ids), state=CorrectionRow.State.PROPOSED).exclude(kind__in=desk)
    return rows.update(is_approved=is_approved)


@transaction.atomic
def approve(
    batch: CorrectionBatch, *, by: User, reason: str, kinds: Collection[str] | None = None
) -> CorrectionBatch:
    """A reviewer's yes to these kinds of change (None: to all that may be approved as a kind) and to the
    single rows that were ticked; a job then applies them. What needs no yes goes along.
    """
    held = _held(batch, State.WAITING)
    free = {key for key, kind in KINDS.items() if kind.policy == Policy.FREE}
    whole = {key for key, kind in KINDS.items() if kind.policy == Policy.KIND}
    wanted = free | (whole if kinds is None else whole & set(kinds))
    rows = held.lines.filter(state=CorrectionRow.State.PROPOSED)
    rows.filter(kind__in=wanted).update(is_approved=True)
    if not rows.filter(is_approved=True).exists():
        raise NothingToSend
    return _decided(held, State.APPLYING, by, reason)


@transaction.atomic
def send_back(batch: CorrectionBatch, *, by: User, reason: str) -> CorrectionBatch:
    """Back to the commune with a reason; nothing was written, nothing is."""
    return _decided(_held(batch, State.WAITING), State.SENT_BACK, by, reason)


@transaction.atomic
def carry_out(batch: CorrectionBatch, tell: Tell = _silent) -> dict[str, int]:
    """Apply the approved rows whole: new records, then changes, then the plots are judged again."""
    held = CorrectionBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state != State.APPLYING or held.decided_by is None:
        return {}
    begun = timezone.now()
    made = _plan(held, picks=upload_lines.picks(held), shown=upload_lines.approved(held), tell=tell)
    carried = upload_plan.carry_out(
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
    _count(held.file, told)
    held.state, held.change_set = State.APPLIED, carried.change_set
    held.report, held.annotated_path = held.report | {"added": made.outcome.added}, ""
    held.save(update_fields=["state", "change_set", "report", "annotated_path"])
    return {"rows": told[CorrectionRow.State.APPLIED], "plots": len(carried.reach)}


@transaction.atomic
def ask_undo(batch: CorrectionBatch) -> CorrectionBatch:
    """A job takes the workbook back."""
    held = _held(batch, State.APPLIED)
    held.state = State.UNDOING
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def take_back(batch: CorrectionBatch, *, by: User, tell: Tell = _silent) -> dict[str, int]:
    """Undo an applied workbook: first its changes, then the records it brought; what others use stays."""
    held = CorrectionBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state not in (State.APPLIED, State.UNDOING) or held.change_set is None:
        raise changes.WrongState(held.get_state_display())
    added = held.report.get("added")
    people, plots, papers = form01.bears_on(held.file, added)
    tell("undo", 0, 0)
    kept = changes.undo(held.change_set, by=by, at_once=None)
    plots.update(classification.plots_of_certificates(sorted(papers)))
    shared = effects.reach(people, plots, papers)
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


def _plan(batch: CorrectionBatch, **more: Any) -> Plan:
    path = Path(settings.FILES_DIR) / batch.file.path
    return upload_plan.plan(path, batch.file, batch.commune, clears=batch.clears, **more)


def _report(batch: CorrectionBatch, made: Plan, carried: Carried, told: list[Line]) -> dict[str, Any]:
    """What the page shows beside the rows; asked inside the rehearsal, so that groups are as after."""
    after = upload_plan.groups(carried.reach)
    moves: dict[tuple[int | None, int], int] = {}
    for plot, group in after.items():
        before = carried.before.get(plot)
        if plot in carried.plots or before != group:
            moves[before, group] = moves.get((before, group), 0) + 1
    given = Workbook.objects.filter(pk__in=made.ways.workbooks)
    return {
        "counts": dict(upload_lines.counts(told)),
        "plots": len(carried.plots),
        "moves": [[old, new, n] for (old, new), n in sorted(moves.items(), key=lambda item: -item[1])],
        "groups_after": _shares(batch.commune),
        "unknown_headers": made.reading.unknown_headers,
        "columns": len(made.reading.titles),
        "given": sum(workbook.rows for workbook in given),
        "returned": len(made.ways.returned),
        "workbook": next((workbook.pk for workbook in given), None),
    }


def _shares(commune: AdminUnit) -> dict[str, int]:
    """Live plots of the commune by group."""
    told = Tally.objects.filter(commune=commune, rule="").values("group").annotate(n=Sum("plots"))
    return {str(row["group"]): row["n"] for row in told}


@transaction.atomic
def _keep_report(
    batch: CorrectionBatch, made: Plan, report: dict[str, Any], told: list[Line], picks: Any
) -> None:
    file = ReceivedFile.objects.get(pk=batch.file_id)
    file.unknown_headers = report["unknown_headers"]
    upload_lines.keep(batch, told, picks)
    file.problems.all().delete()
    RowProblem.objects.bulk_create(
        (
            RowProblem(
                file=file,
                level=problem.level,
                sheet=problem.sheet[:60],
                row=problem.row,
                column=problem.column[:160],
                value=problem.value[:200],
                code=problem.code,
            )
            for problem in made.problems[:MOST_PROBLEMS]
        ),
        batch_size=2000,
    )
    _count(file, report["counts"])
    known = headers.remembered(batch.commune)
    is_asking = any(header[:300] not in known for header in file.unknown_headers)
    batch.state = State.ASKING if is_asking else State.CHECKED
    batch.report = report | {"groups_before": _shares(batch.commune)}
    batch.message, batch.read_at, batch.workbook_id = "", timezone.now(), report["workbook"]
    batch.annotated_path = ""
    batch.save(update_fields=["state", "report", "message", "read_at", "workbook", "annotated_path"])


def _count(file: ReceivedFile, told: Any) -> None:
    """The file's own equation; what is in conflict is not in yet."""
    file.applied = told.get("applied", 0) + told.get("new", 0)
    file.proposed = told.get("proposed", 0)
    file.unchanged = told.get("unchanged", 0)
    file.rejected = told.get("rejected", 0) + told.get("conflict", 0)
    file.ignored = told.get("ignored", 0)
    file.rows = file.applied + file.proposed + file.unchanged + file.rejected + file.ignored
    file.save()


def _held(batch: CorrectionBatch, state: CorrectionBatch.State) -> CorrectionBatch:
    held = CorrectionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != state:
        raise changes.WrongState(held.get_state_display())
    return held


def _decided(held: CorrectionBatch, state: CorrectionBatch.State, by: User, reason: str) -> CorrectionBatch:
    held.state, held.decided_by, held.decided_at, held.reason = state, by, timezone.now(), reason
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return held


def words(problem: RowProblem) -> problems.Words:
    """The reason and the mend of a stored problem, in the reader's language."""
    return problems.text(problem.code)
