"""What somebody should look at in a received file, cells and rows: how many of each cause, and the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from landdb.intake import problems
from landdb.intake.received import MOST_KEPT
from landdb.models import ReceivedFile, RowProblem
from landdb.normalise import id_numbers

from ..filters import address
from ..models import CorrectionBatch, CorrectionRow
from ..models.uploads import CorrectionRows
from . import upload_words

#: Cells shown at most: at first, and of one cause.
SHOWN, OF_CAUSE_SHOWN = 50, 500
_NUMBERS = ("cccd", "cmnd")
_NAMES = ("full_name",)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell or a whole row, with what is wrong and how to mend it."""

    sheet: str
    row: int
    column: Any
    value: str
    reason: str
    mend: Any
    level: str
    level_word: Any
    note: str = ""


def of(
    file: ReceivedFile,
    cause: str,
    base: Mapping[str, list[str]],
    *,
    names: bool = True,
    whole: CorrectionRows | None = None,
) -> dict[str, Any]:
    """What `row_problems.html` shows; `base` is the address of the page, without `names` no name is shown.

    `whole`: rows of a workbook that were turned away as a whole. Identity numbers are masked.
    """
    cells, rows = file.problems.all(), whole if whole is not None else CorrectionRow.objects.none()
    counted = Counter(dict(cells.order_by().values_list("code").annotate(n=Count("pk"))))
    counted.update(dict(rows.order_by().values_list("why").annotate(n=Count("pk"))))
    causes = [
        {
            "code": code,
            "count": n,
            "words": problems.text(code),
            "query": address(base, cause=None if code == cause else code),
        }
        for code, n in sorted(counted.items(), key=lambda told: (-told[1], told[0]))
    ]
    if cause:
        cells, rows = cells.filter(code=cause), rows.filter(why=cause)
    shown = OF_CAUSE_SHOWN if cause else SHOWN
    found = [_cell(each, names) for each in cells[:shown]]
    found += [_whole(each) for each in rows.order_by("row", "pk")[:shown]]
    return {
        "causes": causes,
        "cause": cause,
        "problems": sorted(found, key=attrgetter("row"))[:shown],
        "is_cut": (counted[cause] if cause else counted.total()) > shown,
        "shown": shown,
    }


@dataclass(frozen=True, slots=True)
class Why:
    """Why a row of a workbook stays out, and the mend."""

    reason: str
    mend: Any


def whys(batch: CorrectionBatch, lines: Collection[CorrectionRow]) -> dict[int, Why]:
    """Line → why it is left, with the row that it does not go together with; those that go are left out."""
    left = [line for line in lines if line.why]
    told = batch.file.problems.exclude(about="").filter(row__in=[line.row for line in left])
    about = {(each.sheet, each.row, each.code): each.about for each in told} if left else {}
    found = {}
    for line in left:
        words = problems.text(line.why)
        reason = words.said(goes_in=False, about=about.get((line.sheet, line.row, line.why), ""))
        found[line.pk] = Why(reason, words.mend)
    return found


def warnings(files: Iterable[ReceivedFile]) -> dict[int, tuple[int, bool]]:
    """File → how many of its cells somebody should look at, and whether there are more than were kept."""
    wanted = ReceivedFile.objects.filter(pk__in=[file.pk for file in files])
    counted = wanted.annotate(n=Count("problems", filter=Q(problems__level=RowProblem.Level.WARNING)))
    return {pk: (n, n >= MOST_KEPT) for pk, n in counted.order_by().values_list("pk", "n")}


def _cell(each: RowProblem, names: bool) -> Shown:
    words = problems.text(each.code)
    return Shown(
        each.sheet,
        each.row,
        each.column,
        _value(each, names),
        words.said(goes_in=each.level == RowProblem.Level.WARNING, about=each.about),
        words.mend,
        each.level,
        each.get_level_display(),
    )


def _whole(each: CorrectionRow) -> Shown:
    level = RowProblem.Level.REJECTED
    words = problems.text(each.why)
    reason, mend = words.said(goes_in=False), words.mend
    return Shown(each.sheet, each.row, _("cả dòng"), "", reason, mend, level.value, level.label, each.note)


def _value(row: RowProblem, names: bool) -> str:
    if row.column in _NAMES and not names:
        return ""
    if row.column in _NUMBERS and sum(map(str.isdigit, row.value)) > 4:
        return id_numbers.mask(row.value)
    return upload_words.without_numbers(row.value)
