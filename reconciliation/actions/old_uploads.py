"""Workbooks that were read and never sent: after a while only their figures stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from landdb.models import ReceivedFile

from ..models import CorrectionBatch, Workbook

State = CorrectionBatch.State
#: Days after which nobody is expected to send a workbook any more.
DAYS = 30


def close_old() -> int:
    """Close unsent workbooks of more than DAYS days, and empty those given up as long ago; how many.

    Rows, problems and files go, with the people in them; the counts of the rows and the report stay.
    """
    before = timezone.now() - dt.timedelta(days=DAYS)
    # A file that was emptied has no path any more; one that is still being read has a job to end it.
    old = CorrectionBatch.objects.unsent().filter(uploaded_at__lt=before).exclude(file__path="")
    ids = list(old.exclude(state=State.READING).values_list("pk", flat=True))
    for pk in ids:
        for path in _close(pk):
            if not _is_used(path):
                (Path(settings.FILES_DIR) / path).unlink(missing_ok=True)
    return len(ids)


@transaction.atomic
def _close(pk: int) -> set[str]:
    """Empty one; the names of its files, which may go now."""
    held = CorrectionBatch.objects.unsent().select_for_update(of=("self",)).filter(pk=pk).first()
    if held is None or held.state == State.READING:
        return set()
    file = held.file
    paths = {file.path, held.annotated_path} - {""}
    held.lines.all().delete()
    file.problems.all().delete()
    file.path = ""
    file.save(update_fields=["path"])
    if held.state != State.DROPPED:
        held.state = State.CLOSED
    held.annotated_path = ""
    held.save(update_fields=["state", "annotated_path"])
    return paths


def _is_used(path: str) -> bool:
    """The same content is kept once, whoever sent it, or was given it."""
    return (
        ReceivedFile.objects.filter(path=path).exists()
        or CorrectionBatch.objects.filter(annotated_path=path).exists()
        or Workbook.objects.filter(path=path).exists()
    )
