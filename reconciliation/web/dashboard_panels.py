"""What a week says beyond the communes: tiles, goal, rules, the four words, land users."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from ..campaign import numbering
from ..campaign.course import points, sum_at, whole
from ..campaign.forecast import Forecast, forecast
from ..campaign.history import Groups
from ..campaign.keeping import kept
from ..campaign.weekly import Closes, Week
from ..classification.weeks import WEEK, week_of
from ..models import Dimension, KeptList, Verification
from ..models.groups import Group
from ..rules import catalogue
from .dashboard_chart import chart
from .dashboard_lists import is_kept, kept_of, people
from .dashboard_lists import plots as plots_of
from .dashboard_territory import Territory

_DAY = dt.timedelta(days=1)
#: Rules shown, and how many of them for what clearing them brings; the others for what they hold back.
RULES, BRINGING = 8, 5
#: The official thresholds of the four words.
GOOD, FAIR = 0.9, 0.75
#: Of what these rules look at nothing may be left: numbers of people and offices, and codes of units.
IDENTIFIERS = (
    "id_number_missing",
    "id_number_malformed",
    "id_number_contradicts",
    "id_number_shared",
    "id_number_outdated",
    "tax_code_invalid",
    "unit_obsolete",
)


def sums(held: dict[int, Groups] | None) -> Groups | None:
    """Several communes' groups together."""
    if held is None:
        return None
    one, two, three = (sum(groups[place] for groups in held.values()) for place in range(3))
    return one, two, three


def tiles(week: Week, links: list[str]) -> list[dict[str, Any]]:
    """The three groups, with what changed since the close before; `links` are the lists behind them."""
    now, before = sums(week.now) or (0, 0, 0), sums(week.before)
    plots, then = sum(now), sum(before or ())
    return [
        {
            "group": group.value,
            "meaning": group.label,
            "plots": now[place],
            "share": now[place] / plots if plots else None,
            "move": now[place] - before[place] if before else None,
            "points": 100 * (now[place] / plots - before[place] / then)
            if before and plots and then
            else None,
            "is_good": not before or (now[place] - before[place]) * (1 if group == Group.READY else -1) >= 0,
            "href": links[place] if links else "",
            "unconfirmed": now[place] - week.confirmed if place == 2 and week.confirmed is not None else 0,
        }
        for place, group in enumerate(Group)
    ]


def goal(week: Week, territory: Territory) -> dict[str, Any]:
    """Plan, forecast and the drawing of both; of the communes with a plan where any has one."""
    courses = week.courses
    among = [pk for pk in week.now if not courses or pk in courses]
    closes = [
        (monday + WEEK - _DAY, sum(held[pk][0] for pk in among if pk in held))
        for monday, held in week.stocks.items()
    ]
    ready = sum(week.now[pk][0] for pk in among)
    found: dict[str, Any] = {"planned": len(courses), "ready": ready}
    due = max((course.due for course in courses.values()), default=None)
    assigned = sum(course.assigned for course in courses.values()) if courses else None
    foreseen: Forecast | None = None
    if assigned is not None and due is not None:
        if closes:
            foreseen = forecast([plots for _day, plots in closes], assigned, closes[-1][0])
        line = sum_at(courses.values(), week.last)
        wanted = whole(line)
        late = (foreseen.likely - due).days if foreseen and foreseen.likely else None
        found |= {
            "assigned": assigned,
            "due": due,
            "is_done": ready >= assigned,
            "foreseen": foreseen,
            "late": late,
            "early": -late if late is not None else None,
            "gap": ready - wanted,
            "behind": wanted - ready,
            "needed": _needed(assigned - ready, due, week.last),
            "points": points(ready, line, assigned),
        }
    drawn = chart(closes, (week.last, ready), _line(week), assigned, foreseen)
    links = [f"?{territory.query(week=monday)}" for monday in week.stocks]
    return found | {"chart": drawn, "closes": list(zip(drawn.closes, links, strict=True))}


def _line(week: Week) -> list[tuple[dt.date, float]]:
    """The corners of the plan line: a start or a due day of any commune, each once."""
    courses = week.courses.values()
    days = sorted({day for course in courses for day in (course.starts, course.due)})
    return [(day, sum_at(courses, day)) for day in days]


