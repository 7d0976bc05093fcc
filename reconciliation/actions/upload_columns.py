"""What the columns of an uploaded workbook are: asked where it is not sure, remembered, forgotten again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db import transaction

from landdb.models import User
from parcels.importers.form01 import Told
from parcels.importers.form01 import answers as memory
from parcels.importers.form01.fields import FIELDS, UNUSED

from ..models import CorrectionBatch
from .changes import WrongState

State = CorrectionBatch.State
#: What a person may say that a column is; the key of a row is no value, and still needs its column.
CHOICES = tuple(name for name in FIELDS if name not in UNUSED or name == "row_key")
LEAVE_OUT = ""


class Fault(StrEnum):
    """Why an answer does not do."""

    UNANSWERED = "unanswered"
    UNFIT = "unfit"
    TWICE = "twice"


class BadAnswers(Exception):
    """Answers that cannot be: header → fault. Nothing was kept."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(faults.values()))
        self.faults = faults


class ReadAgain(Exception):
    """The workbook was read again since the page was drawn: its columns may be told otherwise."""


def told(batch: CorrectionBatch) -> list[Told]:
    """The columns of a workbook as it was last read."""
    return [Told.of(each) for each in batch.report.get("headers", [])]


def answers(batch: CorrectionBatch) -> dict[str, str]:
    """Header → field: what the commune remembers, and what was said for this workbook."""
    said: dict[str, str] = batch.report.get("answers", {})
    return memory.remembered(batch.commune) | said


def as_shown(batch: CorrectionBatch) -> dict[str, str] | None:
    """Header → field as the dry run read them, whatever the commune remembers by now; None of old ones."""
    return {each.header: each.field for each in told(batch)} or None


def mark_of_reading(batch: CorrectionBatch) -> str:
    """Names the reading that a page shows."""
    return batch.read_at.isoformat() if batch.read_at else ""


@transaction.atomic
def answer(batch: CorrectionBatch, said: Mapping[str, str], *, reading: str, by: User) -> CorrectionBatch:
    """Keep what columns are: every one that was asked, and those that somebody changes beside.

    The commune remembers it; what mends a mishap of this workbook holds for it alone. It is then read again.
    """
    held = CorrectionBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state not in (State.ASKING, State.CHECKED):
        raise WrongState(held.get_state_display())
    if reading != mark_of_reading(held):
        raise ReadAgain
    columns = told(held)
    said = {each.header: said[each.header] for each in columns if each.header in said}
    if faults := _faults(columns, said):
        raise BadAnswers(faults)
    lasting = {each.header for each in columns if not each.is_mishap}
    memory.remember({header: name for header, name in said.items() if header in lasting}, held.commune, by)
    held.report |= {"answers": held.report.get("answers", {}) | said}
    held.state = State.READING
    held.save(update_fields=["state", "report"])
    return held


def _faults(columns: list[Told], said: Mapping[str, str]) -> dict[str, Fault]:
    faults: dict[str, Fault] = {}
    for each in columns:
        name = said.get(each.header)
        if name is None and each.doubt:
            faults[each.header] = Fault.UNANSWERED
        elif name and (name not in CHOICES or name in each.unfit):
            faults[each.header] = Fault.UNFIT
    for sheet in {name for each in columns for name in each.sheets}:
        seen: dict[str, str] = {}
        for each in (each for each in columns if sheet in each.sheets):
            name = said.get(each.header, each.field)
            if not name or (each.is_empty and each.header not in said):
                continue
            first = seen.setdefault(name, each.header)
            if first != each.header:
                both = (header for header in (first, each.header) if header in said)
                faults |= dict.fromkeys(both, Fault.TWICE)
    return faults
