"""The range of the forecast holds the true day about as often as it says."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.campaign.forecast import CHANCE, FEWEST_WEEKS, forecast

SUNDAY = dt.date(2026, 11, 22)
GOAL = 1_000_000

#: Plots cleaned in a week: of the usual pace, the week's number, the share done, and chance.
Way = Callable[[float, int, float, random.Random], float]


def steady(pace: float, week: int, done: float, chance: random.Random) -> float:
    return pace


def ramping_up(pace: float, week: int, done: float, chance: random.Random) -> float:
    return pace * min(1, 0.4 + 0.15 * week)


def slowing_down(pace: float, week: int, done: float, chance: random.Random) -> float:
    """What is left is what is hard: in the end half as fast as in the middle."""
    return pace * 1.3 * math.sqrt(max(0.25, 1 - done))


def wandering(pace: float, week: int, done: float, chance: random.Random) -> float:
    return pace * math.exp(chance.gauss(0, 0.08 * math.sqrt(1 + week)))


def campaign(way: Way, chance: random.Random) -> list[int]:
    """Closing stocks until the goal is reached."""
    pace, noise, stock = GOAL / chance.uniform(10, 24), chance.uniform(0.1, 0.4), [0]
    while stock[-1] < GOAL:
        step = way(pace, len(stock), stock[-1] / GOAL, chance) * (1 + chance.gauss(0, noise))
        stock.append(stock[-1] + round(step))
    return stock


def told(way: Way, seed: int) -> Iterator[bool]:
    """Of simulated campaigns, looked at in some week: did they end within the range?"""
    chance = random.Random(seed)
    for _ in range(400):
        stock = campaign(way, chance)
        weeks = len(stock) - 1
        if weeks < FEWEST_WEEKS + 3:
            continue
        seen = chance.randrange(FEWEST_WEEKS + 1, weeks)
        found = forecast(stock[: seen + 1], GOAL, SUNDAY)
        assert found is not None
        last_step = (GOAL - stock[-2]) / (stock[-1] - stock[-2])
        true = SUNDAY + dt.timedelta(days=math.ceil(7 * (weeks - 1 - seen + last_step)))
        yield (found.earliest or dt.date.max) <= true <= (found.latest or dt.date.max)


@pytest.mark.parametrize(
    ("way", "share"), [(steady, 0.9), (ramping_up, 0.9), (slowing_down, 0.6), (wandering, 0.82)]
)
def test_each_kind_of_campaign_ends_within_the_range_as_often_as_is_told(way: Way, share: float) -> None:
    hits = list(told(way, seed=7))
    assert len(hits) > 300
    assert abs(sum(hits) / len(hits) - share) < 0.08


def test_over_all_kinds_of_campaigns_it_is_as_often_as_it_says() -> None:
    hits = [hit for way in (steady, ramping_up, slowing_down, wandering) for hit in told(way, seed=11)]
    assert abs(sum(hits) / len(hits) - CHANCE) < 0.08


def test_an_even_pace_ends_on_the_day_that_it_leads_to() -> None:
    found = forecast([0, 100, 200, 300], 500, SUNDAY)
    assert found is not None
    assert found.pace == 100
    assert found.likely == SUNDAY + dt.timedelta(weeks=2)


def test_too_few_weeks_or_nothing_left_say_nothing() -> None:
    assert forecast([0, 100, 200], 500, SUNDAY) is None
    assert forecast([0, 100, 200, 500], 500, SUNDAY) is None


def test_who_stands_still_has_no_day() -> None:
    found = forecast([100, 100, 100, 100], 500, SUNDAY)
    assert found is not None
    assert (found.likely, found.earliest, found.latest) == (None, None, None)


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=12), st.integers(1, 100_000))
def test_the_likely_day_lies_within_the_range(closings: list[int], goal: int) -> None:
    found = forecast(closings, goal, SUNDAY)
    if found is not None and found.likely is not None:
        assert found.earliest is not None
        assert SUNDAY < found.earliest <= found.likely <= (found.latest or dt.date.max)
