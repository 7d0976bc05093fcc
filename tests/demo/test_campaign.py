"""Weeks of a campaign in a made-up province: whatever the books say follows from the records."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from citizens.models import RegistryExtract
from landdb.models import AdminUnit, Job, ReceivedFile
from reconciliation import classification
from reconciliation.campaign import at_cutoff, balance, counting, history, snapshots
from reconciliation.campaign.at_cutoff import Stood
from reconciliation.campaign.excluded import key_of
from reconciliation.campaign.history import Figures
from reconciliation.classification.weeks import closes_at
from reconciliation.demo import campaign
from reconciliation.models import (
    DayFigures,
    Finding,
    GroupMove,
    KeptList,
    LedgerDay,
    PlotStatus,
    Target,
    Task,
    WeeklySnapshot,
)
from reconciliation.models.groups import Group

from .province import NOW, PLOTS

pytestmark = pytest.mark.django_db(transaction=True)
WEEKS = 5
Kind = KeptList.Kind
#: Tasks of which it is kept on what they are done.
TASKS_KEPT = (Task.CODE, Task.COLLECT, Task.SCAN)

# From one group to the next without a gap, and the last one is where the plot stands, since then.
_BROKEN = """
    SELECT count(*) FROM (
        SELECT m.*, lag(to_group) OVER line AS before, lead(id) OVER line IS NULL AS is_last
        FROM reconciliation_groupmove m WINDOW line AS (PARTITION BY plot_id ORDER BY at, id)
    ) m
    JOIN reconciliation_plotstatus s USING (plot_id)
    WHERE m.from_group IS DISTINCT FROM m.before
        OR m.is_last AND (m.to_group, m.at) IS DISTINCT FROM (s."group", s.since)
