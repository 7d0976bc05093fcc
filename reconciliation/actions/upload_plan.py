"""What an uploaded workbook would do, or does: the same way for the dry run and for applying.

Everything here runs inside the caller's transaction; a dry run takes it back.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from landdb.intake.outcome import Difference, Outcome, Problem
from landdb.models import AdminUnit, ReceivedFile
from parcels.importers import form01
from parcels.importers.form01 import problems
from parcels.importers.form01.entries import Entry
from parcels.importers.form01.fields import ASSET, FIELDS, SCANS, USES
from parcels.importers.form01.reading import MUST_MEND
from parcels.models import Holding, LandUser, Plot

from ..models import Match, WorkItem
from . import upload_policy
from .records import EDITABLE, encode
from .upload_compare import Pick, Place, ThreeWay
from .upload_reasons import reason_code

#: Rows of one workbook, and bytes; more is refused before it is read.
MOST_BYTES, MOST_ROWS = 20 * 2**20, 50_000
#: Words of the import after which a row of ours does not go on.
_TURNING_AWAY = frozenset({problems.PLOT_TAKEN, problems.CONTRADICTS, problems.RECORD_GONE})
#: Columns that point to what a file may bring.
_ENDS = {"land_user_id": "parcels.landuser", "certificate_id": "parcels.certificate"}
#: Cells that add records to others.
_DETAILS = USES | ASSET | SCANS
#: In place of a reason: what could not be collected can be again.
BACK = "back"
#: How often rows are taken out and the rest is tried again.
_TRIES = 4

Tell = Callable[[str, int, int], None]


@dataclass(slots=True)
class RowPlan:
    """What one row does: changes of records, a hand-over, new records; `effect` marks all of it.

    `brings` names what is new: cells by which a person knows whose record it will be.
    """

    plot: int | None = None
    land_user: int | None = None
    is_new: bool = False
    differences: list[Difference] = field(default_factory=list)
    why: str = ""
    brings: list[tuple[str, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    effect: str = ""

    @property
    def kind(self) -> str:
        return upload_policy.strictest(self.kinds)

    @property
    def does_something(self) -> bool:
        return bool(self.kinds)


@dataclass(slots=True)
class Plan:
    """A workbook compared with the register: its rows by place, and the problems found in its cells."""

    reading: form01.Reading
    outcome: Outcome
    ways: ThreeWay
    rows: dict[Place, RowPlan]
    turned_away: dict[Place, list[Problem]] = field(default_factory=dict)

    @property
    def problems(self) -> list[Problem]:
        return self.outcome.problems


def plan(
    path: Path,
    file: ReceivedFile,
    commune: AdminUnit,
    *,
    clears: bool = False,
    picks: Mapping[Place, Mapping[str, Pick]] | None = None,
    shown: Mapping[Place, str] | None = None,
    answers: Mapping[str, str] | None = None,
    tell: Tell = lambda _step, _done, _total: None,
) -> Plan:
    """Read, compare and put in what is new; Refused with one sentence where the workbook cannot be used.

    `shown`: the rows to go on with, each with the effect that somebody agreed to; a row that would do
    something else by now is left out. Rows that turn out not to go are taken out, and the others tried again.
    `answers`: what headers mean, where somebody can be asked about the others; columns that are not sure are
    told in the reading (TooUnsure where the sure ones are too few).
    """
    ways = ThreeWay(commune, clears=clears, picks=picks, only=shown)
    tell("read", 0, 0)
    reading = form01.read(
        path,
        commune=commune,
        max_bytes=MOST_BYTES,
        max_rows=MOST_ROWS,
        mappings=answers,
        amend=ways,
        asks=answers is not None,
    )
    told, turned_away = list(reading.problems), dict[Place, list[Problem]]()
    for _try in range(_TRIES):
        tell("compare", len(reading.entries), reading.rows)
        mark = transaction.savepoint()
        outcome = form01.put_in(reading, file, keeps_problems=False)
        rows = _rows(reading, outcome, ways)
        bad = _bad(reading, outcome, rows, shown)
        if not bad:
            return Plan(reading, outcome, ways, rows, turned_away)
        transaction.savepoint_rollback(mark)
        turned_away |= bad
        reading.entries = [each for each in reading.entries if (each.sheet[:60], each.row) not in bad]
        reading.rejected += len(bad)
        reading.problems = [*told, *chain.from_iterable(turned_away.values())]
    raise RuntimeError("rows of the workbook keep on contradicting each other")


def _rows(reading: form01.Reading, outcome: Outcome, ways: ThreeWay) -> dict[Place, RowPlan]:
    """Every row that was read further, with what it does."""
    found = {
        (each.sheet[:60], each.row): RowPlan(each.plot, each.land_user, each.is_new) for each in outcome.rows
    }
    for difference in outcome.differences:
        found[difference.sheet[:60], difference.row or 0].differences.append(difference)
    others = upload_policy.others(outcome.differences)
    held = _held_by_others(outcome)
    waiting = dict(
        WorkItem.objects.filter(
            land_user__in=[each.land_user for each in outcome.rows if each.land_user],
            waits_with=WorkItem.With.CITIZEN,
        ).values_list("land_user", "waits_why")
    )
    for entry in reading.entries:
        row = found[entry.sheet[:60], entry.row]
        code = reason_code(entry.uncollectable) if entry.uncollectable else ""
        is_back = bool(
            entry.known and "uncollectable" in entry.known.cleared and waiting.get(row.land_user or 0)
        )
        is_told = entry.known is None or "uncollectable" in entry.known.changed
        if row.land_user and is_told and (is_back or (code and waiting.get(row.land_user) != code)):
            row.why = code or BACK
        kinds = {upload_policy.kind_of(each, outcome.new, others) for each in row.differences}
        kinds |= {"uncollectable"} if row.why else set()
        # A row that only ties a new certificate to its holding is told by that.
        if row.is_new and not kinds & {"certificate_new", "holder_first", "holder"}:
            if added := _added(entry, ways):
                kinds |= {"uses" if name in USES else "details" for name, _text in added}
            else:
                kinds.add("holder_more" if held.get(row.plot or 0, set()) - {row.land_user} else "new")
        if row.is_new:
            row.brings = _added(entry, ways) or entry.named()
        row.kinds = sorted(kinds)
    decided = _decided(found.values())
    for row in found.values():
        row.effect = _effect(row, outcome.new, decided)
    return found


def _decided(rows: Iterable[RowPlan]) -> dict[int, str]:
    """Land user → when somebody last said who they are, of those whose evidence a row changes."""
    label = LandUser._meta.label_lower
    people = {
        each.record_id
        for row in rows
        for each in row.differences
        if each.model == label and each.field != "phone"
    }
    said = Match.objects.filter(land_user__in=people, decided_at__isnull=False)
    last = said.values("land_user").annotate(at=Max("decided_at")).order_by()
    return {pk: at.isoformat() for pk, at in last.values_list("land_user", "at")}


def _added(entry: Entry, ways: ThreeWay) -> list[tuple[str, str]]:
    """Of a row of ours on a holding that is there: the cells that may add a line of use, an asset, a scan."""
    if entry.known is None or entry.known.subject.holding is None:
        return []
    compared = ways.compared.get((entry.sheet[:60], entry.row))
    cells = compared.taken if compared else []
    return [(cell.field, cell.typed) for cell in cells if cell.field in _DETAILS and cell.typed]


def _held_by_others(outcome: Outcome) -> dict[int, set[int | None]]:
    """Of the plots of new rows that were there before: who held them without this file."""
    plots = {each.plot for each in outcome.rows if each.is_new and each.land_user}
    plots -= set(outcome.new.get(Plot._meta.label_lower, ()))
    held: dict[int, set[int | None]] = defaultdict(set)
    before = Holding.objects.filter(plot__in=plots, land_user__isnull=False)
    before = before.exclude(file=outcome.file)
    for plot, land_user in before.values_list("plot", "land_user"):
        held[plot].add(land_user)
    return held


def _effect(row: RowPlan, new: Mapping[str, Collection[int]], decided: Mapping[int, str]) -> str:
    """The mark of what a row does; records that it brings have other ids each time.

    A decision on its land user that is made once the row was shown makes it another one.
    """
    told = sorted(
        [
            each.model,
            0 if each.record_id in new.get(each.model, ()) else each.record_id,
            each.field,
            *_sides(each, new),
        ]
        for each in row.differences
    )
    mark = [told, row.why, row.is_new]
    label = LandUser._meta.label_lower
    people = {each.record_id for each in row.differences if each.model == label}
    if words := sorted(decided[pk] for pk in people if pk in decided):
        mark.append(words)
    return hashlib.md5(json.dumps(mark).encode()).hexdigest()  # noqa: S324


def _sides(each: Difference, new: Mapping[str, Collection[int]]) -> list[Any]:
    model = EDITABLE[each.model].model
    old, becomes = encode(model, each.field, each.old), encode(model, each.field, each.new)
    is_brought = each.field in _ENDS and becomes in new.get(_ENDS[each.field], ())
    return [repr(old), "new" if is_brought else repr(becomes)]


def _bad(
    reading: form01.Reading,
    outcome: Outcome,
    rows: Mapping[Place, RowPlan],
    shown: Mapping[Place, str] | None,
) -> dict[Place, list[Problem]]:
    """Rows that must not go on, with all that keeps them."""
    ours = {(entry.sheet[:60], entry.row) for entry in reading.entries if entry.known}
    bad: dict[Place, list[Problem]] = defaultdict(list)
    for problem in outcome.problems:
        place = (problem.sheet[:60], problem.row)
        is_new = place not in ours and place in rows and rows[place].is_new
        if problem.code in (_TURNING_AWAY if place in ours else MUST_MEND if is_new else ()):
            bad[place].append(replace(problem, level="rejected"))
    for entry in reading.entries:
        place = (entry.sheet[:60], entry.row)
        if entry.uncollectable and rows[place].land_user is None:
            column = FIELDS["uncollectable"].header
            problem = Problem(
                "rejected", entry.row, problems.NOBODY_TO_ASK, column, entry.uncollectable, entry.sheet
            )
            bad[place].append(problem)
    if shown is not None:
        for place, row in rows.items():
            if row.effect != shown.get(place):
                bad[place] = [Problem("rejected", place[1], problems.CHANGED_SINCE, sheet=place[0])]
    return dict(bad)


def by_place(found: Collection[Problem]) -> dict[Place, list[Problem]]:
    """The problems of each row."""
    told: dict[Place, list[Problem]] = defaultdict(list)
    for problem in found:
        told[problem.sheet[:60], problem.row].append(problem)
    return told
