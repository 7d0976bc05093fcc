"""The pages that managers ask for, as addresses; what this version of the site does not have is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from landdb.models import AdminUnit, User
from landdb.web.shell import roles_of

from ...campaign import plan
from ...models.groups import Group

#: Named addresses, each looked at as it opens.
PLAIN = (
    "overview", "overview-map", "overview-communes", "plan", "report", "reports", "meeting", "questions",
    "alerts", "ledger", "overview-waits", "overview-people", "jobs",
)  # fmt: skip
#: Those that are also asked for a week, a commune, an office.
CHOSEN = ("overview", "plan", "report", "meeting", "alerts", "ledger")
#: A rule that holds back many plots in every province.
RULE = "scan_missing"


#: Pages of what is kept with a close, and the longest lists of each.
KEPT = (
    ("plots-at", {"group": "all"}),
    ("plots-at", {"rule": RULE, "alone": "1"}),
    ("plots-at", {"task": "code"}),
    ("overview-waits-at", {"with": "desk"}),
    ("overview-waits-at", {"with": "desk", "age": "3"}),
    ("overview-waits-at", {"with": "overdue"}),
    ("land-users-at", {"outcome": "matched"}),
    ("certificates-at", {"task": "scan"}),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One page of one reader: `kind` names it in the figures."""

    kind: str
    path: str


def looks(user: User, commune: AdminUnit, weeks: list[dt.date]) -> list[Look]:
    """Every managers' page that this user may open."""
    found = [Look(name, path) for name in PLAIN if (path := _path(user, name))]
    for name in CHOSEN:
        if path := _path(user, name):
            found += [
                Look(f"{name}:{what}", f"{path}?{query}") for what, query in _queries(user, commune, weeks)
            ]
    # After a close the page only leads on to the lists that are asked for below.
    if not plan.last_close(None).is_week and (path := _path(user, "plan-done")):
        found += [Look(f"done:{task}", f"{path}?{urlencode({'task': task})}") for task in ("code", "verify")]
    if weeks and (path := _path(user, "plots-at")):
        found += list(_lists(path, user, commune, weeks))
    for name, chosen in KEPT if weeks else ():
        if path := _path(user, name):
            found += [Look(f"kept:{name}", address) for address in _kept(path, chosen, commune, weeks[-1])]
    return found


def _queries(user: User, commune: AdminUnit, weeks: list[dt.date]) -> Iterator[tuple[str, str]]:
    if weeks:
        yield "closed", urlencode({"week": f"{weeks[-1]:%Y-%m-%d}"})
        yield "first", urlencode({"week": f"{weeks[0]:%Y-%m-%d}"})
    if user.commune_id is None:
        yield "commune", urlencode({"commune": commune.code})
    if user.commune_id is None and user.office_id is None and commune.office:
        yield "office", urlencode({"office": commune.office.code})


def _lists(path: str, user: User, commune: AdminUnit, weeks: list[dt.date]) -> Iterator[Look]:
    """The list at a cut-off: of the last and of the first week, also far down in the largest commune."""
    for what, week in (("closed", weeks[-1]), ("first", weeks[0])):
        asked = {"week": f"{week:%Y-%m-%d}"}
        for group in Group:
            yield Look(f"list:{what}", f"{path}?{urlencode({**asked, 'group': group.value})}")
            whole = {**asked, "group": group.value, "commune": commune.code}
            yield Look(f"list:{what}", f"{path}?{urlencode(whole)}")
        yield Look(f"list:{what}:rule", f"{path}?{urlencode({**asked, 'rule': RULE})}")


def _kept(path: str, chosen: dict[str, str], commune: AdminUnit, week: dt.date) -> Iterator[str]:
    """The list of the reader's whole territory, and far down in the largest commune."""
    asked = {"week": f"{week:%Y-%m-%d}", **chosen}
    yield f"{path}?{urlencode(asked)}"
    yield f"{path}?{urlencode({**asked, 'after': f'{commune.pk}.1000'})}"


def _path(user: User, name: str) -> str:
    """The address behind a name; nothing where there is none, or where it is not for this user."""
    try:
        return reverse(name) if user.role in roles_of(name) else ""
    except NoReverseMatch:
        return ""
