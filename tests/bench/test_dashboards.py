"""Which pages the bench of the dashboards asks for, and what it makes of their times."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from landdb.models import Role
from reconciliation import classification
from reconciliation.bench.dashboards import ground, pages, run
from reconciliation.campaign import history, snapshots
from reconciliation.models import GroupMove
from tests import factories as make
from tests.campaign.clock import moment

WEEK = dt.date(2026, 3, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("is_running", [True, False])
def test_every_page_that_a_reader_is_asked_to_open_opens(client: Client, is_running: bool) -> None:
    plot = make.make_ready_plot()
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION, at=moment(4))
    snapshots.take(WEEK, moment(9, 1))
    if is_running:
        snapshots.take_yesterday(moment(11, 1))
    users, _password = ground.readers(ground.largest())
    assert [user.role for user in users] == [Role.MANAGER, Role.MANAGER, Role.COMMUNE_OFFICIAL]
    for user in users:
        wanted = pages.looks(user, plot.commune, history.closed_weeks())
        kinds = {look.kind for look in wanted}
        assert {"overview", "ledger", "list:closed", "list:first:rule", "kept:certificates-at"} <= kinds
        assert ("done:code" in kinds) == is_running
        client.force_login(user)
        for look in wanted:
            assert client.get(look.path).status_code == 200, look.path


@pytest.mark.django_db
def test_the_largest_commune_is_the_one_with_the_most_plots() -> None:
    small, large = make.make_ready_plot(), make.make_ready_plot()
    other = make.make_ready_plot(commune=large.commune)
    for plot in (small, large, other):
        classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    assert ground.largest() == large.commune


def figures(**changed: Any) -> dict[str, Any]:
    page = {
        "count": 20,
        "median_ms": 20.0,
        "p95_ms": 60.0,
        "most_ms": 90.0,
        "statements": 12,
        "bytes": 30_000,
    }
    return {"pages": {"manager:overview": page | changed}, "fault_count": 0}


def test_a_page_that_is_slow_or_fails_misses_the_reach() -> None:
    assert all(each["ok"] for each in run.judge(figures()).values())
    assert run.judge(figures(p95_ms=100.1))["manager:overview_p95_ms"]["ok"] is False
    assert run.judge(figures(p95_ms=100.1, count=3))["manager:overview_p95_ms"]["ok"] is None
    assert run.judge(figures() | {"fault_count": 1})["fault_count"]["ok"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plots", "99"], "--plots 99: from 100"),
        (["--weeks", "0"], "--weeks 0: from 1 to 50"),
        (["--officers", "3"], "--officers is for desk"),
        (["--owners", "500"], "takes --plots, --seed, --weeks alone"),
        (["--files", "5"], "takes --plots, --seed, --weeks alone"),
    ],
)
def test_nonsense_is_answered_with_a_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("bench", "dashboards", *arguments)


def test_weeks_are_for_this_bench() -> None:
    with pytest.raises(CommandError, match="--weeks is for dashboards"):
        call_command("bench", "matching", "--weeks", "3")
