"""The cells of a received file that somebody should look at: how many of each cause, and the first ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q

from landdb.intake import problems
from landdb.intake.received import MOST_KEPT
from landdb.models import ReceivedFile, RowProblem
from landdb.normalise import id_numbers

from ..filters import address
from . import upload_words

#: Cells shown at most: at first, and of one cause.
SHOWN, OF_CAUSE_SHOWN = 50, 500
_NUMBERS = ("cccd", "cmnd")
_NAMES = ("full_name",)


def of(
    file: ReceivedFile, cause: str, base: Mapping[str, list[str]], *, names: bool = True
) -> dict[str, Any]:
    """What `row_problems.html` shows; `base` is the address of the page, without `names` no name is shown.

    Identity numbers are masked.
    """
    rows = file.problems.all()
    counted = rows.values("code").annotate(n=Count("pk")).order_by("-n", "code")
    causes = [
        {
            "code": row["code"],
            "count": row["n"],
            "words": problems.text(row["code"]),
            "query": address(base, cause=None if row["code"] == cause else row["code"]),
        }
        for row in counted
    ]
    if cause:
        rows = rows.filter(code=cause)
    shown = OF_CAUSE_SHOWN if cause else SHOWN
    total = sum(line["count"] for line in causes if not cause or line["code"] == cause)
    return {
        "causes": causes,
        "cause": cause,
        "problems": [(row, problems.text(row.code), _shown(row, names)) for row in rows[:shown]],
        "is_cut": total > shown,
        "shown": shown,
    }


def warnings(files: Iterable[ReceivedFile]) -> dict[int, tuple[int, bool]]:
    """File → how many of its cells somebody should look at, and whether there are more than were kept."""
    wanted = ReceivedFile.objects.filter(pk__in=[file.pk for file in files])
    counted = wanted.annotate(n=Count("problems", filter=Q(problems__level=RowProblem.Level.WARNING)))
    return {pk: (n, n >= MOST_KEPT) for pk, n in counted.order_by().values_list("pk", "n")}


def _shown(row: RowProblem, names: bool) -> str:
    if row.column in _NAMES and not names:
        return ""
    if row.column in _NUMBERS and sum(map(str.isdigit, row.value)) > 4:
        return id_numbers.mask(row.value)
    return upload_words.without_numbers(row.value)
