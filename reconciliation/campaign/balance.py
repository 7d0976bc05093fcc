"""Do the books balance: ledger against snapshots against counters, for every commune, group and week?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from ..classification.period import Account, accounts
from ..classification.weeks import WEEK, closes_at, stock_at, week_of
from ..models import LedgerDay, Tally
from ..models.groups import Group
from . import history

_SUNDAY = dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Gap:
    """Where two books differ: what was expected of a commune's group in a week, and what was found."""

    week: dt.date
    commune: int
    group: int
    what: str
    expected: int
    found: int


def gaps(today: dt.date | None = None) -> list[Gap]:
    """Every place where the books do not balance; none where all is well.

    Of each closed week and commune: opening + in − out = closing, that is what the week's snapshot says and
    what the moves themselves give, and the opening is the close of the week before. Of the open week: the
    last snapshot and the moves since give today's counters.
    """
    today = today or timezone.localdate()
    stocks = history.stocks(None)
    found: list[Gap] = []
    for week, closed in stocks.items():
        books, by_moves = accounts(None, week, week + _SUNDAY), stock_at(closes_at(week))
        before = stocks.get(week - WEEK)
        for commune in closed.keys() | books.keys():
            book, written = books.get(commune, Account()), closed.get(commune, (0, 0, 0))
            for group in Group.values:
                told = {
                    "closing": (
                        book.opening[group] + book.came(group) - book.went(group),
                        book.closing[group],
                    ),
                    "snapshot": (book.closing[group], written[group - 1]),
                    "moves": (book.closing[group], by_moves[commune][group]),
                }
                if before is not None:
                    told["opening"] = (before.get(commune, (0, 0, 0))[group - 1], book.opening[group])
                found += _differing(week, commune, group, told)
    return found + _open_week(stocks, today)


def _open_week(stocks: dict[dt.date, dict[int, history.Groups]], today: dt.date) -> list[Gap]:
    if not stocks:
        return []
    last = max(stocks)
    now: dict[tuple[int, int], int] = {
        (commune, group): plots
        for commune, group, plots in Tally.objects.filter(rule="").values_list("commune", "group", "plots")
    }
    since: dict[tuple[int, int], int] = {}
    moves = LedgerDay.objects.filter(day__gt=last + _SUNDAY)
    for commune, left, entered, plots in moves.values_list("commune", "from_group", "to_group", "plots"):
        for group, sign in ((left, -1), (entered, 1)):
            if group is not None:
                since[commune, group] = since.get((commune, group), 0) + sign * plots
    found = []
    for commune, group in sorted(now.keys() | since.keys()):
        closed = stocks[last].get(commune, (0, 0, 0))[group - 1]
        told = {"today": (closed + since.get((commune, group), 0), now.get((commune, group), 0))}
        found += _differing(week_of(today), commune, group, told)
    return found


def _differing(week: dt.date, commune: int, group: int, told: dict[str, tuple[int, int]]) -> list[Gap]:
    return [
        Gap(week, commune, group, what, expected, counted)
        for what, (expected, counted) in told.items()
        if expected != counted
    ]
