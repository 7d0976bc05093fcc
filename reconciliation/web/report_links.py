"""Where the numbers of a report are listed: plots as they stood at the close, and the week's moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from ..campaign.report_annexes import AGES, HOLDERS
from ..campaign.report_causes import REASONED
from ..campaign.report_figures import GROUPS, OUTCOMES, TASKS
from ..campaign.report_parts import Block, Picture, Report, Table
from ..models import Dimension, KeptList, Task, Verification
from .people_at import OTHERWISE

Kind = KeptList.Kind
#: The figures that sum up what the registry said, and which sum each is.
_PEOPLE = {"people": "all", "people_asked": "asked", "people_wrong": "wrong"}

#: A cell: what it says, whether that is a number, and the list behind it or nothing.
Cell = tuple[str, bool, str]
#: Column of a table → the list behind a row's number, by what the row is about.
Columns = dict[int, Callable[[str], str]]


def figures(told: Report, own: Mapping[str, str]) -> dict[str, str]:
    """The list behind each figure that has one; `own` is the office or the commune as addresses have it."""
    found: dict[str, str] = {}
    for group in map(str, GROUPS):
        found |= {
            f"group_{group}_opening": _stood(told, own, told.before, group=group) if told.before else "",
            f"group_{group}_came": _moves(told, own, entered=group),
            f"group_{group}_went": _moves(told, own, left=group),
            f"group_{group}_closing": _stood(told, own, group=group),
        }
    found |= {"plots": _stood(told, own, group="all")}
    found |= {f"open_{word}": _stood(told, own, word=word) for word in Dimension.values}
    if Kind.OUTCOME in told.listed:
        found |= {
            f"people_{outcome}": _kept(told, own, "land-users-at", outcome=outcome)
            for outcome in filter(None, OUTCOMES)
        }
        found |= {name: _kept(told, own, "land-users-at", outcome=of) for name, of in _PEOPLE.items()}
    if Kind.WAITS in told.listed:
        for who in HOLDERS:
            found[f"waiting_{who}"] = _waited(told, own, who)
            found[f"waiting_{who}_old"] = _waited(told, own, who, len(AGES) - 1)
    for task in TASKS:
        found[f"{task}_done"] = _done(told, own, task)
        is_whole = task not in told.partly_excluded
        found[f"{task}_excluded"] = _excluded(told, own, task) if is_whole else ""
    if Kind.DONE in told.listed:
        found["coded"] = _stood(told, own, task=Task.CODE.value)
    return found


def parts(
    told: Report, own: Mapping[str, str], *, may_list: bool
) -> Iterator[tuple[Block, Table | Picture | None, int, Any, Any]]:
    """The blocks as the report has them; of a table also its rows and sums, with the lists behind them."""
    columns, sums = (_columns(told, own), _feet(told, own)) if may_list else ({}, {})
    for block, held, number in told.parts:
        rows = foot = None
        if isinstance(held, Table):
            rows = list(_rows(held, columns.get(held.key, {})))
            hrefs = sums.get(held.key, [""] * len(held.columns))
            foot = [(*cell, href) for cell, href in zip(held.foot_cells, hrefs, strict=False)]
        yield block, held, number, rows, foot


def _columns(told: Report, own: Mapping[str, str]) -> dict[str, Columns]:
    known = figures(told, own)
    places: Columns = {
        2: lambda code: _stood(told, {"commune": code}, group="all"),
        3: lambda code: _stood(told, {"commune": code}, group="1"),
    }
    outcomes = {name: outcome or OTHERWISE for outcome, name in OUTCOMES.items()}
    holders = {name: who for who, name in HOLDERS.items()}
    tasks = {f"{name} ({unit})": task for task, (unit, name) in TASKS.items()}
    lists: dict[str, Columns] = {
        "tasks": {
            2: lambda name: known[f"{tasks[name]}_excluded"],
            4: lambda name: known[f"{tasks[name]}_done"],
        },
        "reasons": {n + 1: partial(_excluded, told, own, task) for n, task in enumerate(REASONED)},
    }
    if Kind.OUTCOME in told.listed:
        lists["people"] = {1: lambda name: _kept(told, own, "land-users-at", outcome=outcomes[name])}
    if Kind.WAITS in told.listed:
        lists["waiting"] = {
            **{n + 1: partial(_aged, told, own, holders, n) for n in range(len(AGES))},
            len(AGES) + 1: lambda name: _waited(told, own, holders[name]),
        }
    return lists | {
        "groups": {
            1: lambda group: known[f"group_{group}_opening"],
            2: lambda group: known[f"group_{group}_came"],
            3: lambda group: known[f"group_{group}_went"],
            4: lambda group: known[f"group_{group}_closing"],
        },
        "rules": {2: lambda rule: _stood(told, own, rule=rule)},
        "best": places,
        "slow": places,
    }


def _rows(table: Table, columns: Columns) -> Iterator[list[Cell]]:
    """A row is about what the table says, else about what its first cell names."""
    about = table.about or [str(values[0]) for values in table.rows]
    for place, (row, values) in enumerate(zip(table.cells, table.rows, strict=True)):
        yield [
            (text, is_number, columns[n](about[place]) if n in columns and values[n] else "")
            for n, (text, is_number) in enumerate(row)
        ]


def _feet(told: Report, own: Mapping[str, str]) -> dict[str, list[str]]:
    """The lists behind the sums below a table, by its key; an empty word where a cell has none."""
    opening = _stood(told, own, told.before, group="all") if told.before else ""
    moves = [_moves(told, own, entered="any"), _moves(told, own, left="any")]
    people = _kept(told, own, "land-users-at", outcome="all") if Kind.OUTCOME in told.listed else ""
    return {
        "groups": ["", opening, *moves, _stood(told, own, group="all"), ""],
        "people": ["", people, "", ""],
    }


def _stood(told: Report, own: Mapping[str, str], week: dt.date | None = None, **chosen: str) -> str:
    """The plots of this close, or of that of another week."""
    asked = {"week": (week or told.week).isoformat(), **own, **chosen}
    return f"{reverse('plots-at')}?{urlencode(asked)}"


def _moves(told: Report, own: Mapping[str, str], **way: str) -> str:
    days = {"from": f"{told.week:%d/%m/%Y}", "to": f"{told.last:%d/%m/%Y}"}
    return f"{reverse('ledger-plots')}?{urlencode({**days, **own, **way}, safe='/')}"


def _kept(told: Report, own: Mapping[str, str], page: str, **chosen: str) -> str:
    return f"{reverse(page)}?{urlencode({'week': told.week.isoformat(), **own, **chosen})}"


def _waited(told: Report, own: Mapping[str, str], who: str, age: int | None = None) -> str:
    chosen = {"with": who} if age is None else {"with": who, "age": str(age)}
    return _kept(told, own, "overview-waits-at", **chosen)


def _aged(told: Report, own: Mapping[str, str], holders: Mapping[str, str], age: int, name: str) -> str:
    return _waited(told, own, holders[name], age)


def _done(told: Report, own: Mapping[str, str], task: Task) -> str:
    """What was done of a task; nothing where the figure leaves communes out that were assigned none of it."""
    if task in told.partial:
        return ""
    if task == Task.CLEAN:
        return _stood(told, own, group="1")
    if task == Task.VERIFY:
        matched = Verification.Outcome.MATCHED.value
        return _kept(told, own, "land-users-at", outcome=matched) if Kind.OUTCOME in told.listed else ""
    if Kind.DONE not in told.listed:
        return ""
    if task == Task.CODE:
        return _stood(told, own, task=task.value)
    return _kept(told, own, "certificates-at", task=task.value)


def _excluded(told: Report, own: Mapping[str, str], task: Task, why: str = "") -> str:
    """What of a task could not be collected, for a reason or for all; nothing where that was not kept."""
    if Kind.EXCLUDED not in told.listed:
        return ""
    return _kept(told, own, "plan-excluded", task=task.value, **({"why": why} if why else {}))
