"""Bulk decisions that a second person has to agree to: the word, its withdrawal, what the page says."""

from __future__ import annotations

import re

import pytest

from landdb.models import Job, Role
from reconciliation.actions import bulk, consents
from reconciliation.actions.bulk import Act, State, Wanted
from reconciliation.models import BulkDecision, ChangeSet, Match, WorkItem
from tests import factories

from .bulk_cast import item, likely, run, to_commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def mai():
    return factories.make_user(Role.REVIEWER)


def test_same_person_for_many_waits_for_a_second_senior_reviewer(visit, senior, work, monkeypatch) -> None:
    monkeypatch.setattr(consents, "ALONE", 1)
    commune = factories.make_commune()
    pair = [likely(commune), likely(commune)]
    decision = bulk.draft([each.pk for each in pair], Wanted(Act.SAME, least=0.95), by=senior)
    client, second = visit(senior), visit(factories.make_user(Role.SENIOR_REVIEWER))
    client.post(f"/queue/bulk/{decision.pk}/go/")
    assert BulkDecision.objects.get().state == State.ASKED
    assert not Job.objects.exists()
    client.post(f"/queue/bulk/{decision.pk}/answer/", {"word": "yes"})
    assert BulkDecision.objects.get().state == State.ASKED
    second.post(f"/queue/bulk/{decision.pk}/answer/", {"word": "yes"})
    work()
    assert BulkDecision.objects.get().state == State.DONE
    assert Match.objects.filter(state="accepted").count() == 2
    client.post(f"/queue/bulk/{decision.pk}/undo/")
    assert BulkDecision.objects.get().state == State.UNDO_ASKED
    client.post(f"/queue/bulk/{decision.pk}/answer/", {"word": "yes"})
    assert BulkDecision.objects.get().state == State.UNDO_ASKED
    second.post(f"/queue/bulk/{decision.pk}/answer/", {"word": "yes"})
    work()
    assert BulkDecision.objects.get().state == State.UNDONE
    assert not Match.objects.filter(state="accepted").exists()
    assert WorkItem.objects.open().count() == 2


def test_a_refused_decision_writes_nothing(senior, monkeypatch) -> None:
    monkeypatch.setattr(consents, "ALONE", 0)
    one = likely(factories.make_commune())
    decision = bulk.go(bulk.draft([one.pk], Wanted(Act.SAME, least=0.9), by=senior), by=senior)
    refused = bulk.answer(decision, by=factories.make_user(Role.SENIOR_REVIEWER), is_yes=False)
    assert refused.state == State.REFUSED
    assert ChangeSet.objects.get().state == ChangeSet.State.DISCARDED
    assert not Match.objects.exclude(state="proposed").exists()


def test_who_asked_may_withdraw_until_somebody_has_answered(visit, senior, work, monkeypatch) -> None:
    monkeypatch.setattr(consents, "ALONE", 0)
    one = likely(factories.make_commune())
    decision = bulk.go(bulk.draft([one.pk], Wanted(Act.SAME, least=0.9), by=senior), by=senior)
    page = f"/queue/bulk/{decision.pk}/"
    client, second = visit(senior), visit(factories.make_user(Role.SENIOR_REVIEWER))
    assert "Rút lại đề nghị" in client.get(page).content.decode()
    assert "Rút lại đề nghị" not in second.get(page).content.decode()
    second.post(page + "withdraw/")
    assert BulkDecision.objects.get().state == State.ASKED
    client.post(page + "withdraw/")
    assert BulkDecision.objects.get().state == State.WITHDRAWN
    assert ChangeSet.objects.get().state == ChangeSet.State.DISCARDED
    assert "đã có người trả lời" in client.post(page + "withdraw/", follow=True).content.decode()
    assert not Match.objects.exclude(state="proposed").exists()


def test_asked_to_take_back_may_be_withdrawn_and_stays_done(visit, mai, monkeypatch) -> None:
    decision = bulk.draft([item().pk], to_commune(), by=mai)
    run(decision, mai)
    monkeypatch.setattr(consents, "ALONE", 0)
    client, page = visit(mai), f"/queue/bulk/{decision.pk}/"
    client.post(page + "undo/")
    assert BulkDecision.objects.get().state == State.UNDO_ASKED
    client.post(page + "withdraw/")
    assert BulkDecision.objects.get().state == State.DONE
    assert WorkItem.objects.get().waits_with == "commune"


def test_a_no_says_why_and_the_page_says_who_and_why(visit, senior, monkeypatch) -> None:
    monkeypatch.setattr(consents, "ALONE", 0)
    one = likely(factories.make_commune())
    drawn = bulk.draft([one.pk], Wanted(Act.SAME, least=0.9), by=senior, query="outcome=mismatch")
    decision = bulk.go(drawn, by=senior)
    page = f"/queue/bulk/{decision.pk}/"
    other = factories.make_user(Role.SENIOR_REVIEWER)
    second = visit(other)
    listed = second.get("/queue/people/").content.decode()
    assert "1 chờ bạn đồng ý" in listed
    assert "chờ bạn đồng ý" not in visit(senior).get("/queue/people/").content.decode()
    told = second.get(page).content.decode()
    assert re.search(r"Bộ lọc</dt><dd>Thấy nhưng khác thông tin", told)
    assert (
        "không đồng ý thì ghi vì sao"
        in second.post(page + "answer/", {"word": "no"}, follow=True).content.decode()
    )
    assert BulkDecision.objects.get().state == State.ASKED
    second.post(page + "answer/", {"word": "no", "reason": "cần xem từng người"})
    told = visit(senior).get(page).content.decode()
    assert f"{other.full_name} không đồng ý" in told
    assert "“cần xem từng người”" in told
