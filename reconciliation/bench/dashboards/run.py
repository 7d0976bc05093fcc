"""Ask every managers' page as each kind of reader, measure it on the server, judge, and tell."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from landdb.models import User

from ...campaign import history
from .. import usage
from ..apart import say
from ..desk import ground as desk_ground
from ..desk import site
from ..desk.browser import HOST, Browser
from ..plots.province import Size
from ..reach import Reached, at_most, only_told
from ..report import reached_table, table
from . import ground
from .pages import Look, looks

#: From request received to answer sent, 95 of 100.
P95_MS = 100.0
#: How often each page is asked for; before that once or twice so that both web processes know it.
TIMES, WARM = 21, 4
_FEW = 20  # from so many on, quantiles say something
_WARM = "warm"


@dataclass(frozen=True)
class Campaign:
    """So many weeks in a province of this size."""

    province: Size
    weeks: int = 12


def run(asked: Campaign) -> dict[str, Any]:
    """What standard output ends with."""
    made = ground.ensure(asked.province, asked.weeks)
    held = ground.held()
    say("The database reads the province into its memory …")
    warm = desk_ground.warm()
    commune = ground.largest()
    users, password = ground.readers(commune)
    weeks = history.closed_weeks()
    load = round(os.getloadavg()[0], 1)
    wanted = {user.username: looks(user, commune, weeks) for user in users}
    with site.running() as served:
        for user in users:
            say(f"{user.username}: {len(wanted[user.username])} pages, {TIMES} times each …")
            _ask(served.port, user.username, password, wanted[user.username])
        answered = served.answered()
    times: dict[str, list[float]] = defaultdict(list)
    for one in answered:
        if one.kind not in ("-", "sign-in") and not one.kind.startswith(_WARM):
            times[one.kind].append(one.ms)
    pages = {
        kind: {"count": len(spent), **usage.milliseconds(spent), **cost}
        for kind, cost in _costs(users, wanted).items()
        if (spent := times.get(kind))
    }
    told: dict[str, Any] = {
        "made": made,
        "held": held,
        "warm_gb": warm,
        "pages": pages,
        "requests": len(answered),
        "faults": sorted({f"{one.path} {one.status}" for one in answered if one.status >= 400})[:20],
        "fault_count": sum(one.status >= 400 for one in answered),
        "load_before": load,
    }
    reached = judge(told)
    _show(asked, told, reached)
    return {
        "bench": "dashboards",
        "size": asdict(asked),
        "figures": told,
        "reach": reached,
        "ok": all(each["ok"] is not False for each in reached.values()),
    }


def judge(told: Mapping[str, Any]) -> Reached:
    """name → value, reach, ok: every page of every reader, and no page that fails."""
    reached: Reached = {}
    for kind, figures in told["pages"].items():
        reached[f"{kind}_p95_ms"] = at_most(figures["p95_ms"], P95_MS)
        if figures["count"] < _FEW:
            only_told(reached, [f"{kind}_p95_ms"])
    reached["fault_count"] = at_most(told["fault_count"], 0)
    return reached


def _ask(port: int, name: str, password: str, pages: list[Look]) -> None:
    """All pages in turn, and that again and again: no page finds its own answer still warm."""
    browser = Browser(port)
    page = browser.get("/", "sign-in")
    sent = browser.signed([("username", name), ("password", password)])
    browser.post("/sign-in/", sent, "sign-in", "sign-in", at=page.path)
    for turn in range(WARM + TIMES):
        browser.prefix = f"{_WARM}-" if turn < WARM else ""
        for look in pages:
            browser.get(look.path, _kind(name, look))


def _costs(users: list[User], wanted: Mapping[str, list[Look]]) -> dict[str, dict[str, int]]:
    """Kind → statements and bytes of its costliest page, asked for once more inside this process."""
    found: dict[str, dict[str, int]] = {}
    for user in users:
        client = Client(SERVER_NAME=HOST)
        client.force_login(user)
        for look in wanted[user.username]:
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(look.path)
            cost = found.setdefault(_kind(user.username, look), {"statements": 0, "bytes": 0})
            cost["statements"] = max(cost["statements"], len(asked))
            cost["bytes"] = max(cost["bytes"], len(answer.content))
    return found


def _kind(name: str, look: Look) -> str:
    return f"{name.removeprefix('bench-')}:{look.kind}"


def _show(asked: Campaign, told: Mapping[str, Any], reached: Reached) -> None:
    held = told["held"]
    say(f"\n{held['plots']:,} plots, {held['weeks']} closed weeks, {told['requests']:,} requests\n")
    table(
        ["on the server, ms", "count", "median", "p95", "most", "statements", "bytes"],
        ([kind, *(f"{value:,}" for value in figures.values())] for kind, figures in told["pages"].items()),
    )
    for fault in told["faults"]:
        say(f"  {fault}")
    say(f"\n  load of the machine before: {told['load_before']} on {os.cpu_count()} processors")
    say(f"  read into the database's memory before: {told['warm_gb']} GB")
    made = ", ".join(f"{name} {value} s" for name, value in told["made"].items())
    say(f"  made: {made}; asked for {asked.weeks} weeks")
    reached_table(reached)
