"""From which score a match is accepted by itself: set by the precision that an office asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from landdb.models import AdminUnit

from .weights import load

#: Offices are told by their id; this stands for all of them, and for communes without one.
ALL = "0"
#: Targets that a page offers, as shares of right links among the accepted.
TARGETS = (0.9999, 0.9995, 0.999, 0.998, 0.995)
#: Log-odds between two points of a curve.
STEP = 0.25
_POINTS = 80
#: Bands that accept nothing.
NOTHING: Mapping[int, float] = {0: 1e9}


@dataclass(frozen=True, slots=True)
class Implied:
    """What a target means: from which log-odds, what share of the land users is settled, and how many
    wrongly."""

    target: float
    score: float
    settled: float
    wrong: float

    @property
    def is_lowest(self) -> bool:
        """Nothing below is ever accepted by itself, however low the target."""
        return self.score <= load().bands["accept_least"]


@dataclass(frozen=True, slots=True)
class Curve:
    """Land users of a sample by their best candidate's log-odds: how many from each point on, and their
    doubt.

    Point n stands for log-odds of n × STEP and above; `settled` counts those that may be accepted, `doubt`
    sums up one minus their probability.
    """

    land_users: int
    settled: list[int]
    doubt: list[float]

    def implied(self, target: float) -> Implied:
        """The lowest point at which the accepted are right as often as asked; none where even the surest are
        not."""
        least = round(load().bands["accept_least"] / STEP)
        for point in range(least, _POINTS):
            settled, doubt = self.settled[point], self.doubt[point]
            if settled and doubt / settled <= 1 - target:
                return Implied(target, point * STEP, settled / max(self.land_users, 1), doubt / settled)
        return Implied(target, _POINTS * STEP, 0.0, 0.0)


def curves(session: duckdb.DuckDBPyConnection, offices: Mapping[int, int]) -> dict[str, Curve]:
    """The curve of every office and of all, from what `engine.match` has left in a session."""
    rows = session.execute(
        """
        WITH eligible AS (
            SELECT commune, score, probability FROM kept WHERE is_best AND may_accept
        )
        SELECT coalesce(commune, 0), least(floor(score / $step), $last)::INTEGER,
               count(*), sum(1 - probability)
        FROM eligible WHERE score >= 0 GROUP BY 1, 2
        """,
        {"step": STEP, "last": _POINTS - 1},
    ).fetchall()
    asked = session.execute("SELECT coalesce(commune, 0), count(*) FROM land_user GROUP BY 1").fetchall()
    found: dict[str, Any] = {}
    for commune, n in asked:
        for office in _offices(commune, offices):
            found.setdefault(office, [0, [0] * _POINTS, [0.0] * _POINTS])[0] += n
    for commune, point, n, doubt in rows:
        for office in _offices(commune, offices):
            found[office][1][point] += n
            found[office][2][point] += doubt
    return {
        office: Curve(total, _from_here_on(settled), _from_here_on(doubt))
        for office, (total, settled, doubt) in found.items()
    }


def _offices(commune: int, offices: Mapping[int, int]) -> set[str]:
    return {ALL, str(offices.get(commune, ALL))}


def _from_here_on(values: list[Any]) -> list[Any]:
    """Each value with all that come after it."""
    total: Any = 0
    sums = []
    for value in reversed(values):
        total += value
        sums.append(total)
    return sums[::-1]


def offices() -> dict[int, int]:
    """Commune → registration office (ids)."""
    return dict(AdminUnit.objects.filter(office__isnull=False).values_list("pk", "office"))
