"""One decision about many people: shown first, done by a job in one change set, taken back as a whole."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb import working_days
from landdb.models import Job, Role
from reconciliation.actions import bulk, bulk_portions, changes, leases, matches
from reconciliation.actions.bulk import Act, State, Wanted
from reconciliation.models import (
    BulkDecision,
    BulkItem,
    Change,
    ChangeSet,
    Decision,
    Lease,
    Match,
    Verification,
    Why,
    WorkItem,
)
from tests import factories

from .bulk_cast import item, likely, run, to_commune

pytestmark = pytest.mark.django_db

CHOOSE = "/queue/people/bulk/"
Skip = BulkItem.Skip


def skips(decision: BulkDecision) -> dict[int, str]:
    return dict(decision.items.values_list("item_id", "skip"))


@pytest.fixture
def mai():
    return factories.make_user(Role.REVIEWER)


def test_the_preview_says_how_many_and_which_are_left_out_and_why_and_writes_nothing(visit, mai) -> None:
    free, held, away, given = item(), item(), item(waits_with="police"), item()
    leases.take(Lease.Kind.PERSON, held.land_user_id, by=factories.make_user(Role.REVIEWER))
    WorkItem.objects.filter(pk=given.pk).update(assigned_to=factories.make_user(Role.REVIEWER))
    merged = item()
    type(merged.land_user).objects.filter(pk=merged.land_user_id).update(merged_into=free.land_user)
    client = visit(mai)
    ids = [each.pk for each in (free, held, away, given, merged)]
    choose = client.post(CHOOSE, {"scope": "chosen", "item": ids}).content.decode()
    assert "5 việc đã chọn" in choose
    answer = client.post(
        CHOOSE, {"scope": "chosen", "item": ids, "act": "commune", "why_commune": "commune_papers"}
    )
    decision = BulkDecision.objects.get()
    assert answer["Location"] == f"/queue/bulk/{decision.pk}/"
    assert skips(decision) == {
        free.pk: "", held.pk: "held", away.pk: "away", given.pk: "given", merged.pk: "merged",
    }  # fmt: skip
    page = client.get(answer["Location"])
    assert (page.context["count"], page.context["left_out_total"]) == (1, 4)
    line = page.context["sample"][0]
    assert (line.before, line.after) == ("Bàn xét duyệt", "Xã, phường")
    assert not Change.objects.exists()
    assert WorkItem.objects.get(pk=free.pk).waits_with == ""


def test_loaded_again_the_form_leads_to_the_list_that_it_came_from(visit, mai) -> None:
    answer = visit(mai).get(f"{CHOOSE}?outcome=mismatch&after=1-2")
    assert (answer.status_code, answer["Location"]) == (302, "/queue/people/?outcome=mismatch")


def test_a_form_that_lacks_its_reason_is_shown_again(visit, mai) -> None:
    one = item()
    answer = visit(mai).post(CHOOSE, {"scope": "chosen", "item": [one.pk], "act": "police"})
    assert "Chọn lý do." in answer.content.decode()
    assert not BulkDecision.objects.exists()


def test_many_go_back_to_the_commune_with_the_fields_to_look_at(visit, mai, work) -> None:
    one, client = item(), visit(mai)
    asked = {"scope": "chosen", "item": [one.pk], "act": "commune", "why_commune": "commune_differs"}
    refused = client.post(CHOOSE, asked).content.decode()
    assert "Chọn ít nhất một ô: lý do này chưa nói ô nào sai." in refused
    asked["fields_commune"] = ["certificate", "birth"]
    shown = client.get(client.post(CHOOSE, asked)["Location"]).content.decode()
    assert "ngày sinh, giấy chứng nhận" in shown
    decision = BulkDecision.objects.get()
    client.post(f"/queue/bulk/{decision.pk}/go/")
    work()
    assert WorkItem.objects.get().waits_fields == ["birth", "certificate"]
    client.post(f"/queue/bulk/{decision.pk}/undo/")
    work()
    assert WorkItem.objects.get().waits_fields == []


def test_a_whole_filter_is_handed_on_by_a_job_in_one_change_set_and_comes_back(visit, mai, work) -> None:
    due = timezone.localdate() + dt.timedelta(days=10)
    many = [item(outcome="deceased") for _n in range(5)]
    other = item()
    client = visit(mai)
    client.post(
        f"{CHOOSE}?outcome=deceased",
        {
            "scope": "filter",
            "act": "commune",
            "why_commune": "commune_user",
            "until_commune": f"{due:%d/%m/%Y}",
        },
    )
    decision = BulkDecision.objects.get()
    assert decision.query == "outcome=deceased"
    client.post(f"/queue/bulk/{decision.pk}/go/")
    job = Job.objects.get()
    assert job.arguments == {"bulk": decision.pk}
    work()
    decision.refresh_from_db()
    assert decision.state == State.DONE
    handed = WorkItem.objects.filter(waits_with="commune", waits_until=due, waits_why="commune_user")
    assert set(handed) == set(many)
    assert ChangeSet.objects.get().changes.values("record_id").distinct().count() == len(many)
    client.post(f"/queue/bulk/{decision.pk}/undo/")
    work()
    decision.refresh_from_db()
    assert decision.state == State.UNDONE
    assert ChangeSet.objects.get().state == ChangeSet.State.UNDONE
    assert not WorkItem.objects.exclude(waits_with="").exists()
    assert WorkItem.objects.get(pk=other.pk).waits_until is None


def test_an_undo_lists_whoever_was_changed_since_and_leaves_them(visit, mai, work) -> None:
    first, second = item(), item()
    decision = bulk.draft([first.pk, second.pk], to_commune(), by=mai)
    client = visit(mai)
    client.post(f"/queue/bulk/{decision.pk}/go/")
    work()
    WorkItem.objects.filter(pk=first.pk).update(waits_with="citizen", waits_why="citizen_lost")
    client.post(f"/queue/bulk/{decision.pk}/undo/")
    work()
    page = client.get(f"/queue/bulk/{decision.pk}/")
    assert [each.pk for each in page.context["kept"]] == [first.pk]
    assert page.context["back"] == 1
    waits = dict(WorkItem.objects.values_list("pk", "waits_with"))
    assert waits == {first.pk: "citizen", second.pk: ""}
    assert "đã có người đổi tiếp, giữ nguyên" in page.content.decode()


def test_what_changed_between_preview_and_run_is_left_alone_and_told(mai) -> None:
    still, noted, opened = item(), item(), item()
    decision = bulk.draft([still.pk, noted.pk, opened.pk], to_commune(), by=mai)
    WorkItem.objects.filter(pk=noted.pk).update(assigned_to=mai)
    leases.take(Lease.Kind.PERSON, opened.land_user_id, by=factories.make_user(Role.REVIEWER))
    run(decision, mai)
    assert skips(decision) == {still.pk: "", noted.pk: Skip.CHANGED, opened.pk: Skip.HELD}
    assert list(WorkItem.objects.filter(waits_with="commune")) == [still]


def test_a_portion_that_runs_twice_writes_once(mai) -> None:
    one = item()
    decision = bulk.draft([one.pk], to_commune(), by=mai)
    run(decision, mai)
    before = Change.objects.count()
    row = decision.items.get()
    assert bulk_portions.carry_out(decision, row.pk, row.pk) == {"items": 0, "skipped": 0}
    assert Change.objects.count() == before
    with pytest.raises(changes.WrongState):
        bulk.go(decision, by=mai)


def test_handed_to_the_police_and_taken_back_everybody_is_matched_anew(mai) -> None:
    one = likely(factories.make_commune())
    before = Verification.objects.get(land_user=one.land_user).outcome
    run(bulk.draft([one.pk], Wanted(Act.POLICE, why=Why.POLICE_UNCLEAR), by=mai), mai)
    assert Verification.objects.get(land_user=one.land_user).outcome == "with_police"
    run(bulk.draft([one.pk], Wanted(Act.BACK), by=mai), mai)
    assert Verification.objects.get(land_user=one.land_user).outcome == before


def test_same_person_is_said_only_where_one_candidate_is_sure_and_nothing_contradicts(mai) -> None:
    commune = factories.make_commune()
    sure, weak, clash, nobody, spoken = (*(likely(commune) for _n in range(3)), item(), likely(commune))
    weak.land_user.matches.update(probability=0.6)
    levels = clash.land_user.matches.get().levels
    clash.land_user.matches.update(levels=levels[:1] + clashing_birth() + levels[2:])
    word = spoken.land_user.matches.get()
    matches.decide(word, Decision.Kind.UNSURE, by=mai, reason="chưa rõ", seen=matches.stamp(word))
    WorkItem.objects.filter(pk=spoken.pk).update(state="open")
    ids = [each.pk for each in (sure, weak, clash, nobody, spoken)]
    decision = bulk.draft(ids, Wanted(Act.SAME, least=0.95), by=mai)
    assert skips(decision) == {
        sure.pk: "", weak.pk: "weak", clash.pk: "clash", nobody.pk: "nobody", spoken.pk: "spoken",
    }  # fmt: skip
    run(decision, mai)
    assert sure.land_user.matches.get().state == Match.State.ACCEPTED
    assert sure.land_user.matches.get().decided_by == mai
    assert Verification.objects.get(land_user=sure.land_user).outcome == "matched"


def clashing_birth() -> str:
    from reconciliation.matching.ladders import BIRTH
    from reconciliation.matching.steps import CLASH

    return next(step.code for step in BIRTH.steps if step.sign == CLASH)


def test_what_is_left_out_is_named_before_and_after(visit, mai) -> None:
    free, away = item(), item(waits_with="police")
    decision = bulk.draft([free.pk, away.pk], to_commune(), by=mai)
    for _state in ("shown", "done"):
        answer = visit(mai).get(f"/queue/bulk/{decision.pk}/")
        assert [(row.item_id, row.skip) for row in answer.context["left_out_of"]] == [(away.pk, "away")]
        assert f'href="/land-users/{away.land_user_id}/"' in answer.content.decode()
        assert f'href="/land-users/{free.land_user_id}/"' in answer.content.decode()
        if decision.state == State.SHOWN:
            run(decision, mai)


def test_while_it_is_taken_back_nothing_is_said_of_how_it_ended(visit, mai) -> None:
    decision = bulk.draft([item().pk], to_commune(), by=mai)
    run(decision, mai)
    bulk.ask_undo(decision, by=mai)
    told = visit(mai).get(f"/queue/bulk/{decision.pk}/").content.decode()
    assert "Đang hoàn tác" in told
    assert "Mọi bản ghi đã trở lại như trước" not in told


def test_what_cannot_be_collected_may_come_back_on_a_day(visit, mai) -> None:
    day = timezone.localdate() + dt.timedelta(days=20)
    asked = {"scope": "chosen", "item": [item().pk], "act": "citizen", "why_citizen": "citizen_absent"}
    visit(mai).post(CHOOSE, asked | {"until_citizen": f"{day:%d/%m/%Y}"})
    assert BulkDecision.objects.get().until == working_days.next_from(day)


def test_nobody_sees_a_bulk_decision_about_people_of_another_territory(visit, mai) -> None:
    commune = factories.make_commune()
    decision = bulk.draft([item(commune=commune).pk, item().pk], to_commune(), by=mai)
    assert visit(mai).get(f"/queue/bulk/{decision.pk}/").status_code == 200
    here = factories.make_user(Role.SENIOR_REVIEWER, commune=commune)
    assert visit(here).get(f"/queue/bulk/{decision.pk}/").status_code == 404
    assert visit(factories.make_user(Role.REVIEWER)).get(f"/queue/bulk/{decision.pk}/").status_code == 404


def test_a_reviewer_takes_work_only_for_themselves(visit, mai, work) -> None:
    one = item()
    other = factories.make_user(Role.REVIEWER)
    client = visit(mai)
    client.post(CHOOSE, {"scope": "chosen", "item": [one.pk], "act": "assign", "officers": [other.pk]})
    assert not BulkDecision.objects.exists()
    client.post(CHOOSE, {"scope": "chosen", "item": [one.pk], "act": "assign", "officers": [mai.pk]})
    client.post(f"/queue/bulk/{BulkDecision.objects.get().pk}/go/")
    work()
    assert WorkItem.objects.get().assigned_to == mai
