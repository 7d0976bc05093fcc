"""The plots of a group, or with a rule open, as they stood when a week closed, or a day of the running one.

Statuses tell of today, moves and findings of since: who stands in the group and has not moved since the close
stood there then, and so did whoever left it by the first move after the close. A page reads a stretch of each
of the two indexes, however large the commune is. A commune's plots come in the order of their ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from ..classification.weeks import closes_at, day_closes_at
from .history import Figures
from .waived import WAS_WAIVED

_IN_GROUP = """
    SELECT plot_id FROM (
        (SELECT s.plot_id FROM reconciliation_plotstatus s
        WHERE s.commune_id = %(commune)s AND s."group" = %(group)s AND s.plot_id > %(after)s
            AND s.since < %(at)s AND NOT EXISTS (
                SELECT FROM reconciliation_groupmove m
                WHERE m.plot_id = s.plot_id AND m.commune_id = %(commune)s AND m.at >= %(at)s
            )
        ORDER BY s.plot_id LIMIT %(most)s)
        UNION ALL
        (SELECT m.plot_id FROM reconciliation_groupmove m
        WHERE m.commune_id = %(commune)s AND m.from_group = %(group)s AND m.plot_id > %(after)s
            AND m.at >= %(at)s AND NOT EXISTS (
                SELECT FROM reconciliation_groupmove e
                WHERE e.plot_id = m.plot_id AND e.commune_id = %(commune)s AND e.at >= %(at)s
                    AND (e.at, e.id) < (m.at, m.id)
            )
        ORDER BY m.plot_id LIMIT %(most)s)
    ) stood ORDER BY plot_id LIMIT %(most)s
"""

# A finding that was waived then is not among them, whatever it is today; one that is waived today may be.
_WITH_RULE = f"""
    SELECT plot_id FROM (
        (SELECT DISTINCT f.plot_id FROM reconciliation_finding f
        WHERE f.rule = %(rule)s AND f.commune_id = %(commune)s AND f.plot_id > %(after)s
            AND f.state = 'open' AND f.opened_at < %(at)s AND NOT {WAS_WAIVED}
        ORDER BY f.plot_id LIMIT %(most)s)
        UNION
        (SELECT DISTINCT f.plot_id FROM reconciliation_finding f
        WHERE f.rule = %(rule)s AND f.commune_id = %(commune)s AND f.plot_id > %(after)s
            AND f.state = 'closed' AND f.opened_at < %(at)s AND f.closed_at >= %(at)s AND NOT {WAS_WAIVED}
        ORDER BY f.plot_id LIMIT %(most)s)
        UNION
        (SELECT DISTINCT f.plot_id FROM reconciliation_finding f
        WHERE f.rule = %(rule)s AND f.commune_id = %(commune)s AND f.plot_id > %(after)s
            AND f.state = 'waived' AND f.opened_at < %(at)s AND NOT {WAS_WAIVED}
        ORDER BY f.plot_id LIMIT %(most)s)
    ) stood ORDER BY plot_id LIMIT %(most)s
"""  # noqa: S608  our own names


@dataclass(frozen=True, slots=True)
class Stood:
    """Which plots: of a week's close, or of a `day` in it, those of a group or those with a rule open."""

    week: dt.date
    group: int | None = None
    rule: str = ""
    day: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.group is None) == (not self.rule):
            raise ValueError("a group or a rule")

    @property
    def closes(self) -> dt.datetime:
        """The first moment after."""
        return closes_at(self.week) if self.day is None else day_closes_at(self.day)

    @property
    def column(self) -> str:
        """Where a snapshot tells how many; nothing there is none."""
        return f"rules__{self.rule}" if self.group is None else f"group_{self.group}"

    def told(self, figures: Figures) -> int:
        """How many the close itself says they were."""
        return figures.rules[self.rule] if self.group is None else figures.groups[self.group]


def page(
    stood: Stood, communes: Iterable[int], after: tuple[int, int] | None, most: int
) -> list[tuple[int, int]]:
    """(commune, plot) of up to `most` plots that come after one, in the order of these communes."""
    order = list(communes)
    last = 0
    if after is not None and after[0] in order:
        order, last = order[order.index(after[0]) :], after[1]
    found: list[tuple[int, int]] = []
    for commune in order:
        found += [(commune, plot) for plot in _of(stood, commune, last, most - len(found))]
        last = 0
        if len(found) >= most:
            break
    return found


def _of(stood: Stood, commune: int, after: int, most: int) -> list[int]:
    values = {
        "commune": commune,
        "group": stood.group,
        "rule": stood.rule,
        "after": after,
        "at": stood.closes,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_IN_GROUP if stood.group is not None else _WITH_RULE, values)
        return [row[0] for row in cursor.fetchall()]
