"""Police lists and workbooks of a played campaign went by the actions of the pages, and bear days of then."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from citizens.models import Resident
from landdb.models import Role
from reconciliation import classification, matching
from reconciliation.classification.weeks import WEEK, closes_at
from reconciliation.demo import campaign, campaign_books, campaign_police
from reconciliation.demo.campaign_clock import as_if_at
from reconciliation.demo.campaign_police import Police
from reconciliation.models import (
    AnswerFile,
    Change,
    CorrectionBatch,
    CorrectionRow,
    GroupMove,
    Tally,
    Verification,
    VerificationBatch,
    VerificationLine,
    WorkItem,
)
from reconciliation.models.work_counts import WorkCount

from .province import NOW

pytestmark = pytest.mark.django_db(transaction=True)
WEEKS = 4
Line = VerificationLine.State


@pytest.fixture
def played(province: list[int]) -> dt.date:
    """The first week of a campaign in which the registry has lost some people of each commune."""
    lost = Verification.objects.filter(outcome="matched", land_user__id_kind="citizen")
    people = [pk for pk in lost.order_by("pk").values_list("land_user", flat=True) if pk % 3 == 0]
    gone = Resident.objects.filter(pk__in=lost.filter(land_user__in=people).values("resident"))
    gone.update(id_number="", former_number="", name="Xa Lạ", name_key="xa lạ", name_fold="xa la")
    matching.refresh(people)
    classification.classify_communes(province, at=NOW - dt.timedelta(minutes=30))
    campaign.play(WEEKS, 1, now=NOW)
    return campaign.first_week(WEEKS, NOW)


def test_in_an_errand_it_is_then_for_python_and_the_database_and_afterwards_no_more() -> None:
    then = dt.datetime(2026, 9, 1, 9, 30, 5, 7, tzinfo=dt.UTC)
    with as_if_at(then):
        assert timezone.now() == then
        assert _asked("SELECT now()") == then
    assert timezone.now() > then
    assert _asked("SELECT now()") != then
    assert _asked("SELECT count(*) FROM pg_namespace WHERE nspname = 'campaign_clock'") == 0


def test_whoever_waits_with_the_police_stands_in_a_list_that_left_within_the_campaign(
    played: dt.date,
) -> None:
    lists = VerificationBatch.objects.all()
    assert len(lists) == WEEKS / 2
    assert {each.state for each in lists} == {VerificationBatch.State.ISSUED}
    for each in lists:
        assert closes_at(played - WEEK) < each.at < each.issued_at < NOW
        assert each.by != each.change_set.consent.given_by
        assert sum(part.lines for part in each.parts.all()) == each.lines.count()
    waiting = set(WorkItem.objects.open().filter(waits_with="police").values_list("land_user", flat=True))
    asked = VerificationLine.objects.filter(state=Line.WAITING, entries__isnull=False)
    assert waiting
    assert waiting == set(asked.values_list("entries__land_user", flat=True))
    assert not Verification.objects.filter(since__gt=NOW).exists()
    assert not WorkItem.objects.filter(opened_at__gt=NOW).exists()


def test_answers_are_applied_but_those_to_the_last_list_and_some_people_have_none(played: dt.date) -> None:
    first, last = VerificationBatch.objects.order_by("pk")
    states = set(first.lines.values_list("state", flat=True))
    assert states == {Line.ANSWERED, Line.WAITING}
    assert set(last.lines.values_list("state", flat=True)) == {Line.WAITING}
    files = AnswerFile.objects.order_by("pk")
    assert {each.state for each in files} == {AnswerFile.State.APPLIED, AnswerFile.State.WAITING}
    for each in files:
        told = each.file
        parts = (told.applied, told.unchanged, told.proposed, told.rejected, told.ignored)
        assert told.rows == sum(parts) > 0
        assert each.uploaded_by != each.decided_by
    assert GroupMove.objects.filter(change_set__answer_file__in=files).exists()


def test_workbooks_of_communes_come_with_bad_rows_and_one_waits_for_the_office(played: dt.date) -> None:
    batches = CorrectionBatch.objects.order_by("pk")
    assert len({each.commune_id for each in batches}) > 1
    assert CorrectionBatch.State.APPLIED in {each.state for each in batches}
    waiting = batches.filter(
        state=CorrectionBatch.State.WAITING, uploaded_at__lt=closes_at(played + 3 * WEEK)
    )
    assert [each.uploaded_by.role for each in waiting] == [Role.COMMUNE_OFFICIAL]
    rows = CorrectionRow.objects.filter(batch__in=batches)
    assert rows.filter(state=CorrectionRow.State.REJECTED).exists()
    for each in batches:
        assert closes_at(played - WEEK) < each.uploaded_at < NOW
        assert each.lines.count() == each.file.rows
        assert each.uploaded_by != each.decided_by
    written = Change.objects.filter(change_set__correctionbatch__in=batches)
    assert written.filter(state=Change.State.APPLIED).exists()


def test_lists_and_workbooks_have_a_bound_however_much_there_is(
    province: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    Verification.objects.update(outcome="not_found")
    for most, most_of_one in ((6, 6), (2, 30), (0, 0)):
        monkeypatch.setattr(campaign_police, "MOST", most)
        monkeypatch.setattr(campaign_police, "MOST_OF_ONE", most_of_one)
        police = Police.of(province, WEEKS, 1)
        assert police is not None
        for turn in range(WEEKS // 2):
            communes = police._where(turn)
            people = Verification.objects.filter(commune__in=communes).count()
            assert people <= (most if len(communes) > 1 else most_of_one)
            assert bool(communes) == bool(most_of_one)
    monkeypatch.setattr(campaign_books, "MOST", 3)
    for commune in province:
        rules = campaign_books._rules(commune)
        plots = Tally.objects.filter(commune=commune, rule__in=rules).aggregate(n=Sum("plots"))["n"] or 0
        assert len(rules) == 1 or plots <= 3


def test_the_counters_of_work_are_what_the_work_is(played: dt.date) -> None:
    counted = sum(WorkCount.objects.values_list("items", flat=True))
    assert counted == WorkItem.objects.open().count()


def _asked(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
