"""Why nothing can be collected from somebody, as a cell of the workbook says it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils import translation

from landdb.normalise.text import clean, fold
from parcels.importers.form01 import problems
from parcels.importers.form01.cells import shown
from parcels.importers.form01.row import Row
from parcels.importers.form01.showing import Shown, Subject
from parcels.importers.formula_cells import has_no_value

from ..models import Why, WorkItem


def reason_code(text: str) -> str:
    """The coded reason that a cell names by its words; empty where it names none."""
    return _codes().get(fold(text), "")


@cache
def _codes() -> dict[str, str]:
    with translation.override("vi"):
        return {fold(str(why.label)): why.value for why in Why.of(WorkItem.With.CITIZEN)}


def check_reason(row: Row, *, has_nobody: bool = False) -> None:
    """A reason is one of the list; a cell whose formula says none is spoken of where rows are read."""
    value = row.typed("uncollectable")
    text = clean(shown(value))
    if has_no_value(value):
        return
    if text and not reason_code(text):
        row.reject(problems.WHY_UNKNOWN, "uncollectable")
    elif text and has_nobody:
        row.reject(problems.NOBODY_TO_ASK, "uncollectable")


def reasons(now: Mapping[Subject, Shown]) -> dict[int, dict[str, str]]:
    """Land user → the cell that says why nothing can be collected, as it stands now."""
    people = {each.land_user for each in now.values() if each.land_user}
    items = WorkItem.objects.filter(land_user__in=people, waits_with=WorkItem.With.CITIZEN)
    with translation.override("vi"):
        return {
            pk: {"uncollectable": str(Why(why).label)}
            for pk, why in items.values_list("land_user", "waits_why")
            if why in Why.values
        }
