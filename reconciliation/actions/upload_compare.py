"""Three sides of a row that we gave out: as it was given, as the register has it now, as it came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from landdb.models import AdminUnit
from landdb.normalise.text import clean, fold
from parcels.importers.form01 import problems
from parcels.importers.form01.cells import shown
from parcels.importers.form01.entries import Known, place_beside
from parcels.importers.form01.fields import (
    ASSET,
    CERTIFICATE,
    FIELDS,
    HOLDING,
    IDENTITY,
    PERSON,
    SCANS,
    UNUSED,
    USES,
)
from parcels.importers.form01.headers import Column
from parcels.importers.form01.row import Row
from parcels.importers.form01.showing import Shown, Subject
from parcels.importers.form01.showing import shown as shown_now
from parcels.importers.formula_cells import has_no_value

from ..models import CorrectionRow, WorkbookRow
from .same_cell import say_the_same
from .upload_reasons import check_reason, reasons
from .workbook_guide import CLEAR

State = CorrectionRow.State
#: Where a row stands: sheet and number.
Place = tuple[str, int]
#: Of a conflict: which side counts, and the register's value that was seen.
Pick = tuple[str, str]
REGISTER, WORKBOOK = "register", "workbook"

#: Keys looked up at a time.
_AT_ONCE = 5_000
#: Of the other rows with one key so many are named.
_NAMED = 4
#: Columns that are compared; of those in LOCKED a change is turned away.
LOCKED = frozenset({"guid", "paper1_number", "paper1_kind", "paper2_number", "paper2_kind"})
COMPARED = frozenset(name for name in FIELDS if name not in UNUSED)
#: What is told of the land user, and is lost where the row names none.
OF_A_PERSON = frozenset({"id_number", "birth", "sex", "address", "phone"})
#: Cells that a settled row shows beside its changed ones: whose plot it is, and in what words it is read;
#: and cells that are read together.
_ALWAYS, _TOGETHER = ("commune_code", "organisation_name"), (USES, ASSET, SCANS | {"serial"})
#: What may be taken away by a word; the rest can only be put right.
CLEARABLE = frozenset(
    {
        "phone", "birth", "issued", "book_number", "certificate_kind", "legal_form", "role",
        "current_user_name", "current_user_number", "current_user_address", "change_reason", "plot_code",
        "plot_class", "certificate_sheet", "certificate_plot", "uncollectable",
        *(f"use{line}_{name}" for line in (1, 2, 3) for name in ("origin", "form", "term")),
    }
)  # fmt: skip


class Cell(NamedTuple):
    """A cell on its three sides, as texts."""

    field: str
    given: str
    register: str
    typed: str


class Given(NamedTuple):
    """A row as it was given out (WorkbookRow): the subject, and field → text of its cells."""

    key: str
    workbook: int
    subject: Subject
    cells: dict[str, str]


@dataclass(slots=True)
class Compared:
    """What came of a row of ours: cells that are taken, and those that two sides changed differently."""

    given: Given
    now: Shown
    taken: list[Cell] = field(default_factory=list)
    conflicts: list[Cell] = field(default_factory=list)

    @property
    def changed(self) -> frozenset[str]:
        """The cells that are taken."""
        return frozenset(cell.field for cell in self.taken)


class Verdict(NamedTuple):
    """What becomes of a row that is not read further, and why (a code of landdb.intake.problems)."""

    state: CorrectionRow.State
    why: str = ""


class ThreeWay:
    """Amends the rows of an uploaded workbook; what it found is asked for afterwards, by place.

    `picks`: the side that somebody chose for the cells of a conflict. `only`: the rows to go on with (None:
    all).
    """

    def __init__(
        self,
        commune: AdminUnit,
        *,
        clears: bool = False,
        picks: Mapping[Place, Mapping[str, Pick]] | None = None,
        only: Collection[Place] | None = None,
    ) -> None:
        self.commune, self.clears = commune, clears
        self.picks, self.only = picks or {}, only
        self.compared: dict[Place, Compared] = {}
        self.verdicts: dict[Place, Verdict] = {}
        self.places: dict[Place, str] = {}
        self.workbooks: set[int] = set()
        self.returned: set[str] = set()
        #: Of rows of ours the plot and the land user whom they are about, whatever becomes of them.
        self.about: dict[Place, tuple[int, int | None]] = {}
        self._going: list[tuple[Row, Compared]] = []
        self._columns: Mapping[str, Column] = {}
        self._places: list[tuple[str, int]] = []

    def __call__(self, rows: Sequence[Row]) -> None:
        ours, has_others = defaultdict[str, list[Row]](list), False
        for row in rows:
            place, key = place_of(row), clean(shown(row.typed("row_key")))[:16]
            self.places[place] = key
            if self.only is not None and place not in self.only:
                row.is_left = True
            elif key:
                ours[key].append(row)
            else:
                has_others = True
                check_reason(row)
        given = {row.key: row for row in self._given(ours)}
        self.workbooks, self.returned = {row.workbook for row in given.values()}, set(given)
        now = shown_now(list(dict.fromkeys(row.subject for row in given.values())))
        whys = reasons(now)
        for key, same in ours.items():
            known = given.get(key)
            told = now.get(known.subject) if known else None
            if known is None or told is None:
                for row in same:
                    row.reject(problems.RECORD_GONE if known else problems.KEY_UNKNOWN, "row_key")
                continue
            told = told._replace(cells=told.cells | whys.get(told.land_user or 0, {}))
            self._rows_of(known, told, same)
        # A row that may speak of any record is told apart from all others by all that these say.
        is_settled = not has_others and all(_is_settled(each) for _row, each in self._going)
        for row, each in self._going:
            _lay_over(row, each, is_settled=is_settled)

    def _given(self, keys: Collection[str]) -> list[Given]:
        wanted, found = list(keys), list[Given]()
        for start in range(0, len(wanted), _AT_ONCE):
            chunk = wanted[start : start + _AT_ONCE]
            rows = WorkbookRow.objects.filter(key__in=chunk, workbook__commune=self.commune)
            found += [
                Given(key, workbook, Subject(holding, plot), cells)
                for key, workbook, holding, plot, cells in rows.values_list(
                    "key", "workbook_id", "holding", "plot", "cells"
                )
            ]
        return found

    def _rows_of(self, given: Given, now: Shown, rows: list[Row]) -> None:
        """Rows with one key: the one that says something goes on; copies that say the same are left out."""
        self.about |= dict.fromkeys(map(place_of, rows), (given.subject.plot, now.land_user))
        told = [(row, self._compare(row, given, now)) for row in rows]
        saying = [(row, each) for row, each in told if each.taken or each.conflicts]
        if len(told) > 1 and len({tuple(each.taken + each.conflicts) for _row, each in told}) > 1:
            # One of them may be a copy for another record: also where the other stayed as it was given out.
            for row, _each in told:
                row.reject(problems.KEY_REPEATED, "row_key", _others(row, rows))
        chosen = saying[0] if saying else told[0]
        for row, each in told:
            if any(problem.level == "rejected" for problem in row.problems):
                # What was typed is shown beside the reason.
                self.compared[place_of(row)] = each
                continue
            if row is not chosen[0]:
                self._leave(row, Verdict(State.IGNORED, problems.ROW_REPEATED))
            elif each.conflicts:
                self.compared[place_of(row)] = each
                self._leave(row, Verdict(State.CONFLICT, problems.IN_CONFLICT))
            elif not each.taken:
                self._leave(row, Verdict(State.UNCHANGED))
            else:
                self.compared[place_of(row)] = each
                self._going.append((row, each))

    def _leave(self, row: Row, verdict: Verdict) -> None:
        row.is_left = True
        self.verdicts[place_of(row)] = verdict

    def _compare(self, row: Row, given: Given, now: Shown) -> Compared:
        found = Compared(given, now)
        picks = self.picks.get(place_of(row), {})
        for name in self._touched(row, given):
            value = row.typed(name)
            typed, was, stands = clean(shown(value)), given.cells.get(name, ""), now.cells.get(name, "")
            if not typed and not (self.clears and was):
                continue
            cleared = not typed or (fold(typed) == fold(CLEAR) and typed.startswith("["))
            typed = "" if cleared else typed
            if say_the_same(name, value if typed else "", was) or say_the_same(
                name, value if typed else "", stands
            ):
                continue
            if typed and not any(map(str.isalnum, typed)) and not has_no_value(value):
                row.reject(problems.SAYS_NOTHING, name)
            cell = Cell(name, was, stands, typed)
            if _is_locked(name, given) or (cleared and name not in CLEARABLE):
                row.reject(problems.NOT_CLEARED if cleared else problems.CELL_NOT_TAKEN, name)
            elif say_the_same(name, stands, was) or has_no_value(value):
                found.taken.append(cell)
            else:
                side, seen = picks.get(name, ("", ""))
                if side == WORKBOOK and seen == stands:
                    found.taken.append(cell)
                elif not (side == REGISTER and seen == stands):
                    found.conflicts.append(cell)
            if name == "uncollectable" and typed:
                check_reason(row, has_nobody=_has_nobody(row, now))
            is_of_holder = name in OF_A_PERSON or (name in HOLDING and given.subject.holding is None)
            if is_of_holder and typed and _has_nobody(row, now):
                row.reject(problems.NOBODY_NAMED, name)
        return found

    def _touched(self, row: Row, given: Given) -> list[str]:
        """Cells that do not hold the very text that was given out; empty ones only where they clear."""
        cells, was = row.cells, given.cells
        found = [name for name, place in self._compared(row) if cells[place] not in ("", was.get(name))]
        if self.clears:
            empty = [name for name in was if name in row.present and row.typed(name) is None]
            found += [name for name in empty if name in COMPARED]
        return found

    def _compared(self, row: Row) -> list[tuple[str, int]]:
        """The columns that are compared, with their places; rows of a sheet share them."""
        if self._columns is not row.columns:
            self._columns = row.columns
            self._places = [(name, each.place) for name, each in row.columns.items() if name in COMPARED]
        return self._places


def _is_settled(each: Compared) -> bool:
    """Did nobody touch what tells which records the row is about, and has the register all of them?"""
    changed = each.changed
    return (
        each.given.subject.holding is not None
        and changed.isdisjoint(IDENTITY)
        and (each.now.certificate is not None or changed.isdisjoint(CERTIFICATE))
        and (each.now.land_user is not None or changed.isdisjoint(PERSON))
    )


def _lay_over(row: Row, each: Compared, *, is_settled: bool) -> None:
    changed, now = each.changed, each.now.cells
    cleared = frozenset(cell.field for cell in each.taken if not cell.typed)
    overlay: dict[str, object] = {}
    if is_settled:
        shown_too = (*_ALWAYS, *(name for both in _TOGETHER if not both.isdisjoint(changed) for name in both))
        overlay |= {name: now[name] for name in shown_too if name in now}
    else:
        overlay |= now
    overlay |= {cell.field: row.typed(cell.field) if cell.typed else "" for cell in each.taken}
    row.overlay = overlay
    row.known = Known(each.given.subject, changed, cleared, is_settled, now)


def place_of(row: Row) -> Place:
    return row.sheet[:60], row.number


def _others(row: Row, rows: Sequence[Row]) -> str:
    """The numbers of the other rows, the first ones, with their sheet where that is another."""
    told = (place_beside(row.sheet, each.sheet, each.number) for each in rows if each is not row)
    return ", ".join(islice(told, _NAMED))


def _has_nobody(row: Row, now: Shown) -> bool:
    """Neither the register nor the row names a land user."""
    named = ("name", "organisation_name")
    return now.land_user is None and not any(clean(shown(row.typed(name))) for name in named)


def _is_locked(name: str, given: Given) -> bool:
    """What stands in the form and no workbook changes; an asset may be told where there was none."""
    return name in LOCKED or (name in ASSET and not ASSET.isdisjoint(given.cells))
