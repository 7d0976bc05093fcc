"""Where the numbers of a report are listed: plots as they stood at the close, and the week's moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from ..campaign.report_figures import GROUPS
from ..campaign.report_parts import Block, Picture, Report, Table

#: A cell: what it says, whether that is a number, and the list behind it or nothing.
Cell = tuple[str, bool, str]
#: Column of a table → the list behind a row's number, by what the row is about.
Columns = dict[int, Callable[[str], str]]


def figures(told: Report, own: Mapping[str, str]) -> dict[str, str]:
    """The list behind each figure that has one; `own` is the office or the commune as addresses have it."""
    found: dict[str, str] = {}
    for group in map(str, GROUPS):
        found |= {
            f"group_{group}_came": _moves(told, own, entered=group),
            f"group_{group}_went": _moves(told, own, left=group),
            f"group_{group}_closing": _stood(told, own, group=group),
        }
    return found


def parts(
    told: Report, own: Mapping[str, str], *, may_list: bool
) -> Iterator[tuple[Block, Table | Picture | None, int, Any]]:
    """The blocks as the report has them; of a table also its rows, with the lists behind their numbers."""
    columns = _columns(told, own) if may_list else {}
    for block, held, number in told.parts:
        rows = list(_rows(held, columns.get(held.key, {}))) if isinstance(held, Table) else None
        yield block, held, number, rows


def _columns(told: Report, own: Mapping[str, str]) -> dict[str, Columns]:
    known = figures(told, own)
    places: Columns = {3: lambda code: _stood(told, {"commune": code}, group="1")}
    return {
        "groups": {
            2: lambda group: known[f"group_{group}_came"],
            3: lambda group: known[f"group_{group}_went"],
            4: lambda group: known[f"group_{group}_closing"],
        },
        "rules": {2: lambda rule: _stood(told, own, rule=rule)},
        "best": places,
        "slow": places,
    }


def _rows(table: Table, columns: Columns) -> Iterator[list[Cell]]:
    for place, (row, values) in enumerate(zip(table.cells, table.rows, strict=True)):
        yield [
            (text, is_number, columns[n](table.about[place]) if n in columns and values[n] else "")
            for n, (text, is_number) in enumerate(row)
        ]


def _stood(told: Report, own: Mapping[str, str], **chosen: str) -> str:
    return f"{reverse('plots-at')}?{urlencode({'week': told.week.isoformat(), **own, **chosen})}"


def _moves(told: Report, own: Mapping[str, str], **way: str) -> str:
    days = {"from": f"{told.week:%d/%m/%Y}", "to": f"{told.last:%d/%m/%Y}"}
    return f"{reverse('ledger-plots')}?{urlencode({**days, **own, **way}, safe='/')}"
