"""Who works how fast in the campaign, and on which days at what: drawn from the seed, the same each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils import timezone

from ..models import GroupMove
from . import campaign_fields as fields
from . import campaign_papers as papers
from . import campaign_people as people

Cause = GroupMove.Cause

#: Share of its plots that a commune takes on in an ordinary week, and how much communes differ.
WEEKLY, SPREAD = 0.024, 0.45
#: Communes work side by side in so many groups, each on days of its own.
BLOCKS = 4
_DAYS, _FIRST_HOUR, _LAST_HOUR = 6, 8, 17
_CLEAN = fields.RULES | papers.RULES | people.FIELDS


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work: why plots move by it, out of which group, and on which plots it is done.

    Those with nothing open but `mends`, and at least one of `needs`. `share` is that of a commune's week,
    of at most so many plots.
    """

    name: str
    cause: GroupMove.Cause
    group: int
    share: float
    mends: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    most: int = 1_000_000


CORRECT = Work("correct", Cause.CORRECTION, 2, 0.36, _CLEAN, fields.RULES | people.FIELDS)
COLLECT = Work("collect", Cause.IMPORT, 3, 0.26, papers.NEW | fields.RULES, papers.NEW)
SCAN = Work("scan", Cause.IMPORT, 2, 0.20, _CLEAN, papers.RULES)
CONVERT = Work("convert", Cause.GEOMETRY, 3, 0.06, fields.CONVERTED | _CLEAN, fields.CONVERTED)
DECIDE = Work("decide", Cause.MATCH, 2, 0.20, _CLEAN | people.MATCHES, people.MATCHES)
#: Out of the first group again: a change was handed in; scans turned out to be of other papers.
CHANGE = Work("change", Cause.IMPORT, 1, 0.05)
TAKE_BACK = Work("take_back", Cause.UNDO, 1, 0.03)
WAIVE = Work("waive", Cause.WAIVER, 2, 0.02, most=3)

#: What is done every week, and what comes in turn.
ALWAYS = (CORRECT, COLLECT, SCAN)
IN_TURN = ((DECIDE, CHANGE), (WAIVE,), (DECIDE, CONVERT), (TAKE_BACK,))


@dataclass(frozen=True, slots=True)
class Session:
    """Some communes' work of one kind, judged at one moment; `wanted` plots of each commune."""

    at: dt.datetime
    work: Work
    wanted: dict[int, int]


def blocks(communes: Sequence[int]) -> list[list[int]]:
    """The communes in groups that lie side by side."""
    return [list(block) for block in np.array_split(np.array(communes), min(BLOCKS, len(communes)))]


def sessions(week: dt.date, number: int, plots: dict[int, int], seed: int) -> list[Session]:
    """What is done in a week, in the order of time; `plots` per commune, `number` counts the weeks."""
    found = []
    for place, block in enumerate(blocks(sorted(plots))):
        rng = np.random.default_rng([seed, number, place])
        # A feast, a harvest, a week in which everybody is asked.
        vigour = float(rng.uniform(0.6, 1.5))
        for work in (*ALWAYS, *IN_TURN[(number + place) % len(IN_TURN)]):
            each = WEEKLY * vigour * work.share
            wanted = {
                commune: min(int(rng.poisson(plots[commune] * each * _pace(commune, seed))), work.most)
                for commune in map(int, block)
            }
            found.append(Session(_moment(rng, week), work, {pk: n for pk, n in wanted.items() if n}))
    return sorted((one for one in found if one.wanted), key=lambda one: one.at)


def _pace(commune: int, seed: int) -> float:
    """How fast a commune works, beside the others."""
    return float(np.exp(np.random.default_rng([seed, commune]).normal(0, SPREAD)))


def _moment(rng: np.random.Generator, week: dt.date) -> dt.datetime:
    """A minute of a working day, Monday to Saturday, to the microsecond a session's own."""
    day = week + dt.timedelta(days=int(rng.integers(_DAYS)))
    hour, minute = int(rng.integers(_FIRST_HOUR, _LAST_HOUR)), int(rng.integers(60))
    clock = dt.time(hour, minute, int(rng.integers(60)), int(rng.integers(1_000_000)))
    return timezone.make_aware(dt.datetime.combine(day, clock))
