"""A workbook to be mended: asked for with a purpose, made by a job, taken away, gone when it expires."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from landdb.intake import keeping
from landdb.intake.outcome import Refused
from landdb.models import AccessLog, AdminUnit, ReceivedFile, User
from landdb.normalise import line_keys
from parcels.importers.form01.giving import Given, write_given

from ..models import Workbook, WorkbookRow
from . import workbook_guide, workbook_rows
from . import workbook_marks as marks
from .workbook_rows import Asked, Wanted

#: How long a workbook can be taken away; it holds personal data.
KEPT = dt.timedelta(days=7)
_BLOCK = 2**20


@transaction.atomic
def ask(commune: AdminUnit, wanted: Wanted, *, by: User, purpose: str) -> Workbook:
    """Note who wants which rows and what for; a job makes the workbook."""
    return Workbook.objects.create(
        commune=commune,
        made_by=by,
        purpose=purpose[:300],
        rules=list(wanted.rules),
        village=wanted.village[:160],
        who=wanted.who,
        expires_at=timezone.now() + KEPT,
    )


def make(workbook: Workbook, tell: Callable[[int, int], None] = lambda _done, _total: None) -> None:
    """Choose the rows, keep what is given out, write the file. Where nothing is to be mended, say so."""
    wanted = Wanted(tuple(workbook.rules), workbook.village, workbook.who)
    with translation.override("vi"):
        try:
            asked = workbook_rows.rows(workbook.commune, wanted)
        except Refused as refused:
            workbook.state, workbook.message = Workbook.State.FAILED, str(refused)[:300]
            workbook.save(update_fields=["state", "message"])
            return
        _give(workbook, asked, tell)


def _key() -> str:
    """75 random bits, as no spreadsheet takes for a number or a formula."""
    return "K" + "".join(secrets.choice(line_keys.ALPHABET) for _place in range(15))


@transaction.atomic
def _give(workbook: Workbook, asked: Sequence[Asked], tell: Callable[[int, int], None]) -> None:
    keys = [_key() for _row in asked]
    WorkbookRow.objects.bulk_create(
        [
            WorkbookRow(
                workbook=workbook,
                key=key,
                holding=row.subject.holding,
                plot=row.subject.plot,
                cells=given_cells(row),
                asks=row.asks,
            )
            for key, row in zip(keys, asked, strict=True)
        ],
        batch_size=1000,
    )
    workbook.rows, workbook.plots = len(asked), len({row.subject.plot for row in asked})
    given = [_given(key, row) for key, row in zip(keys, asked, strict=True)]
    with TemporaryDirectory(dir=_folder()) as folder:
        path = Path(folder) / "bieu.xlsx"
        write_given(
            path,
            given,
            guide=workbook_guide.guide(workbook),
            lists=workbook_guide.lists(),
            tell=lambda done: tell(done, len(given)),
        )
        with path.open("rb") as content:
            place, _digest, size = keeping.keep(iter(lambda: content.read(_BLOCK), b""), ".xlsx")
    workbook.path, workbook.size, workbook.state = place.name, size, Workbook.State.READY
    workbook.save(update_fields=["path", "size", "state", "rows", "plots"])


def given_cells(row: Asked) -> dict[str, str]:
    """The texts of a row as they are given out, and compared with when it comes back."""
    told = {"uncollectable": row.uncollectable} if row.uncollectable else {}
    return row.shown.cells | told


def _given(key: str, row: Asked) -> Given:
    return Given(
        key,
        given_cells(row) | {"needs": marks.summary(row.needs)},
        {name: marks.comment(why, how) for name, (why, how) in row.said.items()},
    )


@transaction.atomic
def take(workbook: Workbook, *, by: User) -> Path | None:
    """The file, for who takes it away, with a line in the log of accesses; None where it is not at hand."""
    path = _folder() / workbook.path
    if not workbook.is_at_hand or not workbook.path or not path.is_file():
        return None
    AccessLog.objects.create(
        user=by,
        action=AccessLog.Action.EXPORT,
        subject="workbook",
        subject_id=workbook.pk,
        commune=workbook.commune,
        reason=workbook.purpose,
    )
    return path


def drop_expired() -> int:
    """Remove the files whose time is over; how many. What was given out stays, to be compared with."""
    gone = 0
    for workbook in Workbook.objects.expired():
        again = Workbook.objects.filter(path=workbook.path, expires_at__gt=timezone.now())
        # What comes back as it was given out is kept under the same name.
        if not (again.exists() or ReceivedFile.objects.filter(path=workbook.path).exists()):
            (_folder() / workbook.path).unlink(missing_ok=True)
        Workbook.objects.filter(pk=workbook.pk).update(path="")
        gone += 1
    return gone


def give_up(workbook_id: int, words: str) -> None:
    """The job failed: the page says so."""
    Workbook.objects.filter(pk=workbook_id, state=Workbook.State.MAKING).update(
        state=Workbook.State.FAILED, message=words[:300]
    )


def _folder() -> Path:
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
