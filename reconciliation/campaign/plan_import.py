"""A workbook with the plan: kept, compared with what stands, shown, and written once somebody confirms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from landdb.intake import keeping
from landdb.intake.outcome import Problem
from landdb.intake.received import keep_problems
from landdb.models import AdminUnit, ReceivedFile, User

from ..models import Target, Task
from . import plan_rows, plan_workbook
from .plan import FIELDS, Changed
from .plan_rows import Said

#: Also without a column for it, a new target needs these.
_NEEDED = ("starts_on", "due_on")


@dataclass(frozen=True)
class Difference:
    """A target that the workbook brings or changes: field → what stands and what would stand."""

    said: Said
    target: Target | None
    fields: dict[str, tuple[Any, Any]]


@dataclass
class Preview:
    """What a workbook would do, every row once: rows = new + changed + unchanged + rejected + ignored."""

    new: list[Difference] = field(default_factory=list)
    changed: list[Difference] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> list[Problem]:
        return [each for each in self.problems if each.level == "rejected"]

    @property
    def ignored(self) -> int:
        return len(self.problems) - len(self.rejected)

    @property
    def rows(self) -> int:
        return len(self.new) + len(self.changed) + self.unchanged + len(self.problems)

    @property
    def writes(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def stamp(self) -> str:
        """What was seen, to write that and nothing else."""
        seen = [
            (one.said.commune.pk, one.said.task.value, sorted(one.fields.items()))
            for one in (*self.new, *self.changed)
        ]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def receive(upload: UploadedFile[Any], *, by: User) -> ReceivedFile:
    """Keep a workbook as it came. Refused, and nothing kept of it in the list, where it holds no plan."""
    path, digest, size = keeping.keep(upload.chunks(), ".xlsx")
    plan_workbook.tables(path)
    return ReceivedFile.objects.create(
        kind=ReceivedFile.Kind.PLAN,
        name=Path(upload.name or "").name[:255],
        sha256=digest,
        size=size,
        path=path.name,
        received_by=by,
    )


def preview(file: ReceivedFile, units: Iterable[AdminUnit]) -> Preview:
    """Compare every row with the plan as it stands; nothing is written."""
    reader, found = plan_rows.Reader(units), Preview()
    rows: list[Said] = []
    for table in plan_workbook.tables(Path(settings.FILES_DIR) / file.path):
        found.unknown += [header[:200] for header in table.unknown if header not in found.unknown]
        for each in reader.read(table):
            if isinstance(each, Problem):
                found.problems.append(each)
            else:
                rows.append(each)
    targets = Target.objects.filter(commune__in={said.commune.pk for said in rows})
    held = {(target.commune_id, target.task): target for target in targets}
    for said in rows:
        _weigh(found, said, held.get((said.commune.pk, said.task)))
    found.problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return found


def _weigh(found: Preview, said: Said, target: Target | None) -> None:
    values = {name: getattr(target, name) for name in FIELDS} if target else {"unit": "", "leader": ""}
    then = dict(values)
    values |= said.values
    missing = next((name for name in _NEEDED if name not in values), "")
    if missing:
        place = plan_rows.place_of({}, missing, said.row)
        found.problems.append(Problem("rejected", said.row, plan_rows.DATE_MISSING, place, "", said.sheet))
    elif values["due_on"] < values["starts_on"]:
        due = f"{values['due_on']:%d/%m/%Y} < {values['starts_on']:%d/%m/%Y}"
        found.problems.append(
            Problem("rejected", said.row, plan_rows.DUE_BEFORE_START, said.places["due_on"], due, said.sheet)
        )
    elif target is None:
        found.new.append(Difference(said, None, {name: (None, values[name]) for name in FIELDS}))
    elif fields := {n: (then[n], values[n]) for n in FIELDS if then[n] != values[n]}:
        found.changed.append(Difference(said, target, fields))
    else:
        found.unchanged += 1


@transaction.atomic
def confirm(file: ReceivedFile, units: Iterable[AdminUnit], *, seen: str) -> Preview:
    """Write what was seen and nothing else. Changed where the plan is another by now, also by this file."""
    held = ReceivedFile.objects.select_for_update().get(pk=file.pk)
    communes = list(units)
    # The communes are the lock, since a target may not be there yet (plan.assign).
    locked = AdminUnit.objects.select_for_update(no_key=True).filter(pk__in=[unit.pk for unit in communes])
    list(locked.order_by("pk").values_list("pk"))
    found = preview(held, communes)
    if held.rows or found.stamp != seen:
        raise Changed
    with pghistory.context(file=held.pk):
        Target.objects.bulk_create(
            Target(
                commune=one.said.commune,
                task=Task(one.said.task),
                **{name: new for name, (_old, new) in one.fields.items()},
            )
            for one in found.new
        )
        changed = []
        for one in found.changed:
            if one.target is not None:
                for name, (_old, new) in one.fields.items():
                    setattr(one.target, name, new)
                changed.append(one.target)
        if changed:
            Target.objects.bulk_update(changed, FIELDS)
    held.applied, held.unchanged = found.writes, found.unchanged
    held.rejected, held.ignored, held.rows = len(found.rejected), found.ignored, found.rows
    held.unknown_headers = found.unknown[:200]
    held.save()
    keep_problems(held, found.problems)
    return found
