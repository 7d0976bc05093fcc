"""A commune's workbook: read and report, apply whole, send back, take back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from landdb.intake import keeping, problems
from landdb.intake.outcome import Outcome, Refused
from landdb.models import AccessLog, AdminUnit, ReceivedFile, RowProblem, User
from parcels.importers import form01
from parcels.models import HeaderMapping, Holding

from ..models import ChangeSet, CorrectionBatch, Decision, GroupMove, PlotStatus
from . import changes, effects, proposals

#: Stored per file; every problem is counted, also beyond.
MOST_PROBLEMS = 10_000


class _Rehearsed(Exception):
    """Ends a rehearsal, so that nothing of it stays."""


@transaction.atomic
def receive(upload: UploadedFile[Any], commune: AdminUnit, *, by: User) -> CorrectionBatch:
    """Keep a workbook as it came; it will be read by a job."""
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
    return CorrectionBatch.objects.create(commune=commune, file=file, uploaded_by=by)


def read(batch: CorrectionBatch) -> None:
    """Rehearse the import and keep its report: what would come in or be turned away, which plots move."""
    report: dict[str, Any] = {}
    try:
        with transaction.atomic():
            outcome = _import(batch)
            report = _report(outcome)
            raise _Rehearsed
    except _Rehearsed:
        _keep_report(batch, outcome, report)
    except Refused as refused:
        batch.state, batch.message = CorrectionBatch.State.UNREADABLE, str(refused)[:300]
        batch.save(update_fields=["state", "message"])


@transaction.atomic
def remember_headers(batch: CorrectionBatch, answers: dict[str, str], *, by: User) -> None:
    """Keep what an official said that unknown headers mean; the workbook is then read again."""
    for header, field in answers.items():
        HeaderMapping.objects.update_or_create(
            commune=batch.commune, header=header, defaults={"field": field, "decided_by": by}
        )
    batch.state = CorrectionBatch.State.READING
    batch.save(update_fields=["state"])


@transaction.atomic
def approve(batch: CorrectionBatch, *, by: User, reason: str) -> CorrectionBatch:
    """A reviewer's yes; a job then applies the workbook."""
    return _move(batch, CorrectionBatch.State.WAITING, CorrectionBatch.State.APPLYING, by, reason)


@transaction.atomic
def send_back(batch: CorrectionBatch, *, by: User, reason: str) -> CorrectionBatch:
    """Back to the commune with a reason; nothing was written, nothing is."""
    return _move(batch, CorrectionBatch.State.WAITING, CorrectionBatch.State.SENT_BACK, by, reason)


@transaction.atomic
def carry_out(batch: CorrectionBatch) -> dict[str, int]:
    """Apply an approved workbook whole: new records, then its proposals, then the plots are judged again."""
    held = CorrectionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != CorrectionBatch.State.APPLYING or held.decided_by is None:
        return {}
    outcome = _import(held)
    change_set = proposals.record(outcome, held.decided_by) or changes.plan(
        ChangeSet.Kind.IMPORT, [], by=held.decided_by, commune=held.commune, file=held.file
    )
    changes.apply(change_set, by=held.decided_by)
    effects.again(outcome.land_users, outcome.plots, GroupMove.Cause.IMPORT, change_set)
    Decision.objects.create(
        kind=Decision.Kind.APPLY_UPLOAD,
        change_set=change_set,
        commune=held.commune,
        by=held.decided_by,
        reason=held.reason,
    )
    held.state, held.change_set = CorrectionBatch.State.APPLIED, change_set
    held.save(update_fields=["state", "change_set"])
    return {"rows": held.file.rows, "plots": len(outcome.plots)}


@transaction.atomic
def take_back(batch: CorrectionBatch, *, by: User) -> dict[str, int]:
    """Undo an applied workbook: first its proposals, then the records it brought; what others use stays."""
    held = CorrectionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != CorrectionBatch.State.APPLIED or held.change_set is None:
        raise changes.WrongState(held.get_state_display())
    plots = set(Holding.objects.filter(file=held.file).values_list("plot_id", flat=True))
    people = set(
        Holding.objects.filter(file=held.file, land_user__isnull=False).values_list("land_user_id", flat=True)
    )
    kept = changes.undo(held.change_set, by=by)
    counts = form01.undo(held.file)
    effects.again(sorted(people), sorted(plots), GroupMove.Cause.UNDO, held.change_set)
    held.state = CorrectionBatch.State.UNDONE
    held.save(update_fields=["state"])
    return {**counts, "changes_kept": len(kept)}


def _import(batch: CorrectionBatch) -> Outcome:
    return form01.import_register(
        Path(settings.FILES_DIR) / batch.file.path,
        name=batch.file.name,
        commune=batch.commune,
        by=batch.uploaded_by,
        received=batch.file,
    )


def _report(outcome: Outcome) -> dict[str, Any]:
    """What the rehearsal did, and the groups of the plots it touched before and after."""
    before = _groups(outcome.plots)
    effects.again(outcome.land_users, outcome.plots, GroupMove.Cause.IMPORT)
    after = _groups(outcome.plots)
    moves = Counter((before.get(plot), group) for plot, group in after.items())
    file = outcome.file
    return {
        "rows": file.rows,
        "applied": file.applied,
        "unchanged": file.unchanged,
        "proposed": file.proposed,
        "rejected": file.rejected,
        "ignored": file.ignored,
        "plots": len(outcome.plots),
        "moves": [[old, new, n] for (old, new), n in sorted(moves.items(), key=lambda item: str(item[0]))],
        "causes": dict(Counter(problem.code for problem in outcome.problems).most_common()),
        "unknown_headers": list(file.unknown_headers),
        "differences": [
            [
                difference.model,
                difference.field,
                str(difference.old or ""),
                str(difference.new or ""),
                difference.row,
            ]
            for difference in outcome.differences[:500]
        ],
    }


def _groups(plots: list[int]) -> dict[int, int]:
    return dict(PlotStatus.objects.filter(plot__in=plots).values_list("plot_id", "group"))


@transaction.atomic
def _keep_report(batch: CorrectionBatch, outcome: Outcome, report: dict[str, Any]) -> None:
    file = ReceivedFile.objects.get(pk=batch.file_id)
    for count in ("rows", "applied", "unchanged", "proposed", "rejected", "ignored"):
        setattr(file, count, report[count])
    file.unknown_headers = report["unknown_headers"]
    file.save()
    file.problems.all().delete()
    RowProblem.objects.bulk_create(
        RowProblem(
            file=file,
            level=problem.level,
            sheet=problem.sheet[:60],
            row=problem.row,
            column=problem.column[:160],
            value=problem.value[:200],
            code=problem.code,
        )
        for problem in outcome.problems[:MOST_PROBLEMS]
    )
    known = set(HeaderMapping.objects.filter(commune=batch.commune).values_list("header", flat=True))
    is_asking = any(header not in known for header in file.unknown_headers)
    batch.state = CorrectionBatch.State.ASKING if is_asking else CorrectionBatch.State.WAITING
    batch.report, batch.message = report, ""
    batch.save(update_fields=["state", "report", "message"])


def _move(
    batch: CorrectionBatch, old: CorrectionBatch.State, new: CorrectionBatch.State, by: User, reason: str
) -> CorrectionBatch:
    held = CorrectionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != old:
        raise changes.WrongState(held.get_state_display())
    held.state, held.decided_by, held.decided_at, held.reason = new, by, timezone.now(), reason
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return held


def words(problem: RowProblem) -> problems.Words:
    """The reason and the mend of a stored problem, in the reader's language."""
    return problems.text(problem.code)
