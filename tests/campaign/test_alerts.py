"""What alarms and what does not, at the thresholds; how it stood when a week closed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache

from landdb.models import AdminUnit, Role
from reconciliation.campaign import alert_gathering, alert_words, alerts
from reconciliation.campaign.alerts import Alert, Kind, Plan
from reconciliation.models import (
    DayFigures,
    VerificationBatch,
    VerificationLine,
    WeekAlerts,
    WeeklySnapshot,
    WorkItem,
)
from tests import factories as make
from tests.campaign.clock import moment

WEEK = dt.date(2026, 3, 2)
SUNDAY = dt.date(2026, 3, 8)
SEVEN = dt.timedelta(days=7)


def closings(*stocks: int) -> list[tuple[dt.date, int]]:
    """Group 1 at the closes of consecutive weeks, the last one on the 8th of March."""
    return [
        (SUNDAY - SEVEN * back, stock)
        for back, stock in zip(range(len(stocks) - 1, -1, -1), stocks, strict=True)
    ]


@pytest.mark.parametrize(
    ("stocks", "weeks_left", "alarms"),
    [
        ((0, 100, 200, 300, 400), 6, False),  # on the line, at the pace needed
        ((0, 100, 200, 300, 340), 6, True),  # 6 points below
        ((0, 100, 200, 300, 350), 6, False),  # 5 points below, and 108 needed against 83
        ((0, 370, 380, 390, 400), 6, True),  # on the line, but 100 needed against 10
        ((0, 100, 200, 300, 1000), 6, False),  # reached
        ((0, 250, 500, 750, 900), 0, True),  # over its day
        ((0,), 9, False),  # begun on that very day: no line yet, no pace yet
        ((0, 300, 400, 500, 600), 6, False),  # ahead, and done two weeks before the due day
        ((0, 700, 700, 700, 700), 6, True),  # ahead, but nothing comes any more
        ((0, 980, 984, 988, 990), 5, False),  # ahead, and two plots a week are few
        ((0, 0, 0, 0, 0), 600, False),  # nothing yet, but two a week will do
        ((0, 400, 450, 500, 549), 6, True),  # ahead, but more than nine weeks of work and six weeks left
        ((0, 400, 450, 500, 550), 6, False),  # the same, but 1.5 times and no more
        ((0, 850, 860, 870, 880), 3, True),  # twelve weeks of work, three left
        ((0, 850, 900, 910, 960), 0.5, False),  # about a week late: not two
    ],
)  # fmt: skip
def test_behind_pace(stocks: tuple[int, ...], weeks_left: float, alarms: bool) -> None:
    told = closings(*stocks)
    plan = Plan(1000, told[0][0], SUNDAY + SEVEN * weeks_left)
    assert (alerts.behind_pace(1, told, plan) is not None) == alarms


def test_what_is_needed_each_week_is_never_told_as_nothing() -> None:
    plan = Plan(15, WEEK - 8 * dt.timedelta(days=7), SUNDAY + dt.timedelta(days=50))
    alert = alerts.behind_pace(1, closings(0, 0, 0, 0), plan)
    assert alert is not None
    assert alert.facts["needed"] == 3


def test_a_handful_of_plots_alarms_only_once_the_due_day_is_over() -> None:
    begun = WEEK - 8 * SEVEN
    assert alerts.behind_pace(1, closings(0, 0, 1, 1), Plan(3, begun, SUNDAY + SEVEN)) is None
    assert alerts.behind_pace(1, closings(0, 0, 1, 1), Plan(3, begun, SUNDAY)) is not None


def test_a_plan_that_has_not_begun_or_holds_nothing_does_not_alarm() -> None:
    later = Plan(1000, SUNDAY + SEVEN, SUNDAY + 9 * SEVEN)
    assert alerts.behind_pace(1, closings(0, 0, 0, 0), later) is None
    assert alerts.behind_pace(1, closings(0, 0, 0, 0), Plan(0, WEEK, SUNDAY)) is None


@pytest.mark.parametrize(
    ("before", "after", "alarms"),
    [
        (1000, 1200, False), (1000, 1201, True), (100, 200, False), (100, 201, True), (0, 101, True),
        (600, 700, False), (5000, 400, False),
    ],
)  # fmt: skip
def test_a_rule_jumps_by_more_than_a_fifth_and_by_more_than_a_hundred_plots(
    before: int, after: int, alarms: bool
) -> None:
    found = alerts.rule_jumps(1, {"scan_missing": before}, {"scan_missing": after})
    assert bool(found) == alarms


def test_an_extract_is_too_old_after_a_month_or_after_the_tolerance_of_its_rule() -> None:
    today = dt.date(2026, 3, 31)
    assert not alerts.old_extract(dt.date(2026, 3, 1), today, 365.0)
    assert alerts.old_extract(dt.date(2026, 2, 28), today, 365.0)
    assert alerts.old_extract(dt.date(2026, 3, 10), today, 20.0)
    assert not alerts.old_extract(None, today, 365.0)


def test_a_police_list_is_told_once_with_the_lines_of_the_territory() -> None:
    rows = [
        (1, 7, "XM-2026-0007", WEEK, 3),
        (2, 7, "XM-2026-0007", WEEK, 4),
        (1, 8, "XM-2026-0008", SUNDAY, 5),
    ]
    found = alerts.late_lists(rows, dt.date(2026, 3, 6))
    assert [(one.facts["lines"], one.facts["days"]) for one in alerts.together(found, None)] == [(7, 4)]
    assert [one.facts["lines"] for one in alerts.together(found, {2})] == [4]
    assert alerts.together(found, {3}) == []


def test_the_first_few_are_the_worst_of_each_kind() -> None:
    found = [Alert(Kind.PACE, 9, 1), Alert(Kind.PACE, 8, 2), Alert(Kind.PACE, 7, 3), Alert(Kind.JUMP, 500, 1)]
    assert [(one.kind, one.size) for one in alerts.top(found, 3)] == [("pace", 9), ("jump", 500), ("pace", 8)]


def test_every_kind_has_its_meaning_and_its_sentence() -> None:
    told = [
        *alerts.rule_jumps(1, {}, {"scan_missing": 500}, rules_changed=True),
        *alerts.late_handovers([(1, "commune", 3)]),
        *alerts.late_lists([(1, 7, "XM-2026-0007", WEEK, 3)], SUNDAY),
        *alerts.old_extract(WEEK, dt.date(2026, 5, 1), 365.0),
        alerts.behind_pace(1, closings(0, 1, 2, 3), Plan(1000, WEEK - 3 * SEVEN, SUNDAY + SEVEN)),
    ]
    words = {
        one.kind: f"{alert_words.figure(one)} {alert_words.unit(one)}: {alert_words.sentence(one)}"
        for one in told
        if one
    }
    assert set(words) == set(Kind)
    assert "từ 0 lên 500 thửa; bộ quy tắc đã đổi trong tuần" in words[Kind.JUMP]
    assert "Xã, phường: 3 hồ sơ quá ngày hẹn" in words[Kind.HANDOVER]
    assert "XM-2026-0007 quá hạn 6 ngày" in words[Kind.POLICE]
    assert "dữ liệu ngày 02/03/2026" in words[Kind.EXTRACT]
    assert words[Kind.PACE] == (
        " thửa nhóm 2, 3 lúc này: lúc chốt 08/03/2026 dưới đường kế hoạch 79,1 điểm; "
        "cần 997 thửa mỗi tuần để kịp 15/03/2026, ba tuần qua trung bình mỗi tuần được 1"
    )
    assert all("%(" not in alert_words.meaning(kind) for kind in Kind)
    assert [Alert.read(one.written()) for one in told if one] == [one for one in told if one]


@pytest.fixture
def commune() -> AdminUnit:
    cache.clear()
    return make.make_commune()


def snapshot(commune: AdminUnit, week: dt.date, ready: int, **fields: object) -> WeeklySnapshot:
    return WeeklySnapshot.objects.create(
        commune=commune, week=week, group_1=ready, group_2=5000 - ready, group_3=0, **fields
    )


def handed_on(commune: AdminUnit, until: dt.date, where: str = "commune") -> WorkItem:
    return WorkItem.objects.create(
        land_user=make.make_land_user(commune), commune=commune, plots=1, opened_at=moment(1),
        waits_with=where, waits_since=moment(1), waits_until=until,
    )  # fmt: skip


@pytest.mark.django_db
def test_they_are_gathered_from_snapshots_and_counters(
    commune: AdminUnit, django_assert_max_num_queries: object
) -> None:
    plan = {"clean": {"assigned": 5000, "starts": "2026-02-01", "due": "2026-04-01", "done": 0}}
    snapshot(commune, WEEK - SEVEN, 100, rules={"scan_missing": 100})
    snapshot(commune, WEEK, 120, rules={"scan_missing": 300}, tasks=plan)
    handed_on(commune, dt.date(2026, 3, 9))
    handed_on(commune, dt.date(2026, 3, 10))
    handed_on(commune, dt.date(2026, 3, 1), "later")
    make.make_extract(extracted_on=dt.date(2026, 1, 1))
    with django_assert_max_num_queries(12) as queries:  # type: ignore[operator]
        found = alert_gathering.current(None, moment(10))
    assert not any(
        "parcels_plot" in query["sql"] or "workitem" in query["sql"] for query in queries.captured_queries
    )
    assert [(one.kind.value, one.commune) for one in found] == [
        ("extract", None), ("pace", commune.pk), ("jump", commune.pk), ("handover", commune.pk),
    ]  # fmt: skip
    assert found[3].facts == {"held": {"commune": 1}}
    assert "1 hồ sơ quá ngày hẹn" in alert_words.sentence(found[3])
    assert [one.kind for one in alert_gathering.current({commune.pk + 1}, moment(10))] == [Kind.EXTRACT]


@pytest.mark.django_db
def test_the_open_week_is_told_by_its_last_day(commune: AdminUnit) -> None:
    snapshot(commune, WEEK, 120, rules={"scan_missing": 300})
    assert not alert_gathering.current(None, moment(12))
    day = DayFigures(commune=commune, day=dt.date(2026, 3, 11), group_1=120, group_2=0, group_3=0)
    day.rules = {"scan_missing": 500}
    day.save()
    (found,) = alert_gathering.current(None, moment(12))
    assert (found.kind, found.facts["before"], found.facts["after"]) == (Kind.JUMP, 300, 500)


@pytest.mark.django_db
def test_an_overdue_police_list_counts_the_lines_without_an_answer(commune: AdminUnit) -> None:
    batch = VerificationBatch.objects.create(
        state="issued", purpose="x", legal_basis="y", due_on=WEEK, by=make.make_user(Role.REVIEWER)
    )
    for number, state in enumerate(("waiting", "waiting", "answered"), 1):
        VerificationLine.objects.create(
            batch=batch,
            number=number,
            key=f"K{number}",
            state=state,
            commune=commune,
            name="A",
            outcome="not_found",
        )
    (found,) = alert_gathering.current(None, moment(10))
    assert (found.kind, found.facts["number"], found.facts["lines"]) == (Kind.POLICE, batch.number, 2)
    assert not alert_gathering.current(None, moment(2))


@pytest.mark.django_db
def test_how_they_stood_when_the_week_closed_is_written_down_once_and_soon(commune: AdminUnit) -> None:
    item = handed_on(commune, dt.date(2026, 3, 5))
    assert not alert_gathering.keep(moment(9))
    snapshot(commune, WEEK, 120)
    assert not alert_gathering.keep(moment(11))
    assert alert_gathering.keep(moment(9))
    assert not alert_gathering.keep(moment(9, 13))
    item.waits_with = ""
    item.save()
    assert not alert_gathering.current(None, moment(10))
    told, is_whole = alert_gathering.as_at(WEEK, None, moment(10))
    assert ([one.kind for one in told], is_whole) == ([Kind.HANDOVER], True)
    assert alert_gathering.as_at(WEEK - SEVEN, None, moment(10)) == ([], False)
    assert WeekAlerts.objects.count() == 1
