"""Freeze, hand out, answer, and the same files once more; what every line came to."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from landdb.jobs import wait
from landdb.models import User

from ...actions import answer_files, police_batches
from ...demo import police_answers
from ...models import AnswerFile, Change, PoliceAnswer, VerificationBatch, VerificationLine
from ..apart import say, timed
from ..reach import Reached, at_most
from ..report import reached_table, table
from . import ground

Row, Line = PoliceAnswer.State, VerificationLine.State
#: Seconds in which the answers to the whole list of a province are applied, and in which a file is read.
APPLIED_SECONDS, READ_SECONDS = 1_800.0, 60.0
#: What the records say: a digest of these must not change when the same files come again.
_DIGESTED = {
    "reconciliation_verification": "land_user_id, outcome, resident_id, differs, since",
    "reconciliation_workitem": "id, state, waits_with, police_word, outcome",
    "reconciliation_match": "id, state, decided_by_id, levels",
    "reconciliation_plotstatus": 'plot_id, "group", rules',
    "reconciliation_verificationline": "id, state, answer_id",
    "parcels_landuser": "id, name, birth_on, birth_year, sex, id_number, former_number",
}


@dataclass(frozen=True)
class Size:
    """How many people the list asks about."""

    lines: int
    seed: int = 1


def run(size: Size) -> dict[str, Any]:
    """What standard output ends with."""
    seconds: dict[str, float] = {}
    say(f"{size.lines:,} people, their plots, a registry …")
    with timed(seconds, "made"):
        mai, senior, police = ground.make(size.lines, size.seed)
        wait.run("classify")
    batch = issued(mai, senior, seconds)
    with timed(seconds, "written"):
        sent = police_answers.write(batch, Path(settings.VAR) / "answers", size.seed)
    say(f"Answers: {sum(sent.rows.values()):,} rows in {len(sent.files)} files: {dict(sent.counts)}")
    first = [_taken(path, police, senior, seconds, f"{n}") for n, path in enumerate(sent.files, 1)]
    before, changes, torn = digests(), Change.objects.count(), _conflicts()
    again = [_taken(path, police, senior, seconds, f"{n}_again") for n, path in enumerate(sent.files, 1)]
    told = {
        "seconds": seconds,
        "sent": dict(sent.counts),
        "files": [_told(each) for each in (*first, *again)],
        "lines": _lines(batch),
    }
    checks = {
        **_accounted(batch, sent, first, size),
        "same_file_changes": Change.objects.count() - changes,
        "same_file_contradictions": _conflicts() - torn,
        "same_file_tables": sum(before[name] != now for name, now in digests().items()),
        "same_file_applied": sum(each.file.applied for each in again),
    }
    reached: Reached = {name: at_most(value, 0) for name, value in checks.items()}
    reached["read_seconds"] = at_most(
        max(v for k, v in seconds.items() if k.startswith("read")), READ_SECONDS
    )
    applied = sum(seconds[f"applied_{n}"] for n in range(1, len(first) + 1))
    reached["applied_seconds"] = at_most(round(applied, 1), APPLIED_SECONDS)
    _show(told, reached)
    return {
        "bench": "police",
        "size": asdict(size),
        "figures": told,
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def issued(mai: User, senior: User, seconds: dict[str, float]) -> VerificationBatch:
    """The list, agreed to and handed out by jobs."""
    wanted = police_batches.Wanted(
        outcomes=("not_found",),
        communes=(),
        purpose="Đo danh sách của cả tỉnh",
        legal_basis="515/KH-BCA-BNNMT",
        due_on=timezone.localdate() + dt.timedelta(days=30),
        split=VerificationBatch.Split.COMMUNE,
    )
    batch = police_batches.draft(wanted, by=mai)
    with timed(seconds, "frozen"):
        wait.run("police_freeze", batch=batch.pk)
    batch = police_batches.answer(police_batches.go(batch, by=mai), by=senior, is_yes=True)
    with timed(seconds, "handed_out"):
        wait.run("police_issue", batch=batch.pk)
    batch.refresh_from_db()
    return batch


def _taken(path: Path, police: User, senior: User, seconds: dict[str, float], name: str) -> AnswerFile:
    """A file read by a job, and applied by another where it says anything new."""
    answers = answer_files.receive(SimpleUploadedFile(path.name, path.read_bytes()), by=police)
    with timed(seconds, f"read_{name}"):
        wait.run("read_answers", answers=answers.pk)
    answers.refresh_from_db()
    if answers.state == AnswerFile.State.WAITING:
        answers = answer_files.approve(answers, by=senior, reason="đo")
        with timed(seconds, f"applied_{name}"):
            wait.run("apply_answers", answers=answers.pk)
        answers.refresh_from_db()
    answers.file.refresh_from_db()
    return answers


def _accounted(
    batch: VerificationBatch, sent: police_answers.Sent, files: list[AnswerFile], size: Size
) -> dict[str, int]:
    """What is missing, each should be nought: lines, rows, and lines that say another word than was sent."""
    words = dict(batch.lines.filter(state=Line.ANSWERED).values_list("key", "answer__word"))
    asked = batch.lines.filter(state__in=[Line.ANSWERED, Line.WAITING]).count()
    in_conflict = set(
        PoliceAnswer.objects.filter(state=Row.CONFLICT).values_list("line__key", flat=True).distinct()
    )
    return {
        "lines_lost": size.lines
        - asked
        - batch.lines.exclude(state__in=[Line.ANSWERED, Line.WAITING]).count(),
        "rows_lost": sum(abs(sent.rows[each.file.name] - each.file.rows) for each in files),
        "words_lost": sum(
            words.get(key) != word for key, word in sent.plain.items() if key not in in_conflict
        ),
        "words_from_nowhere": len(words.keys() - sent.plain.keys() - _torn_apart(batch)),
    }


def _torn_apart(batch: VerificationBatch) -> set[str]:
    """Lines whose two contradicting rows came in two files: the first stands, the second is set apart."""
    torn = PoliceAnswer.objects.filter(line__batch=batch, state=Row.CONFLICT, line__state=Line.ANSWERED)
    return set(torn.values_list("line__key", flat=True))


def _conflicts() -> int:
    return PoliceAnswer.objects.filter(state=Row.CONFLICT).count()


def digests() -> dict[str, str]:
    found = {}
    with connection.cursor() as cursor:
        for name, columns in _DIGESTED.items():
            cursor.execute(f"SELECT md5(x::text) FROM (SELECT {columns} FROM {name}) x ORDER BY 1")  # noqa: S608
            found[name] = hashlib.md5("".join(row[0] for row in cursor.fetchall()).encode()).hexdigest()  # noqa: S324
    return found


def _told(answers: AnswerFile) -> dict[str, Any]:
    file = answers.file
    counts = ("rows", "applied", "unchanged", "proposed", "rejected", "ignored")
    return {"name": file.name, "state": answers.state, **{name: getattr(file, name) for name in counts}}


def _lines(batch: VerificationBatch) -> dict[str, int]:
    rows = batch.lines.order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


def _show(told: dict[str, Any], reached: Reached) -> None:
    table(["step", "seconds"], ([name, str(value)] for name, value in told["seconds"].items()))
    heads = ("rows", "applied", "unchanged", "proposed", "rejected", "ignored")
    table(
        ["file", "rows =", "applied +", "unchanged +", "contradicting +", "rejected +", "ignored"],
        ([each["name"], *(f"{each[head]:,}" for head in heads)] for each in told["files"]),
    )
    say(f"  lines: {told['lines']}")
    reached_table(reached)
