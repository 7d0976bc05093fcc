"""When what was assigned will be done, at the pace of the last weeks.

The weekly steps are taken as drawn around a pace that itself may wander. After `w` weeks the stock then lies
around w × pace, with the variance w s² + w² s² / n + w³ (drift × pace)² / 3: the noise of the weeks to come,
the pace known from `n` weeks only (a prediction interval with Student's t; Hahn & Meeker, Statistical
Intervals, ch. 4), and its wandering. The range runs from the day on which the upper bound of the band reaches
the goal to the day on which the lower one does.

It knows nothing of what is left. Of simulated campaigns nine in ten end within the range where the pace is
steady or rises, eight in ten where it wanders, two in three where it falls to the half towards the end.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, variance

#: How often the true day is meant to lie within the range.
CHANCE = 0.8
#: Weeks from which the pace is taken, and fewer than which say nothing.
LAST_WEEKS, FEWEST_WEEKS = 6, 3
#: Standard deviation of the change of pace in a week, as a share of the pace. Chosen so that simulated
#: campaigns (steady, ramping up, slowing down, wandering) end within the range as often as it says.
DRIFT = 0.07
#: Student's t for 80 % between two bounds, by degrees of freedom.
_T = {2: 1.886, 3: 1.638, 4: 1.533, 5: 1.476}
#: Days after which no day is told any more.
_FARTHEST = 7 * 156


@dataclass(frozen=True, slots=True)
class Forecast:
    """Pace per week, the likely day, and the range that holds the true one with `CHANCE`.

    A day is None where it lies years away or never comes, as `latest` where the pace could as well be nought.
    """

    pace: float
    likely: dt.date | None
    earliest: dt.date | None
    latest: dt.date | None


def forecast(closings: Sequence[int], goal: int, last_close: dt.date) -> Forecast | None:
    """From the closing stocks of consecutive weeks, the last one closed on `last_close` (a Sunday).

    None where the goal is reached already, or where there are too few weeks to know a pace.
    """
    steps = [after - before for before, after in pairwise(closings)][-LAST_WEEKS:]
    if len(steps) < FEWEST_WEEKS or closings[-1] >= goal:
        return None
    pace, spread, t = fmean(steps), variance(steps), _T[len(steps) - 1]
    missing = goal - closings[-1]

    def day_on_which(side: float) -> dt.date | None:
        for days in range(1, _FARTHEST):
            weeks = days / 7
            wander = weeks**3 * (DRIFT * pace) ** 2 / 3
            width = math.sqrt(weeks * spread + weeks**2 * spread / len(steps) + wander)
            if weeks * pace + side * t * width >= missing:
                return last_close + dt.timedelta(days=days)
        return None

    return Forecast(pace, day_on_which(0), day_on_which(1), day_on_which(-1))
