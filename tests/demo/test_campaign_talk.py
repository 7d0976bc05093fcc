"""What the demo's campaign is talked about stands on the pages, and in the reports that are kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from landdb.models import Role, User
from reconciliation.campaign import meeting
from reconciliation.campaign.report import report
from reconciliation.campaign.report_past import Territory
from reconciliation.classification.weeks import week_of
from reconciliation.demo import campaign_talk
from reconciliation.models import Difficulty, MeetingDecision, StoredReport, WeeklySnapshot
from tests import factories as make
from tests.campaign import report_cast as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    """A province with closed weeks, the last of them last week."""
    cast.campaign(cast.communes(6), 3)
    last = week_of(timezone.localdate()) - dt.timedelta(weeks=1)
    for number in (3, 2, 1):
        week = last - dt.timedelta(weeks=3 - number)
        WeeklySnapshot.objects.filter(week=cast.week(number)).update(week=week)
    return make.make_user(Role.MANAGER)


def test_the_agenda_has_something_carried_something_new_and_something_overdue(manager: User) -> None:
    assert campaign_talk.hold(timezone.now()) == 4
    agenda = meeting.agenda(week_of(timezone.localdate()), manager)
    assert [line.days_late > 0 for line in agenda.carried] == [True]
    assert [line.decision.due_on > timezone.localdate() for line in agenda.noted] == [True]
    assert agenda.difficulties == 4
    assert {each.state for each in Difficulty.objects.all()} == {"open", "answered"}
    assert Difficulty.objects.published().count() == 1


def test_two_reports_are_kept_and_the_last_one_tells_the_difficulties_of_its_week(
    client: Client, manager: User
) -> None:
    campaign_talk.hold(timezone.now())
    week = week_of(timezone.localdate()) - dt.timedelta(weeks=1)
    assert set(StoredReport.objects.values_list("week", flat=True)) == {week, week - dt.timedelta(weeks=1)}
    told = report(Territory(), week)
    assert told is not None
    words = "\n".join(block.text for block in told.blocks)
    assert "Máy quét của xã hỏng" in words
    assert "một công chức địa chính" not in words
    client.force_login(manager)
    assert "giống bản đã lưu" in client.get("/report/").content.decode()


def test_a_commune_with_an_account_asks_by_itself_and_sees_it(manager: User) -> None:
    unit = WeeklySnapshot.objects.order_by("-group_1")[0].commune
    official = make.make_user(Role.COMMUNE_OFFICIAL, commune=unit)
    campaign_talk.hold(timezone.now())
    (asked,) = Difficulty.objects.visible_to(official)
    assert (asked.asked_by, asked.commune) == (official, unit)


def test_without_a_closed_week_there_is_nothing_to_talk_about() -> None:
    make.make_user(Role.MANAGER)
    assert campaign_talk.hold(timezone.now()) == 0
    assert not MeetingDecision.objects.exists()
