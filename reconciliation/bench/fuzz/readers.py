"""Who reads files from outside: for each a few good files to begin with, and how one is read whole.

Another reader is one more entry of READERS.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from landdb.intake import problems
from landdb.intake.outcome import Refused
from landdb.models import AdminUnit, Role, User
from parcels.importers.form01 import layout, reading

from ...actions import answer_files, answer_portions, scans
from ...demo import police_answers, scanned
from ...models import AnswerFile, ScanArrival, VerificationBatch


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a file: read or refused, in which words; rows in, and rows told of."""

    is_read: bool
    words: str = ""
    rows: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """`samples` writes good files into a folder; `read` reads one and leaves nothing in the database."""

    name: str
    samples: Callable[[Path], list[Path]]
    read: Callable[[Path], Read]


class _Rehearsed(Exception):
    """Ends a rehearsal, so that nothing of it stays."""


def rehearsed(work: Callable[[], Read]) -> Read:
    """What `work` returns, all that it wrote taken back."""
    found: list[Read] = []
    try:
        with transaction.atomic():
            found.append(work())
            raise _Rehearsed
    except _Rehearsed:
        return found[0]


def _answers(path: Path) -> Read:
    """Read, and applied where something can be: all of it, or nothing."""

    def work() -> Read:
        police = User.objects.filter(role=Role.POLICE_LIAISON).earliest("pk")
        senior = User.objects.filter(role=Role.SENIOR_REVIEWER).earliest("pk")
        answers = answer_files.receive(SimpleUploadedFile(path.name, path.read_bytes()), by=police)
        answer_files.read(answers)
        answers.refresh_from_db()
        if answers.state == AnswerFile.State.UNREADABLE:
            return Read(False, answers.message)
        if answers.state != AnswerFile.State.EMPTY:
            answers = answer_files.approve(answers, by=senior, reason="thử")
            answers.refresh_from_db()
            for portion in answer_portions.portions(answers, answer_files.Row.PLANNED)[:1]:
                answer_portions.carry_out(answers, *portion)
            answer_files.count(answers)
        file = answers.file
        told = file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
        return Read(True, _words_of(set(file.problems.values_list("code", flat=True))), file.rows, told)

    return rehearsed(work)


def _words_of(codes: set[str]) -> str:
    """'' where every problem has its words; else the codes that have none."""
    return " ".join(sorted(code for code in codes if not problems.text(code).mend))


def _some_answers(folder: Path) -> list[Path]:
    batch = VerificationBatch.objects.filter(state=VerificationBatch.State.ISSUED).earliest("pk")
    return police_answers.write(batch, folder).files


def _form01(path: Path) -> Read:
    try:
        found = reading.read(
            path, max_bytes=settings.WORKBOOK_MAX_BYTES, max_rows=settings.WORKBOOK_MAX_ROWS, mappings={}
        )
    except Refused as refused:
        return Read(False, str(refused))
    return Read(True, _words_of({problem.code for problem in found.problems}))


def _some_forms(folder: Path) -> list[Path]:
    commune = AdminUnit.objects.in_force().earliest("code")
    rows = [
        {
            "no": n,
            "commune_code": commune.code,
            "serial": f"CD {n:06}",
            "issued": "20/05/2018",
            "name": "Nguyễn Văn Thử",
            "id_number": f"024075{n:06}",
            "birth": "1975",
            "sex": "Nam",
            "sheet": 3,
            "number": n,
            "legal_area": "120,5",
            "use1_purpose": "ONT",
            "use1_area": 120.5,
        }
        for n in range(1, 60)
    ]
    first, second = folder / "bieu-mau-01.xlsx", folder / "cua-xa.xlsx"
    layout.write_v1(first, rows)
    layout.write(second, rows, layout.Layout(depth=2, top=2, left=1, title="BIỂU THU THẬP"))
    return [first, second]


def _scans(path: Path) -> Read:
    def work() -> Read:
        by = User.objects.filter(role=Role.REVIEWER).earliest("pk")
        commune = AdminUnit.objects.in_force().earliest("code")
        arrival = scans.receive([SimpleUploadedFile(path.name, path.read_bytes())], commune, by=by)
        scans.unpack(arrival)
        for portion in scans.portions(arrival):
            scans.match(arrival, *portion)
        scans.finish(arrival.pk)
        arrival.refresh_from_db()
        if arrival.state == ScanArrival.State.UNREADABLE:
            return Read(False, arrival.message)
        file = arrival.file
        return Read(True, "", file.rows, file.applied + file.unchanged + file.proposed + file.rejected)

    return rehearsed(work)


def _some_scans(folder: Path) -> list[Path]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(40):
            archive.writestr(f"CD {n:06}-{'GCN' if n % 2 else 'GT'}.pdf", scanned.pdf(str(n)))
    path = folder / "ban-quet.zip"
    path.write_bytes(packed.getvalue())
    return [path]


READERS = (
    Reader("answers", _some_answers, _answers),
    Reader("form01", _some_forms, _form01),
    Reader("scans", _some_scans, _scans),
)
