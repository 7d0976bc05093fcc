"""An uploaded workbook read: rehearsed in a transaction that is taken back, what came of each row kept."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from landdb.collector import without_collector
from landdb.intake.outcome import Refused
from landdb.intake.received import keep_problems
from landdb.models import AdminUnit, ReceivedFile, User
from parcels.importers import form01
from parcels.importers.form01.answers import remembered

from ..models import CorrectionBatch, Workbook
from . import changes, upload_carry, upload_columns, upload_lines, upload_plan
from .upload_carry import Carried
from .upload_lines import Line
from .upload_plan import Plan, Tell

State = CorrectionBatch.State
#: Stored per file; every problem is counted, also beyond.
MOST_PROBLEMS = 10_000


class _Rehearsed(Exception):
    """Ends a rehearsal, so that nothing of it stays."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@without_collector()
def read(batch: CorrectionBatch, tell: Tell = silent) -> None:
    """Rehearse the workbook and keep what came of every row; nothing else stays."""
    began = time.monotonic()
    picks = upload_lines.picks(batch)
    answers = upload_columns.answers(batch)
    try:
        with transaction.atomic():
            made = plan(batch, picks=picks, answers=answers, tell=tell)
            carried = upload_carry.carry_out(
                made, batch.commune, batch.file, by=batch.uploaded_by, tell=tell, is_rehearsal=True
            )
            told = upload_lines.lines(made, carried)
            report = _report(batch, made, carried, told)
            raise _Rehearsed
    except _Rehearsed:
        report["seconds"] = round(time.monotonic() - began, 1)
        _keep_report(batch, made, report, told, picks)
    except form01.TooUnsure as unsure:
        _keep_questions(batch, unsure)
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
                made = upload_plan.plan(path, file, commune, answers=remembered(commune))
                carried = upload_carry.carry_out(made, commune, file, by=by, is_rehearsal=True)
                told = upload_lines.lines(made, carried)
                raise _Rehearsed
        except _Rehearsed:
            return told
        except form01.TooUnsure as unsure:
            raise Refused(unsure.missing) from None


@transaction.atomic
def choose(batch: CorrectionBatch, chosen: dict[int, dict[str, str]]) -> CorrectionBatch:
    """Say which side counts in cells of a conflict: line → field → side. The workbook is then read again."""
    held = held_in(batch, State.CHECKED)
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


def held_in(batch: CorrectionBatch, state: CorrectionBatch.State) -> CorrectionBatch:
    held = CorrectionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != state:
        raise changes.WrongState(held.get_state_display())
    return held


def plan(batch: CorrectionBatch, **more: Any) -> Plan:
    path = Path(settings.FILES_DIR) / batch.file.path
    return upload_plan.plan(path, batch.file, batch.commune, clears=batch.clears, **more)


def _report(batch: CorrectionBatch, made: Plan, carried: Carried, told: list[Line]) -> dict[str, Any]:
    """What the page shows beside the rows; asked inside the rehearsal, so that groups are as after."""
    given = Workbook.objects.filter(pk__in=made.ways.workbooks)
    return {
        "counts": dict(upload_lines.counts(told)),
        **moves(carried),
        "unknown_headers": made.reading.unknown_headers,
        "headers": [each.as_dict() for each in made.reading.columns],
        "answers": batch.report.get("answers", {}),
        "given": sum(workbook.rows for workbook in given),
        "returned": len(made.ways.returned),
        "workbook": next((workbook.pk for workbook in given), None),
    }


def moves(carried: Carried) -> dict[str, Any]:
    """Which plots moved from group to group, and the commune's groups after that."""
    found: dict[tuple[int | None, int], int] = {}
    for plot, group in carried.after.items():
        before = carried.before.get(plot)
        if plot in carried.plots or before != group:
            found[before, group] = found.get((before, group), 0) + 1
    return {
        "plots": len(carried.plots),
        "moves": [[old, new, n] for (old, new), n in sorted(found.items(), key=lambda item: -item[1])],
        "groups_after": carried.shares,
    }


@transaction.atomic
def _keep_report(
    batch: CorrectionBatch, made: Plan, report: dict[str, Any], told: list[Line], picks: Any
) -> None:
    file = ReceivedFile.objects.get(pk=batch.file_id)
    file.unknown_headers = report["unknown_headers"]
    upload_lines.keep(batch, told, picks)
    file.problems.all().delete()
    keep_problems(file, made.problems[:MOST_PROBLEMS])
    count(file, report["counts"])
    batch.state = State.ASKING if made.reading.open_questions else State.CHECKED
    batch.report = report | {"groups_before": upload_carry.shares(batch.commune)}
    batch.message, batch.read_at, batch.workbook_id = "", timezone.now(), report["workbook"]
    batch.annotated_path = ""
    batch.save(update_fields=["state", "report", "message", "read_at", "workbook", "annotated_path"])


@transaction.atomic
def _keep_questions(batch: CorrectionBatch, unsure: form01.TooUnsure) -> None:
    """Nothing can be read before somebody answers: the columns alone are kept."""
    batch.lines.all().delete()
    batch.file.problems.all().delete()
    batch.report = {
        "headers": [each.as_dict() for each in unsure.told],
        "answers": batch.report.get("answers", {}),
        "missing": unsure.missing,
    }
    batch.state, batch.message, batch.read_at, batch.annotated_path = State.ASKING, "", timezone.now(), ""
    batch.save(update_fields=["state", "report", "message", "read_at", "annotated_path"])


def count(file: ReceivedFile, told: Any) -> None:
    """The file's own equation; what is in conflict waits as what is proposed does."""
    file.applied = told.get("applied", 0) + told.get("new", 0)
    file.proposed = told.get("proposed", 0) + told.get("conflict", 0)
    file.unchanged = told.get("unchanged", 0)
    file.rejected = told.get("rejected", 0)
    file.ignored = told.get("ignored", 0)
    file.rows = file.applied + file.proposed + file.unchanged + file.rejected + file.ignored
    file.save()
