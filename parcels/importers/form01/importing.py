"""A Form 01 workbook into the register: whole or not at all, every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from hashlib import file_digest
from pathlib import Path
from time import monotonic

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.collector import without_collector
from landdb.intake import keeping, problems
from landdb.intake.outcome import Outcome, Problem, Refused, RowOutcome
from landdb.models import AdminUnit, Delivery, ReceivedFile, RowProblem, User
from parcels.models import Certificate, LandUser, Plot

from .archive import MAX_BYTES, MAX_ROWS
from .crosswalk import locate
from .details import add_details
from .entries import Reading
from .merge import Merge, merge
from .reading import read
from .tables import insert

_BLOCK = 1024 * 1024
#: Two imports at once would both make what neither finds.
_LOCK = 0x464F524D3031


def import_register(
    path: Path,
    *,
    name: str | None = None,
    commune: AdminUnit | None = None,
    by: User | None = None,
    strict: bool = False,
    simulate: bool = False,
    mappings: Mapping[str, str] | None = None,
    received: ReceivedFile | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Outcome:
    """Import a workbook; Refused with one sentence, and nothing changed, where it cannot be used.

    Good rows go in and rejected ones are listed; with `strict` one rejected row refuses the file. What the
    register has otherwise comes back as differences and is not written. `simulate` goes the whole way and
    takes all back. `received` is the file's own record where it has one already, as an upload does.
    """
    began, path = monotonic(), Path(path)
    with without_collector():
        reading = read(path, commune=commune, max_bytes=max_bytes, max_rows=max_rows, mappings=mappings)
        _check_usable(reading, strict=strict)
        with transaction.atomic():
            mark = transaction.savepoint()
            file = received or _receive(path, name or path.name, by, keep=not simulate)
            file.commune = file.commune or commune
            outcome = put_in(reading, file)
            if simulate:
                transaction.savepoint_rollback(mark)
    outcome.seconds = round(monotonic() - began, 3)
    return outcome


def _check_usable(reading: Reading, *, strict: bool) -> None:
    rejected = [problem for problem in reading.problems if problem.level == "rejected"]
    if rejected and (strict or not reading.entries):
        first = rejected[0]
        count = ngettext("%(count)s dòng bị trả", "%(count)s dòng bị trả", reading.rejected) % {
            "count": reading.rejected
        }
        reason = f"{first.column}: {problems.text(first.code).reason}".removeprefix(": ")
        raise Refused(
            _("Không nhập gì: %(count)s, trước hết dòng %(row)s (%(reason)s).")
            % {"count": count, "row": first.row, "reason": reason}
        )
    if not reading.entries:
        raise Refused(_("Tệp không có dòng dữ liệu nào dùng được."))


def _receive(path: Path, name: str, by: User | None, *, keep: bool) -> ReceivedFile:
    """The file's record; the raw file is kept beside it."""
    with path.open("rb") as content:
        if keep:
            place, digest, size = keeping.keep(
                iter(partial(content.read, _BLOCK), b""), path.suffix.lower()[:8]
            )
            kept = place.name
        else:
            digest, size, kept = file_digest(content, "sha256").hexdigest(), path.stat().st_size, ""
    return ReceivedFile.objects.create(
        kind=ReceivedFile.Kind.REGISTER,
        name=name[:255],
        sha256=digest,
        size=size,
        path=kept,
        received_by=by,
    )


def put_in(reading: Reading, file: ReceivedFile, *, keeps_problems: bool = True) -> Outcome:
    """Write a reading, inside the caller's transaction: the same that `import_register` does with its own.

    `keeps_problems`: in place of those that the file has; else they are the caller's to keep.
    """
    _wait_alone()
    locate(reading)
    state = merge(reading, file)
    add_details(state)
    _deliver(state)
    _count(state)
    if keeps_problems:
        _keep_problems(file, reading.problems)
    return _outcome(state)


def _wait_alone() -> None:
    """One import at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _deliver(state: Merge) -> None:
    """The register of these communes has been delivered; that of scans has not, a file name is no scan."""
    Delivery.objects.bulk_create(
        (
            Delivery(commune_id=commune, source=Delivery.Source.REGISTER)
            for commune in sorted({entry.commune for entry in state.entries})
        ),
        update_conflicts=True,
        unique_fields=["commune", "source"],
        update_fields=["last_at"],
    )


def _count(state: Merge) -> None:
    """Every row once: proposed, else applied, else unchanged; rejected and ignored as they were read."""
    file, reading = state.file, state.reading
    proposed = {place for place, _difference in state.proposals}
    applied = state.created_by - proposed
    file.rows, file.rejected, file.ignored = reading.rows, reading.rejected, reading.ignored
    file.proposed, file.applied = len(proposed), len(applied)
    file.unchanged = len(reading.entries) + reading.left - len(proposed) - len(applied)
    file.unknown_headers = reading.unknown_headers
    communes = {entry.commune for entry in reading.entries}
    if file.commune_id is None and len(communes) == 1:
        file.commune_id = communes.pop()
    file.save()


def _keep_problems(file: ReceivedFile, found: list[Problem]) -> None:
    RowProblem.objects.filter(file=file).delete()
    insert(
        RowProblem,
        [
            {
                "file_id": file.pk,
                "level": problem.level,
                "sheet": problem.sheet[:60],
                "row": problem.row,
                "column": problem.column[:160],
                "value": problem.value[:200],
                "code": problem.code,
            }
            for problem in sorted(found, key=lambda problem: problem.row)
        ],
    )


def _outcome(state: Merge) -> Outcome:
    """What callers reconcile and classify again: the records of rows that created something."""
    touched = sorted(state.created_by)
    land_users = {state.ids.land_users[place] for place in touched}
    return Outcome(
        file=state.file,
        differences=[difference for _place, difference in state.proposals],
        problems=sorted(state.reading.problems, key=lambda problem: problem.row),
        plots=sorted({state.ids.plots[place] for place in touched}),
        land_users=sorted(pk for pk in land_users if pk is not None),
        communes=sorted({entry.commune for entry in state.entries}),
        warnings=sum(problem.level == "warning" for problem in state.reading.problems),
        added=state.added,
        created=_created(state),
        rows=_rows(state),
        new={model._meta.label_lower: set(ids) for model, ids in state.ids.new.items()},
    )


def _rows(state: Merge) -> list[RowOutcome]:
    return [
        RowOutcome(entry.sheet, entry.row, plot, land_user, place in state.created_by)
        for place, (entry, plot, land_user) in enumerate(
            zip(state.entries, state.ids.plots, state.ids.land_users, strict=True)
        )
    ]


def _created(state: Merge) -> dict[str, int]:
    """How many records of each kind the file brought."""
    kinds = {"plots": Plot, "land_users": LandUser, "certificates": Certificate}
    new = {name: len(state.ids.new[model]) for name, model in kinds.items()}
    return new | {"holdings": len(state.new_holdings)}