def _needed(missing: int, due: dt.date, day: dt.date) -> int | None:
    if missing <= 0:
        return 0
    return -(-missing * 7 // (due - day).days) if due > day else None


def numbered(week: Week, closes: Closes, due: dt.date | None, *, is_province: bool) -> dict[str, Any]:
    """Which week of the campaign it is, and of how many until the territory's plan is due."""
    if is_province:
        begins = min((course.starts for course in week.courses.values()), default=None)
    elif week.is_closed:
        key = ("begins", week.monday, closes.stamps[week.monday])
        (begins,) = kept(key, lambda: (numbering.starts(week.monday),))
    else:
        begins = numbering.starts(None)
    until = numbering.count(week_of(begins), week_of(due)) if begins and due else None
    first = begins or next(iter(closes.weeks), None)
    return {"begins": begins, "number": numbering.number(week.monday, first), "number_of": until}


def rules(week: Week, territory: Territory, *, may_list: bool) -> list[dict[str, Any]]:
    """The rules that hold back most plots, and those that would bring most to group 1 if cleared alone;
    in the order of these. Where nobody wrote that down, by what they hold back."""
    alone = Counter[str]() if week.alone is None else week.alone
    known = [(catalogue.by_id(rule), plots) for rule, plots in week.rules.items() if catalogue.knows(rule)]
    known.sort(key=lambda pair: -pair[1])
    bringing = sorted(known, key=lambda pair: -alone[pair[0].id])[:BRINGING]
    rest = [pair for pair in known if pair not in bringing][: RULES - len(bringing)]
    shown = sorted([*bringing, *rest], key=lambda pair: (-alone[pair[0].id], -pair[1]))
    most = max((plots for _rule, plots in shown), default=1)
    return [
        {
            "rule": rule,
            "dimension": Dimension(rule.dimension).label,
            "who": rule.who.label,
            "plots": n,
            "width": f"{100 * n / most:.1f}",
            "alone": (single := alone[rule.id]),
            "alone_width": f"{100 * single / most:.1f}",
            "href": plots_of(territory.codes, week, territory.office, rule=rule.id) if may_list else "",
            "alone_href": plots_of(territory.codes, week, territory.office, rule=rule.id, alone=1)
            if may_list and single and (not week.is_closed or is_kept(week, KeptList.Kind.ALONE))
            else "",
        }
        for rule, n in shown
    ]


def words(week: Week) -> list[dict[str, Any]]:
    """Each of the four words: plots with nothing open under it, and how that stands to the thresholds."""
    if week.told is None or not week.told.whole.plots:
        return []
    whole = week.told.whole
    return [
        {
            "label": word.label,
            "open": whole.dimensions[word.value],
            "share": (share := 1 - whole.dimensions[word.value] / whole.plots),
            "width": f"{200 * share:.1f}",
            "level": "exact" if share >= GOOD else "near" if share >= FAIR else "clash",
        }
        for word in Dimension
    ]


def identifiers(week: Week, territory: Territory, *, may_list: bool) -> list[dict[str, Any]]:
    """What has to be whole: numbers and codes, each rule by the plots on which it speaks."""
    plots = sum(map(sum, week.now.values()))
    return [
        {
            "rule": catalogue.by_id(rule),
            "plots": (n := week.rules[rule]),
            "share": 1 - n / plots if plots else None,
            "href": plots_of(territory.codes, week, territory.office, rule=rule) if may_list and n else "",
        }
        for rule in IDENTIFIERS
    ]


def outcomes(
    counted: Counter[str], week: Week, territory: Territory, *, may_list: bool
) -> list[dict[str, Any]]:
    """Land users by what the registry says of them; those of a close open the lists that it kept."""
    whole = counted.total()
    return [
        {
            "label": outcome.label,
            "count": n,
            "share": n / whole,
            "is_matched": outcome == "matched",
            "href": people_listed(week, territory, outcome.value) if may_list else "",
        }
        for outcome in Verification.Outcome
        if (n := counted[outcome])
    ]


def people_listed(week: Week, territory: Territory, outcome: str = "") -> str:
    """The land users of whom the registry says this by now, or said it when the week closed; else all."""
    if not week.is_closed:
        return people(territory.lists, **({"outcome": outcome} if outcome else {}))
    if not is_kept(week, KeptList.Kind.OUTCOME):
        return ""
    return kept_of("land-users-at", territory.codes, week, territory.office, outcome=outcome or "all")
