"""The ledger of any period balances, per commune and group, whatever was done and when."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count
from django.utils import timezone

from landdb.models import AdminUnit
from parcels.models import Plot
from reconciliation import classification
from reconciliation.classification import weeks
from reconciliation.classification.moved import OUTSIDE, PAGE, Spot, Wanted, page
from reconciliation.classification.period import Account, Way, accounts, total
from reconciliation.models import GroupMove, LedgerDay
from reconciliation.models.groups import Group
from tests import factories as make
from tests.rules.cases import FINDS

from .any_day import Day
from .test_any_day import STEPS
from .test_ledger import PLAIN, _try, small_province

pytestmark = pytest.mark.django_db

CAUSE = GroupMove.Cause.CORRECTION
MARCH = dt.date(2026, 3, 1)


def moment(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=timezone.get_default_timezone())


def assert_adds_up() -> None:
    """The sums by day are the moves, no more and no less, on the province's own days."""
    moves: Counter[tuple[object, ...]] = Counter()
    for commune, at, cause, left, entered in GroupMove.objects.values_list(
        "commune", "at", "cause", "from_group", "to_group"
    ):
        moves[commune, timezone.localdate(at), cause, left, entered] += 1
    days = LedgerDay.objects.values_list("commune", "day", "cause", "from_group", "to_group", "plots")
    assert {day[:5]: day[5] for day in days} == moves


def stock_before(day: dt.date) -> dict[tuple[int, int], int]:
    """Plots per commune and group when a day began, from the moves themselves."""
    begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    held: Counter[tuple[int, int]] = Counter()
    rows = GroupMove.objects.filter(at__lt=begins).values_list("commune", "from_group", "to_group")
    for commune, left, entered, n in rows.annotate(n=Count("pk")).order_by():
        held[commune, left] -= n
        held[commune, entered] += n
    return {key: n for key, n in held.items() if key[1] is not None and n}


def assert_balanced(first: dt.date, last: dt.date) -> None:
    books = accounts(None, first, last)
    for commune, book in books.items():
        assert book.is_balanced, (commune, book)
    opening = {(commune, g): n for commune, book in books.items() for g, n in book.opening.items() if n}
    closing = {(commune, g): n for commune, book in books.items() for g, n in book.closing.items() if n}
    assert opening == stock_before(first)
    assert closing == stock_before(last + dt.timedelta(days=1))
    assert total(books.values()).is_balanced


@pytest.mark.parametrize("seed", range(3))
def test_any_period_balances_after_random_work(seed: int) -> None:
    chance = random.Random(900 + seed)
    communes = small_province(chance)
    hours = sorted(chance.sample(range(24 * 20), 14))
    for nth, hour in enumerate(hours):
        at = moment(1, 0) + dt.timedelta(hours=hour)
        plot = chance.choice(list(Plot.objects.live()))
        [
            lambda: _try(FINDS[chance.choice(PLAIN)], plot),  # noqa: B023  called at once
            lambda: Plot.objects.filter(pk=plot.pk).update(state="retired"),  # noqa: B023
            lambda: Plot.objects.filter(pk=plot.pk).update(commune=chance.choice(communes)),  # noqa: B023
            lambda: make.make_ready_plot(plot.commune),  # noqa: B023
        ][nth % 4]()
        cause = chance.choice([CAUSE, GroupMove.Cause.POLICE, GroupMove.Cause.MATCH])
        if nth % 5 == 0:
            classification.classify_communes([unit.pk for unit in communes], at=at)
        else:
            near = [plot.pk, *classification.plots_sharing([plot.pk])]
            classification.refresh(near, cause=cause, at=at)
    assert_adds_up()
    for _n in range(12):
        first, last = sorted(MARCH + dt.timedelta(days=chance.randint(-2, 23)) for _end in range(2))
        assert_balanced(first, last)


