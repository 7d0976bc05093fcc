"""The workbook that goes back to the commune: each cell that was turned away with its reason and mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from landdb.intake import keeping, problems
from landdb.models import AccessLog, Job, RowProblem, User
from parcels.importers.form01.annotating import Asked, Note, annotate
from parcels.importers.form01.archive import Limits
from parcels.importers.form01.problems import IN_CONFLICT

from ..models import CorrectionBatch, CorrectionRow, WorkbookRow
from . import workbook_marks as marks
from .upload_plan import MOST_BYTES, MOST_ROWS, Tell

State = CorrectionRow.State
_COLUMN = re.compile(r"([A-Z]{1,3}) · ")
_WARNING = RowProblem.Level.WARNING
_LOOKS = {RowProblem.Level.REJECTED.value: "rejected", _WARNING.value: "warned"}


def write(batch: CorrectionBatch, target: Path, tell: Tell = lambda _step, _done, _total: None) -> None:
    """Write it in Vietnamese, as the form is; Refused where the uploaded file can no longer be read."""
    with translation.override("vi"):
        notes = [*_cells(batch), *_rows(batch)]
        annotate(
            Path(settings.FILES_DIR) / batch.file.path,
            target,
            notes,
            list(_summary(batch)),
            asked=_asked(batch),
            commune=batch.commune,
            limits=Limits(MOST_BYTES, MOST_ROWS),
            tell=lambda done, total: tell("write", done, total),
        )


@transaction.atomic
def ask(batch: CorrectionBatch, job: Job) -> None:
    """A job writes the workbook; an earlier one is no longer offered."""
    CorrectionBatch.objects.filter(pk=batch.pk).update(annotated_path="", annotated_job=job)


def make(batch: CorrectionBatch, tell: Tell) -> None:
    """Write the workbook and keep it beside the file that came."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "bieu.xlsx"
        write(batch, target, tell)
        with target.open("rb") as content:
            place, _digest, _size = keeping.keep(iter(lambda: content.read(2**20), b""), ".xlsx")
    CorrectionBatch.objects.filter(pk=batch.pk).update(annotated_path=place.name)


@transaction.atomic
def take(batch: CorrectionBatch, *, by: User) -> Path | None:
    """The workbook, for who takes it away, noted in the log of accesses; None where it is not made."""
    path = Path(settings.FILES_DIR) / batch.annotated_path
    if not batch.annotated_path or not path.is_file():
        return None
    AccessLog.objects.create(
        user=by,
        action=AccessLog.Action.EXPORT,
        subject="annotated_workbook",
        subject_id=batch.pk,
        commune=batch.commune,
        reason=str(_("trả lại xã, phường để sửa")),
    )
    return path


def _cells(batch: CorrectionBatch) -> Iterator[Note]:
    for problem in batch.file.problems.filter(level__in=list(_LOOKS)):
        told, column = problems.text(problem.code), _COLUMN.match(problem.column)
        yield Note(
            problem.sheet,
            problem.row,
            column[1] if column else "",
            _LOOKS[problem.level],
            f"{told.said(goes_in=problem.level == _WARNING, about=problem.about)}. {told.mend}.",
        )


def _rows(batch: CorrectionBatch) -> Iterator[Note]:
    """Rows that are left for another reason than a cell: not approved, in conflict, changed since.

    It is said at the first cell that the row changes; of a conflict at each of its cells.
    """
    left = (batch.lines.refused() | batch.lines.filter(state=State.CONFLICT)).without_bad_cell()
    for sheet, row, why, cells, note in left.values_list("sheet", "row", "why", "cells", "note"):
        told = problems.text(why)
        if why == IN_CONFLICT:
            for name, given, now, _typed in cells:
                if given != now:
                    words = f"{told.reason}. {_('Sổ đang ghi')}: {now or '–'}. {told.mend}."
                    yield Note(sheet, row, name, "warned", words)
        else:
            more = f" {note}" if note else ""
            column = cells[0][0] if cells else ""
            yield Note(sheet, row, column, "rejected", f"{told.reason}. {told.mend}.{more}")


def _asked(batch: CorrectionBatch) -> Asked:
    """What the workbook that was given out had marked: by row key and field."""
    given = WorkbookRow.objects.filter(workbook=batch.workbook_id).exclude(asks={})
    return {
        key: {name: (cells.get(name, ""), marks.comment(*marks.words(ask))) for name, ask in asks.items()}
        for key, cells, asks in given.values_list("key", "cells", "asks").iterator()
    }


def _summary(batch: CorrectionBatch) -> Iterator[list[str]]:
    """The equation of the rows, then each reason with the number of its rows and its mend."""
    told = dict(batch.lines.order_by().values_list("state").annotate(n=Count("pk")))
    yield ["Số dòng", "Kết quả", str(batch.commune)]
    yield [str(sum(told.values())), "dòng trong biểu", batch.file.name]
    for state in State:
        if told.get(state.value):
            yield [str(told[state.value]), str(state.label), ""]
    yield ["", "", ""]
    yield ["Số dòng", "Vì sao", "Cách sửa"]
    reasons = (
        batch.lines.exclude(why="").order_by().values("why").annotate(n=Count("pk")).order_by("-n", "why")
    )
    for row in reasons:
        words = problems.text(row["why"])
        yield [str(row["n"]), str(words.reason), str(words.mend)]
    yield ["", "", ""]
    yield ["", "Chú thích lập lúc", f"{timezone.localtime():%d/%m/%Y %H:%M}"]
    if batch.reason:
        yield ["", "Ý kiến của văn phòng", batch.reason]
