"""Scans that arrive are kept, and matched to certificates by the habits of their names; never by guess."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from landdb.intake import keeping
from landdb.intake.outcome import Refused
from landdb.models import AccessLog, AdminUnit, ReceivedFile, User
from parcels import scan_files, scan_names, scan_pages
from parcels.models import Certificate, Holding, Scan

from ..models import ArrivedScan, GroupMove, ScanArrival
from . import effects
from .changes import WrongState

Outcome, State = ArrivedScan.Outcome, ScanArrival.State
#: Files matched in one transaction.
PORTION = 200


@transaction.atomic
def receive(uploads: Sequence[UploadedFile[Any]], commune: AdminUnit, *, by: User) -> ScanArrival:
    """Keep a ZIP, or several files, as they came; a job unpacks and matches them."""
    first = uploads[0]
    is_zip = len(uploads) == 1 and scan_files.is_zip(first)
    if is_zip:
        path, digest, size = keeping.keep(first.chunks(), ".zip")
        stored = path.name
    else:
        names = "\n".join(upload.name or "" for upload in uploads)
        stored, digest = "", hashlib.sha256(names.encode()).hexdigest()
        size = sum(upload.size or 0 for upload in uploads)
    file = ReceivedFile.objects.create(
        kind=ReceivedFile.Kind.SCANS,
        name=_shown(first.name or "")[:255],
        sha256=digest,
        size=size,
        path=stored,
        received_by=by,
        commune=commune,
    )
    arrival = ScanArrival.objects.create(commune=commune, file=file, uploaded_by=by)
    if not is_zip:
        for upload in uploads:
            _keep(arrival, upload.name or "", upload.chunks(), upload.size or 0).save()
    AccessLog.objects.create(
        user=by,
        action=AccessLog.Action.UPLOAD,
        subject="scan_arrival",
        subject_id=arrival.pk,
        commune=commune,
    )
    return arrival


@transaction.atomic
def unpack(arrival: ScanArrival) -> dict[str, int]:
    """Take the files out of a ZIP, each kept under its hash; one sentence where the ZIP is of no use."""
    if arrival.state != State.READING or not arrival.file.path or arrival.scans.exists():
        return {}
    path = Path(settings.FILES_DIR) / arrival.file.path
    if path.stat().st_size > scan_files.MOST_ZIP:
        return _refuse(arrival, _too_large())
    try:
        members = scan_files.Members(path)
    except Refused as refused:
        return _refuse(arrival, str(refused))
    found = [
        _keep(arrival, scan_files.name_of(part), members.blocks(part), part.file_size)
        for part in members.parts
    ]
    ArrivedScan.objects.bulk_create(found, batch_size=1000)
    return {"files": len(found)}


def portions(arrival: ScanArrival) -> list[tuple[int, int]]:
    """First and last of each portion of files that are still to be matched."""
    ids = list(arrival.scans.filter(outcome=Outcome.WAITING).order_by("pk").values_list("pk", flat=True))
    return [(ids[n], ids[min(n + PORTION, len(ids)) - 1]) for n in range(0, len(ids), PORTION)]


@transaction.atomic
def match(arrival: ScanArrival, first: int, last: int) -> dict[str, int]:
    """Match a portion; the plots of the certificates are judged again."""
    rows = arrival.scans.select_for_update().filter(pk__range=(first, last), outcome=Outcome.WAITING)
    waiting = list(rows.order_by("pk"))
    read = {row.pk: scan_names.parse(row.name) for row in waiting}
    papers = _certificates(arrival, read.values())
    touched: set[int] = set()
    for row in waiting:
        row.outcome = _outcome(arrival, row, read[row.pk], papers)
        row.save()
        if row.outcome == Outcome.LINKED and row.scan is not None and row.scan.certificate_id:
            touched.add(row.scan.certificate_id)
    _judge(touched, GroupMove.Cause.IMPORT)
    return {"files": len(waiting), "linked": sum(row.outcome == Outcome.LINKED for row in waiting)}


@transaction.atomic
def finish(arrival_id: int) -> None:
    """Everything is matched: the equation of the files."""
    arrival = ScanArrival.objects.select_for_update(of=("self",)).select_related("file").get(pk=arrival_id)
    if arrival.state != State.READING:
        return
    _count(arrival)
    arrival.state = State.DONE
    arrival.save(update_fields=["state"])


@transaction.atomic
def take_back(arrival: ScanArrival) -> dict[str, int]:
    """Undo what the files brought: scans made for them go, those filled in are as before."""
    held = ScanArrival.objects.select_for_update(of=("self",)).get(pk=arrival.pk)
    if held.state != State.DONE:
        raise WrongState(held.get_state_display())
    rows = list(held.scans.filter(scan__isnull=False).select_related("scan").exclude(outcome=Outcome.TWICE))
    scans = [row.scan for row in rows if row.scan is not None and row.scan.stored == row.stored]
    touched = {scan.certificate_id for scan in scans if scan.certificate_id}
    made = {row.scan_id for row in rows if row.is_new}
    Scan.objects.filter(pk__in=[scan.pk for scan in scans if scan.pk in made]).delete()
    for row in rows:
        if row.scan is not None and row.scan in scans and not row.is_new:
            row.scan.stored, row.scan.sha256, row.scan.size = "", "", 0
            row.scan.is_linked, row.scan.is_signed = row.was_linked, row.was_signed
            row.scan.save()
    _judge(touched, GroupMove.Cause.UNDO)
    held.state = State.UNDONE
    held.save(update_fields=["state"])
    return {"scans": len(scans)}


def give_up(arrival_id: int) -> None:
    """The matching broke off; what was matched stays, and can be taken back."""
    ScanArrival.objects.filter(pk=arrival_id, state=State.READING).update(state=State.DONE)


def _too_large() -> str:
    return _("Tệp ZIP lớn hơn %(mb)d MB; hãy chia nhỏ.") % {"mb": scan_files.MOST_ZIP // 2**20}


def _refuse(arrival: ScanArrival, message: str) -> dict[str, int]:
    arrival.state, arrival.message = State.UNREADABLE, message[:300]
    arrival.save(update_fields=["state", "message"])
    return {}


def _keep(arrival: ScanArrival, name: str, blocks: Iterable[bytes], size: int) -> ArrivedScan:
    """Keep one file under its hash where its content is a scan that opens; else say why not."""
    row = ArrivedScan(arrival=arrival, name=_shown(name)[:255], size=size)
    stream = iter(blocks)
    try:
        head = next(stream, b"")
        suffix = scan_files.suffix_of(name, head)
        if not head:
            row.outcome = Outcome.EMPTY
        elif size > scan_files.MOST_BYTES:
            row.outcome = Outcome.TOO_LARGE
        elif not suffix:
            row.outcome = Outcome.NO_SCAN
        else:
            content = b"".join((head, *stream))
            if fault := scan_pages.fault_of(content, suffix):
                row.outcome = Outcome(fault)
            else:
                path, row.sha256, row.size = keeping.keep([content], suffix)
                row.stored = path.name
    except ValueError:
        row.outcome = Outcome.TOO_LARGE
    return row


def _shown(name: str) -> str:
    """The name without folders and without what cannot be printed."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c if c.isprintable() else "?" for c in last) or "?"


