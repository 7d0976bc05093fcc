"""Where the numbers of the plan are listed: what is done, and what cannot be collected with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from landdb.models import AdminUnit, User
from landdb.web.shell import roles_of

from ..campaign import done, excluded
from ..campaign.plan import Close, Line
from ..classification.weeks import week_of
from ..models import KeptList, Task, Verification
from ..models.groups import Group

#: Where what is done of a task is listed, as what it is kept with a close, and what the address says.
_DONE: dict[Task, tuple[str, KeptList.Kind | None, str, object]] = {
    Task.CLEAN: ("plots-at", None, "group", Group.READY.value),
    Task.COLLECT: ("certificates-at", KeptList.Kind.DONE, "task", Task.COLLECT.value),
    Task.VERIFY: ("land-users-at", KeptList.Kind.OUTCOME, "outcome", Verification.Outcome.MATCHED.value),
    Task.CODE: ("plots-at", KeptList.Kind.DONE, "task", Task.CODE.value),
    Task.SCAN: ("certificates-at", KeptList.Kind.DONE, "task", Task.SCAN.value),
}


@dataclass(frozen=True, slots=True)
class Lists:
    """Which lists there are of what the plan tells, for whom.

    Of a day: (commune, task) → how many records were kept of what is done, and (commune, what and why) → of
    what could not be collected. A day that was written down before records were kept has none.
    """

    user: User
    close: Close
    of_done: Mapping[tuple[int, str], int]
    of_excluded: Mapping[tuple[int, str], int]

    @classmethod
    def read(cls, user: User, close: Close) -> Lists:
        """What was kept with a close, as far as the user sees it."""
        of_done = done.totals(done.kept(user, close))
        return cls(user, close, of_done, excluded.totals(excluded.kept(user, close)))

    def done(self, line: Line, parts: Sequence[Line] = ()) -> str:
        """What was done then; of all communes together where each that did any has a target."""
        own = [part for part in parts if part.task == line.task] or [line]
        is_partial = any(part.target is None and part.figures.done for part in own if not line.unit)
        if not line.figures.done or is_partial or self.close.day is None:
            return ""
        if self.close.is_week or line.task == Task.CLEAN:
            return done_at(self.user, self.close, line.task, line.unit)
        held = sum(self.of_done.get((part.unit.pk, line.task), 0) for part in own if part.unit)
        if held != line.figures.done or self.user.role not in roles_of("plan-done"):
            return ""
        return f"{reverse('plan-done')}?{urlencode([('task', line.task.value), *_of(line.unit)])}"

    def excluded(self, line: Line, parts: Sequence[Line] = ()) -> dict[str, str]:
        """Coded reason → what it kept from being collected, "" → all of it; nothing where that was not kept,
        or where communes are left out that have no target."""
        own = [part for part in parts if part.task == line.task] or [line]
        is_partial = any(part.target is None and part.excluded for part in own if not line.unit)
        if not line.excluded or is_partial or self.user.role not in roles_of("plan-excluded"):
            return {}
        asked = [("task", line.task.value), *_of(line.unit)]
        if self.close.is_week and self.close.day:
            if KeptList.Kind.EXCLUDED not in self.close.listed:
                return {}
            asked.append(("week", week_of(self.close.day).isoformat()))
        elif not self._holds_excluded(line, own):
            return {}
        listed = {"": asked} | {why: [*asked, ("why", why)] for why in line.figures.excluded}
        return {why: f"{reverse('plan-excluded')}?{urlencode(query)}" for why, query in listed.items()}

    def _holds_excluded(self, line: Line, own: Sequence[Line]) -> bool:
        """Were as many kept with the day as it counted, for every reason?"""
        units = [part.unit.pk for part in own if part.unit]
        return all(
            sum(self.of_excluded.get((pk, excluded.key_of(line.task, why)), 0) for pk in units) == count
            for why, count in line.figures.excluded.items()
        )


def done_at(user: User, close: Close, task: Task, unit: AdminUnit | None) -> str:
    """What was done of a task, as it was kept with a closed week; of a day the plots that were clean then."""
    page, kind, name, value = _DONE[task]
    if close.day is None or user.role not in roles_of(page):
        return ""
    if kind is not None and not (close.is_week and kind in close.listed):
        return ""
    then = ("week", week_of(close.day)) if close.is_week else ("day", close.day)
    return f"{reverse(page)}?{urlencode([then, (name, value), *_of(unit)])}"


def waiting_today(user: User, code: str) -> str:
    """The people with whom work waits for what only they can bring."""
    name = next((name for name in ("worklist", "overview-waits") if user.role in roles_of(name)), "")
    asked = {"commune": code, "with": "citizen"} if code else {"with": "citizen"}
    return f"{reverse(name)}?{urlencode(asked)}" if name else ""


def _of(unit: AdminUnit | None) -> list[tuple[str, str]]:
    """A commune as addresses have it."""
    return [("commune", unit.code)] if unit else []
