"""A commune's workbook: read and report, apply whole, send back, take back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.intake import keeping, problems
from landdb.intake.outcome import Difference, Outcome, Refused
from landdb.models import AccessLog, AdminUnit, Delivery, ReceivedFile, RowProblem, User
from parcels import geometry
from parcels.importers import form01
from parcels.importers.form01 import answers as headers
from parcels.models import Certificate, LandUser

from .. import classification
from ..models import ChangeSet, CorrectionBatch, Decision, GroupMove, PlotStatus
from . import changes, deliveries, effects, proposals

#: Stored per file; every problem is counted, also beyond.
MOST_PROBLEMS = 10_000
#: Differences told in the report; all are planned and counted.
MOST_DIFFERENCES = 500
_REFERRED: dict[str, type[models.Model]] = {"land_user_id": LandUser, "certificate_id": Certificate}


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
            report = _report(batch, outcome)
            raise _Rehearsed
    except _Rehearsed:
        _keep_report(batch, outcome, report)
    except Refused as refused:
        batch.state, batch.message = CorrectionBatch.State.UNREADABLE, str(refused)[:300]
        batch.save(update_fields=["state", "message"])


@transaction.atomic
def remember_headers(batch: CorrectionBatch, answers: dict[str, str], *, by: User) -> None:
    """Keep what an official said that unknown headers mean; the workbook is then read again."""
    headers.remember(answers, batch.commune, by)
    batch.state = CorrectionBatch.State.READING
    batch.save(update_fields=["state"])


def give_up(batch_id: int) -> None:
    """A workbook whose reading failed is told apart from one that is still being read."""
    reading = CorrectionBatch.objects.filter(pk=batch_id, state=CorrectionBatch.State.READING)
    reading.update(
        state=CorrectionBatch.State.UNREADABLE, message=_("Việc đọc tệp bị dừng; hãy nộp lại tệp.")
    )


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
    begun = timezone.now()
    outcome = _import(held)
    change_set = _proposed(held, outcome, held.decided_by)
    changes.apply(change_set, by=held.decided_by, at_once=None)
    effects.again(outcome.land_users, outcome.plots, GroupMove.Cause.IMPORT, change_set, at_once=None)
    deliveries.judge_where_first(Delivery.Source.REGISTER, outcome.communes, begun, by=held.decided_by)
    Decision.objects.create(
        kind=Decision.Kind.APPLY_UPLOAD,
        change_set=change_set,
        commune=held.commune,
        by=held.decided_by,
        reason=held.reason,
    )
    held.state, held.change_set = CorrectionBatch.State.APPLIED, change_set
    held.report = held.report | {"added": outcome.added}
    held.save(update_fields=["state", "change_set", "report"])
    return {"rows": held.file.rows, "plots": len(outcome.plots)}


@transaction.atomic
def take_back(batch: CorrectionBatch, *, by: User) -> dict[str, int]:
    """Undo an applied workbook: first its proposals, then the records it brought; what others use stays."""
    held = CorrectionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != CorrectionBatch.State.APPLIED or held.change_set is None:
        raise changes.WrongState(held.get_state_display())
    added = held.report.get("added")
    people, plots, papers = form01.bears_on(held.file, added)
    kept = changes.undo(held.change_set, by=by, at_once=None)
    plots.update(classification.plots_of_certificates(sorted(papers)))
    shared = effects.reach(people, plots, papers)
    counts = form01.undo(held.file, added=added, leaving=_leave)
    effects.again(people, shared, GroupMove.Cause.UNDO, held.change_set, at_once=None)
    held.state = CorrectionBatch.State.UNDONE
    held.save(update_fields=["state"])
    return {**counts, "changes_kept": len(kept)}


def _leave(plots: list[int]) -> None:
    """Plots that are about to go leave the ledger and the tallies first, and no longer lie over others."""
    overlapped = geometry.refresh(plots, only_known=True).touched
    classification.refresh(sorted(overlapped.union(plots)), cause=GroupMove.Cause.RETIRED)


def _import(batch: CorrectionBatch) -> Outcome:
    return form01.import_register(
        Path(settings.FILES_DIR) / batch.file.path,
        name=batch.file.name,
        commune=batch.commune,
        by=batch.uploaded_by,
        received=batch.file,
    )


def _report(batch: CorrectionBatch, outcome: Outcome) -> dict[str, Any]:
    """Go on as `carry_out` would, and tell what the plots it bears on were before and are after."""
    told = _told(outcome.differences)
    change_set = _proposed(batch, outcome, batch.uploaded_by)
    direct = set(outcome.plots) | effects.plots_of(change_set)
    plots = effects.reach(outcome.land_users, direct)
    before = _groups(plots)
    changes.apply(change_set, by=batch.uploaded_by, at_once=None)
    effects.again(outcome.land_users, outcome.plots, GroupMove.Cause.IMPORT, at_once=None)
    after = _groups(plots)
    moves = Counter((before.get(p), g) for p, g in after.items() if p in direct or before.get(p) != g)
    file = outcome.file
    return {
        "rows": file.rows,
        "applied": file.applied,
        "unchanged": file.unchanged,
        "proposed": file.proposed,
        "rejected": file.rejected,
        "ignored": file.ignored,
        "plots": len(direct),
        "moves": [[old, new, n] for (old, new), n in sorted(moves.items(), key=lambda item: -item[1])],
        "unknown_headers": list(file.unknown_headers),
        "differences": told,
        "differences_total": len(outcome.differences),
    }


def _told(differences: list[Difference]) -> list[list[Any]]:
    """Model, field, old, new and row of the first differences; a record is told by its name."""
    first = differences[:MOST_DIFFERENCES]
    names: dict[tuple[str, Any], str] = {}
    for name, model in _REFERRED.items():
        ids = {value for each in first if each.field == name for value in (each.old, each.new) if value}
        names |= {(name, pk): str(record) for pk, record in model._default_manager.in_bulk(ids).items()}
    return [
        [
            each.model,
            each.field,
            *(names.get((each.field, value)) or str(value or "") for value in (each.old, each.new)),
            each.row,
        ]
        for each in first
    ]


def _proposed(batch: CorrectionBatch, outcome: Outcome, by: User) -> ChangeSet:
    return proposals.record(outcome, by) or changes.plan(
        ChangeSet.Kind.IMPORT, [], by=by, commune=batch.commune, file=batch.file
    )


def _groups(plots: Iterable[int]) -> dict[int, int]:
    return dict(PlotStatus.objects.filter(plot__in=list(plots)).values_list("plot_id", "group"))


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
    known = headers.remembered(batch.commune)
    is_asking = any(header[:300] not in known for header in file.unknown_headers)
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