def _certificates(arrival: ScanArrival, names: Iterable[scan_names.ScanName]) -> dict[str, list[Certificate]]:
    """Serial as file names write it (D for Đ) → certificates of the commune."""
    spelt = {spelling for name in names if name.serial for spelling in spellings(name.serial)}
    found: dict[str, list[Certificate]] = defaultdict(list)
    for paper in Certificate.objects.filter(commune=arrival.commune_id, serial__in=spelt):
        found[paper.serial.replace("Đ", "D")].append(paper)
    return found


def spellings(serial: str) -> set[str]:
    """The serial, and with Đ for each D that a file name may have lost."""
    letters, _sep, digits = serial.partition(" ")
    found = {""}
    for letter in letters:
        found = {start + each for start in found for each in ({"D", "Đ"} if letter in "DĐ" else {letter})}
    return {f"{each} {digits}" for each in found}


def _outcome(
    arrival: ScanArrival,
    row: ArrivedScan,
    name: scan_names.ScanName,
    papers: dict[str, list[Certificate]],
) -> ArrivedScan.Outcome:
    """Link a file to the one certificate that its name means, or say why not; what is unknown is kept too."""
    same = Scan.objects.filter(sha256=row.sha256, commune=arrival.commune_id)
    before = same.order_by(F("certificate").asc(nulls_last=True), "pk").first()
    found = papers.get(name.serial.replace("Đ", "D"), []) if name.serial else []
    paper = found[0] if len(found) == 1 and name.commune in ("", arrival.commune.code) else None
    # What came before under a name that said nothing is linked now that the name says whose it is.
    if before is not None and (before.certificate_id is not None or paper is None):
        row.scan = before
        is_same = paper is None or before.certificate_id == paper.pk
        return Outcome.TWICE if is_same else Outcome.ELSEWHERE
    why = Outcome.LINKED
    if paper is None:
        if name.plot:
            why = Outcome.NO_PAPER
        elif not name.serial:
            why = Outcome.NO_SERIAL
        else:
            why = Outcome.SEVERAL if len(found) > 1 else Outcome.NO_CERTIFICATE
    row.scan, row.is_new = _scan(arrival, row, name, paper)
    return why