def test_it_balances_after_a_day_of_everybodys_work(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
    day = Day(random.Random(77))
    for _round in range(2):
        day.work(STEPS, hours=6)
        day.sleep()
    assert_adds_up()
    today = timezone.localdate()
    for first, last in ((-9, 0), (-2, -1), (-1, -1), (0, 0), (-1, 5)):
        assert_balanced(today + dt.timedelta(days=first), today + dt.timedelta(days=last))


def test_a_day_begins_at_midnight_in_viet_nam() -> None:
    plot = make.make_ready_plot()
    classification.refresh([plot.pk], cause=CAUSE, at=dt.datetime(2026, 3, 4, 16, 59, tzinfo=dt.UTC))
    Plot.objects.filter(pk=plot.pk).update(code="x")
    classification.refresh([plot.pk], cause=CAUSE, at=dt.datetime(2026, 3, 4, 17, 0, tzinfo=dt.UTC))
    book = accounts([plot.commune_id], dt.date(2026, 3, 4), dt.date(2026, 3, 4))[plot.commune_id]
    assert (book.opening, +book.closing, dict(book.ways)) == ({}, {1: 1}, {Way("first", None, 1): 1})
    book = accounts([plot.commune_id], dt.date(2026, 3, 5), dt.date(2026, 3, 5))[plot.commune_id]
    assert (+book.opening, +book.closing) == ({1: 1}, {2: 1})
    assert (book.came(2), book.went(1), book.moves) == (1, 1, 1)


def test_the_close_of_a_week_is_the_one_in_its_snapshot() -> None:
    communes = small_province(random.Random(5))
    classification.classify_communes([unit.pk for unit in communes], at=moment(4))
    plot = Plot.objects.live().order_by("pk")[0]
    Plot.objects.filter(pk=plot.pk).update(state="retired")
    classification.refresh([plot.pk], cause=CAUSE, at=moment(9, 0))
    week = dt.date(2026, 3, 2)
    books = accounts(None, week, week + dt.timedelta(days=6))
    for commune, groups in weeks.stock_at(weeks.closes_at(week)).items():
        assert [books[commune].closing[g] for g in Group.values] == [groups[g] for g in Group.values]


def test_what_the_counters_do_not_bear_out_is_told() -> None:
    plot = make.make_ready_plot()
    classification.refresh([plot.pk], cause=CAUSE, at=moment(4))
    LedgerDay.objects.update(plots=2)
    book = accounts([plot.commune_id], MARCH, dt.date(2026, 3, 31))[plot.commune_id]
    assert not book.is_balanced
    assert book.gap(1) == -1


def test_a_plot_that_changes_communes_leaves_one_account_and_enters_the_other() -> None:
    plot, other = make.make_ready_plot(), make.make_commune()
    classification.refresh([plot.pk], cause=CAUSE, at=moment(4))
    Plot.objects.filter(pk=plot.pk).update(commune=other)
    classification.refresh([plot.pk], cause=CAUSE, at=moment(6))
    books = accounts(None, dt.date(2026, 3, 6), dt.date(2026, 3, 6))
    assert (books[plot.commune_id].went(1), books[other.pk].came(1)) == (1, 1)
    whole = total(books.values())
    assert (whole.opening[1], whole.closing[1], whole.is_balanced) == (1, 1, True)


def test_other_communes_do_not_come_in() -> None:
    mine, theirs = make.make_ready_plot(), make.make_ready_plot()
    classification.refresh([mine.pk, theirs.pk], cause=CAUSE, at=moment(4))
    assert list(accounts([mine.commune_id], MARCH, dt.date(2026, 3, 31))) == [mine.commune_id]
    assert accounts([], MARCH, dt.date(2026, 3, 31)) == {}
    assert total([]) == Account()


# ---- the plots behind a number ----


def moved_plots(*, days: int = 3, a_day: int = 30) -> list[AdminUnit]:
    """Two communes whose plots were first seen over some days."""
    communes = [make.make_commune(), make.make_commune()]
    for day in range(days):
        for unit in communes:
            plots = [make.make_plot(unit) for _n in range(a_day)]
            classification.refresh([plot.pk for plot in plots], cause=CAUSE, at=moment(1 + day))
    return communes


def walk(wanted: Wanted) -> list[int]:
    """All pages, one after the other."""
    found: list[int] = []
    spot: Spot | None = None
    while True:
        moves, after = page(wanted, spot)
        assert len(moves) <= PAGE
        found += [move.pk for move in moves]
        if after is None:
            return found
        spot = Spot.read(str(after))
        assert spot == after


def test_page_by_page_every_move_comes_once_and_the_last_day_first() -> None:
    communes = moved_plots()
    found = walk(Wanted(None, MARCH, dt.date(2026, 3, 31)))
    assert len(found) == len(set(found)) == 180
    days = [timezone.localdate(GroupMove.objects.get(pk=pk).at) for pk in found]
    assert days == sorted(days, reverse=True)
    one = walk(Wanted((communes[0].pk,), dt.date(2026, 3, 2), dt.date(2026, 3, 2)))
    assert set(one) == set(
        GroupMove.objects.filter(commune=communes[0], at=moment(2)).values_list("pk", flat=True)
    )


def test_only_the_moves_of_a_way_and_a_cause_are_listed() -> None:
    plot, other = make.make_ready_plot(), make.make_ready_plot()
    classification.refresh([plot.pk, other.pk], cause=CAUSE, at=moment(4))
    Plot.objects.filter(pk=plot.pk).update(code="x")
    classification.refresh([plot.pk], cause=GroupMove.Cause.POLICE, at=moment(5))
    days = (MARCH, dt.date(2026, 3, 31))

    def listed(**way: Any) -> list[int]:
        return [move.plot_id for move in page(Wanted(None, *days, **way))[0]]

    assert listed(left=1, entered=2) == [plot.pk]
    assert listed(cause="police") == [plot.pk]
    assert sorted(listed(left=OUTSIDE)) == [plot.pk, other.pk]
    assert listed(entered=OUTSIDE) == listed(cause="import") == []


@pytest.mark.parametrize("raw", ["", "20260301.1", "20261301.1.1", "a.b.c", "20260301.1.1; DROP"])
def test_a_place_that_cannot_be_read_is_the_first_page(raw: str) -> None:
    assert Spot.read(raw) is None