"""


def test_a_played_campaign_balances_and_is_what_the_records_say(province: list[int]) -> None:
    told = campaign.play(WEEKS, 1, now=NOW)
    first = dt.date(2026, 10, 19)
    assert history.closed_weeks() == [first + dt.timedelta(weeks=n) for n in range(-1, WEEKS)]
    assert balance.gaps(NOW.date()) == []
    # The first classification lies before the first week, and nothing ahead of the clock.
    begun = GroupMove.objects.filter(cause=GroupMove.Cause.FIRST)
    assert closes_at(first - dt.timedelta(weeks=2)) <= begun.aggregate(at=Min("at"))["at"]
    assert not begun.filter(at__gte=closes_at(first - dt.timedelta(weeks=1))).exists()
    assert not GroupMove.objects.filter(at__gte=NOW).exists()
    received = ReceivedFile.objects.get(kind=ReceivedFile.Kind.DEMO).received_at
    assert received < begun.aggregate(at=Min("at"))["at"]
    assert RegistryExtract.objects.get().extracted_on <= timezone.localdate(received)
    assert not Finding.objects.filter(opened_at__gte=NOW).exists()
    # Judged anew, everything stands as it does: not one move was made up.
    again = classification.classify_communes(province)
    assert {name: again[name] for name in ("opened", "closed", "reopened", "changed", "moves")} == {
        "opened": 0, "closed": 0, "reopened": 0, "changed": 0, "moves": 0,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN)
        assert cursor.fetchone()[0] == 0
    causes = set(LedgerDay.objects.values_list("cause", flat=True))
    assert {"first", "correction", "import"} <= causes
    assert told["moves"] == GroupMove.objects.exclude(cause=GroupMove.Cause.FIRST).count()


def test_every_week_moves_plots_towards_the_first_group(province: list[int]) -> None:
    campaign.play(WEEKS, 1, now=NOW)
    weeks = [history.total(history.closed(week, None).values()) for week in history.closed_weeks()]
    ready = [figures.groups[1] for figures in weeks]
    assert ready == sorted(ready)
    assert ready[-1] > ready[0]
    assert {figures.plots for figures in weeks} == {PLOTS}
    for figures in weeks[1:]:
        assert set(figures.tasks) == {task.value for task in Task}
        for told in figures.tasks.values():
            assert told.done is not None
            assert told.assigned
    assert Target.objects.count() == len(Task) * len(
        set(PlotStatus.objects.values_list("commune", flat=True))
    )
    days = sorted(set(DayFigures.objects.values_list("day", flat=True)))
    assert days == [dt.date(2026, 11, day) for day in (23, 24, 25)]
    # Written down near its cut-off, a week says what the day counts of that moment would.
    assert not WeeklySnapshot.objects.filter(is_rebuilt=True).exists()


def test_what_was_written_comes_out_again_as_counts_and_as_lists(province: list[int]) -> None:
    campaign.play(WEEKS, 1, now=NOW)
    weeks = history.closed_weeks()
    waived = Finding.objects.waived().exists()
    for week in weeks:
        counted = counting.at_close_of(week + dt.timedelta(days=6), NOW)
        written = history.closed(week, None)
        for commune, figures in written.items():
            assert list(figures.groups.values()) == counted[commune].groups
            if not waived:
                assert dict(figures.rules) == counted[commune].rules
        for group in Group.values:
            assert listed(Stood(week, group)) == by_commune(written, Stood(week, group))
    for week in (weeks[0], weeks[-1]):
        written = history.closed(week, None)
        for rule, _plots in history.total(written.values()).rules.most_common(12):
            assert listed(Stood(week, rule=rule)) == by_commune(written, Stood(week, rule=rule))


def test_what_was_kept_of_each_close_is_as_many_as_it_says_after_all_that_followed(
    province: list[int],
) -> None:
    campaign.play(WEEKS, 1, now=NOW)
    for week in history.closed_weeks():
        for commune, figures in history.closed(week, None).items():
            said: dict[tuple[str, str], int] = {
                **{(Kind.ALONE, rule): n for rule, n in (figures.alone or {}).items()},
                **{(Kind.WAITS, who): held.items for who, held in figures.waiting.items()},
                **{(Kind.OUTCOME, outcome): n for outcome, n in figures.verification.items()},
                **{(Kind.DONE, task): figures.tasks[task].done or 0 for task in TASKS_KEPT},
                **{
                    (Kind.EXCLUDED, key_of(task, why)): n
                    for task in counting.EXCLUDED_FROM
                    for why, n in figures.tasks[task].excluded.items()
                },
            }
            kept = KeptList.objects.filter(week=week, commune=commune)
            assert {(each.kind, each.key): len(set(each.ids)) for each in kept} == +Counter(said)
            stood = Stood(week, is_all=True)
            assert len(at_cutoff.seen(stood, {commune: figures.plots}, None, 10 * PLOTS)) == figures.plots


def test_the_plots_of_a_word_are_as_many_as_each_close_says(province: list[int]) -> None:
    campaign.play(WEEKS, 1, now=NOW)
    assert not Finding.objects.waived().exists()
    for week in history.closed_weeks():
        for commune, figures in history.closed(week, None).items():
            for word, n in figures.dimensions.items():
                found = at_cutoff.seen(Stood(week, word=word), {commune: n}, None, 10 * PLOTS)
                assert len({each.plot for each in found}) == len(found) == n, (week, commune, word)


def test_what_a_rule_alone_held_back_was_open_then_and_not_in_the_first_group(province: list[int]) -> None:
    campaign.play(WEEKS, 1, now=NOW)
    for kept in KeptList.objects.filter(kind=Kind.ALONE):
        communes = {kept.commune_id: 10 * PLOTS}
        opened = at_cutoff.page(Stood(kept.week, rule=kept.key), communes, None, 10 * PLOTS)
        assert set(kept.ids) <= {plot for _commune, plot in opened}
        ready = at_cutoff.page(Stood(kept.week, Group.READY), communes, None, 10 * PLOTS)
        assert not set(kept.ids) & {plot for _commune, plot in ready}


def test_no_week_that_was_written_as_it_was_comes_out_otherwise_when_counted_again(
    province: list[int],
) -> None:
    campaign.play(WEEKS, 1, now=NOW)
    assert {week: snapshots.revise(week, "kiểm tra lại") for week in history.closed_weeks()} == dict.fromkeys(
        history.closed_weeks(), 0
    )


def listed(stood: Stood) -> Counter[int]:
    """Commune → plots on its list."""
    communes = AdminUnit.objects.in_force().values_list("pk", flat=True)
    return Counter(commune for commune, _plot in at_cutoff.page(stood, communes, None, 10 * PLOTS))


def by_commune(written: dict[int, Figures], stood: Stood) -> Counter[int]:
    """Commune → how many the close says they were."""
    return +Counter({commune: stood.told(figures) for commune, figures in written.items()})


def test_a_campaign_is_played_once_and_on_ground_that_is_ready(province: list[int]) -> None:
    with pytest.raises(CommandError, match="from 1 to 50"):
        call_command("seed_demo", "--weeks", "0")
    campaign.play(1, 1, now=NOW)
    with pytest.raises(CommandError, match="--fresh"):
        call_command("seed_demo", "--weeks", "1")


def test_a_run_can_be_told_its_moment_but_not_one_ahead() -> None:
    call_command("classify", "--no-wait", "--at", "2026-01-09T09:00:00+07:00", stdout=StringIO())
    assert Job.objects.get().arguments == {"at": "2026-01-09T09:00:00+07:00"}
    with pytest.raises(CommandError, match="still to come"):
        call_command("classify", "--at", "2999-01-01T00:00:00+07:00")
    with pytest.raises(CommandError, match="a moment like"):
        call_command("classify", "--at", "yesterday")