def _scan(
    arrival: ScanArrival, row: ArrivedScan, name: scan_names.ScanName, paper: Certificate | None
) -> tuple[Scan, bool]:
    """The scan that the register knows by this name, filled in; else a new one."""
    known = Scan.objects.filter(certificate=paper, file_name__iexact=row.name[-160:], stored="")
    scan = known.order_by("pk").first() if paper else None
    is_new = scan is None
    scan = scan or Scan(
        certificate=paper, commune_id=arrival.commune_id, file_name=row.name[-160:], kind=name.kind
    )
    scan.sha256, scan.stored, scan.size = row.sha256, row.stored, row.size
    row.was_linked, row.was_signed = scan.is_linked, scan.is_signed
    scan.is_linked = paper is not None
    scan.is_signed = scan_files.is_signed(Path(settings.FILES_DIR) / row.stored)
    scan.save()
    return scan, is_new


def _judge(certificates: set[int], cause: GroupMove.Cause) -> None:
    """The plots of certificates again."""
    plots = set(Holding.objects.filter(certificate__in=certificates).values_list("plot", flat=True))
    if plots:
        effects.again([], plots, cause, at_once=None)


def _count(arrival: ScanArrival) -> None:
    """files = linked + twice + unknown + refused."""
    outcomes = list(arrival.scans.values_list("outcome", flat=True))
    file = arrival.file
    file.applied = outcomes.count(Outcome.LINKED)
    file.unchanged = outcomes.count(Outcome.TWICE)
    file.proposed = sum(each in ArrivedScan.UNKNOWN for each in outcomes)
    file.rejected = sum(each in ArrivedScan.REFUSED for each in outcomes)
    file.rows = len(outcomes)
    file.save()


def visible_to(user: User) -> Q:
    """Scans whose plots the user may see; of one that hangs on no plot, those of the territory."""
    within = user.commune_ids()
    if within is None:
        return Q()
    on_plots = Holding.objects.filter(plot__commune__in=within, certificate__isnull=False).values(
        "certificate"
    )
    return Q(commune__in=within) & (
        Q(certificate=None) | Q(certificate__in=on_plots) | Q(certificate__holdings=None)
    )
