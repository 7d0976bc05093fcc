"""From a file's rows to its record: what was applied, what was turned away, and why."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import ReceivedFile, RowProblem, User

from . import problems as words
from .headers import Column
from .outcome import Outcome, Problem, Refused
from .sources import examine
from .tables import Table, open_table

#: Problems kept of each level; all are counted.
MOST_KEPT = 10_000


class Intake:
    """One file on its way in: its table, its record, and the tally of its rows."""

    def __init__(self, table: Table, file: ReceivedFile) -> None:
        self.table, self.file = table, file
        self.outcome = Outcome(file)
        self.levels: Counter[str] = Counter()
        self._kept: dict[str, list[Problem]] = {level: [] for level in RowProblem.Level.values}

    def note(self, problems: Iterable[Problem]) -> None:
        """Count problems and keep the first ones of each level."""
        for problem in problems:
            self.levels[problem.level] += 1
            kept = self._kept[problem.level]
            if len(kept) < MOST_KEPT:
                kept.append(problem)

    def close(self, *, applied: int, unchanged: int, proposed: int = 0, strict: bool) -> Outcome:
        """Write counts and problems down; Refused where no row was of use (`strict`: where any was not)."""
        file, outcome = self.file, self.outcome
        rejected, ignored = self.levels["rejected"], self.levels["ignored"]
        usable = applied + unchanged + proposed
        first = min(self._kept["rejected"], key=lambda problem: problem.row, default=None)
        if not usable:
            raise Refused(_no_row(file.name, first))
        if strict and first is not None:
            raise Refused(
                ngettext(
                    "Tệp %(name)s có %(count)s dòng bị trả, không ghi gì; %(first)s.",
                    "Tệp %(name)s có %(count)s dòng bị trả, không ghi gì; %(first)s.",
                    rejected,
                )
                % {"name": file.name, "count": rejected, "first": _first_words(first)}
            )
        file.applied, file.unchanged, file.proposed = applied, unchanged, proposed
        file.rejected, file.ignored = rejected, ignored
        file.rows = usable + rejected + ignored
        file.save()
        outcome.problems = sorted((p for kept in self._kept.values() for p in kept), key=lambda p: p.row)
        outcome.warnings = self.levels["warning"]
        keep_problems(file, outcome.problems)
        return outcome


@contextmanager
def receiving(
    path: Path | str,
    columns: Iterable[Column],
    kind: ReceivedFile.Kind,
    *,
    name: str | None,
    by: User | None,
    simulate: bool,
    opened: Table | None = None,
) -> Iterator[Intake]:
    """One transaction around a file: everything of it goes in, or nothing (also when only simulated).

    `opened` is its table where the caller has opened it already.
    """
    begun = time.monotonic()
    table = opened or open_table(examine(path), tuple(columns))
    source = table.source
    with transaction.atomic():
        is_kept = source.path.parent == Path(settings.FILES_DIR)
        file = ReceivedFile.objects.create(
            kind=kind,
            name=(name or source.path.name)[:255],
            sha256=source.sha256,
            size=source.size,
            path=source.path.name if is_kept else "",
            received_by=by,
            unknown_headers=[header[:200].replace("\x00", "") for header in table.located.unknown[:200]],
        )
        intake = Intake(table, file)
        yield intake
        if simulate:
            transaction.set_rollback(True)
    if simulate:
        file.pk = None
    intake.outcome.seconds = round(time.monotonic() - begun, 3)


def keep_problems(file: ReceivedFile, problems: Iterable[Problem]) -> None:
    """Store a file's problems, each value cut to what its column holds."""
    RowProblem.objects.bulk_create(
        (
            RowProblem(
                file=file,
                level=problem.level,
                sheet=problem.sheet[:60],
                row=problem.row,
                column=problem.column[:160],
                value=problem.value[:200].replace("\x00", ""),
                code=problem.code,
                about=problem.about[:80],
            )
            for problem in problems
        ),
        batch_size=1000,
    )


def _no_row(name: str, first: Problem | None) -> str:
    if first is None:
        return _("Tệp %(name)s chỉ có dòng tiêu đề, không có dòng dữ liệu nào.") % {"name": name}
    return _("Tệp %(name)s không có dòng nào dùng được; %(first)s.") % {
        "name": name,
        "first": _first_words(first),
    }


def _first_words(problem: Problem) -> str:
    """Where and why, without the value: the sentence may end up in a log."""
    place = _("dòng %(row)s") % {"row": problem.row}
    if problem.column:
        place += ", " + _("cột %(column)s") % {"column": problem.column}
    return f"{place}: {words.text(problem.code).reason}"
