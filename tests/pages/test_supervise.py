"""The supervisor sees where work waits, takes records over and gives work out, without stealing leases."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from landdb.models import Role
from reconciliation.actions import leases
from reconciliation.actions.bulk_facts import Turns
from reconciliation.models import BulkDecision, Lease, WorkItem
from reconciliation.web.supervise import matrix
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/queue/supervise/"


def item(plots: int = 1, *, days: int = 0, **fields) -> WorkItem:
    person = factories.make_land_user(fields.pop("commune", None))
    opened = timezone.now() - dt.timedelta(days=days)
    given = {"opened_at": opened, "commune": person.commune, "outcome": "not_found"} | fields
    return WorkItem.objects.create(land_user=person, plots=plots, **given)


@pytest.fixture
def senior():
    return factories.make_user(Role.SENIOR_REVIEWER)


def test_the_matrix_tells_who_has_work_and_since_when_in_one_question(senior) -> None:
    mai = factories.make_user(Role.REVIEWER, full_name="Đỗ Mai")
    today, now = timezone.localdate(), timezone.now()
    item(days=1)
    item(days=40, assigned_to=mai)
    item(days=200, waits_with="police", waits_since=now - dt.timedelta(days=20))
    item(days=100, waits_with="later", waits_until=today, waits_since=now - dt.timedelta(days=50))
    with CaptureQueriesContext(connection) as asked:
        rows = {row.label: row.cells for row in matrix(senior)}
    assert len(asked) == 1
    assert rows["Bàn xét duyệt, chưa giao ai"] == [1, 0, 1, 0]
    assert rows["Đỗ Mai"] == [0, 0, 1, 0]
    assert rows["Công an"] == [0, 1, 0, 0]
    assert rows["Để sau"] == [0, 0, 0, 0]


def test_each_sum_of_the_matrix_leads_to_a_list_of_as_many(visit, senior) -> None:
    mai = factories.make_user(Role.REVIEWER)
    for n in range(3):
        item(n, assigned_to=mai if n else None)
    item(waits_with="commune")
    client = visit(senior)
    for row in client.get(PAGE).context["rows"]:
        assert client.get(f"/queue/people/?{row.query}").context["total"] == row.total, row.label


def test_each_age_of_the_matrix_leads_to_a_list_of_as_many(visit, senior) -> None:
    mai, now = factories.make_user(Role.REVIEWER), timezone.now()
    for days in (0, 6, 8, 29, 31, 200):
        item(days=days)
        item(days=days, assigned_to=mai)
    # What others have is as old as the hand-over, however long ago it was opened.
    item(days=200, waits_with="police", waits_since=now - dt.timedelta(days=3))
    item(days=200, waits_with="commune")
    item(
        days=200,
        waits_with="later",
        waits_until=timezone.localdate(),
        waits_since=now - dt.timedelta(days=40),
    )
    client = visit(senior)
    page = client.get(PAGE)
    for row in page.context["rows"]:
        for age, n in enumerate(row.cells):
            shown = client.get(f"/queue/people/?{row.query}&age={age}")
            assert shown.context["total"] == len(shown.context["rows"]) == n, (row.label, age)
            link = f'href="/queue/people/?{row.query}&amp;age={age}"'
            assert (link in page.content.decode()) == (n > 0)
    for age, n in enumerate(page.context["columns"]):
        assert client.get(f"/queue/people/?with=all&age={age}").context["total"] == n


def test_an_age_is_a_chip_that_can_be_taken_away(visit, senior) -> None:
    item(days=40)
    page = visit(senior).get("/queue/people/?age=2&given=none")
    assert {"text": "chờ 31 đến 90 ngày", "query": "given=none"} in page.context["chips"]
    assert visit(senior).get("/queue/people/?age=9").context["chips"] == []


def test_late_answers_are_listed_the_longest_ago_first(visit, senior) -> None:
    today = timezone.localdate()
    for days in (2, 9):
        item(
            days, waits_with="police", waits_until=today - dt.timedelta(days=days), waits_why="police_number"
        )
    item(waits_with="police", waits_until=today)
    page = visit(senior).get(PAGE)
    assert [line["days"] for line in page.context["late"]] == [9, 2]
    assert "Số giấy tờ trái với dân cư" in page.content.decode()


def test_an_open_record_is_taken_over_and_whoever_had_it_is_told(visit, senior) -> None:
    mai = factories.make_user(Role.REVIEWER, full_name="Đỗ Mai")
    one = item()
    leases.take(Lease.Kind.PERSON, one.land_user_id, by=mai)
    client = visit(senior)
    assert "Đỗ Mai" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{one.land_user_id}/take/", {"word": "take"})
    assert [taken.by for taken in leases.lost(mai)] == [senior]
    client.post(f"{PAGE}{one.land_user_id}/take/", {"word": "release"})
    assert not leases.live().exists()


def test_work_is_given_in_turn_and_what_somebody_has_open_stays_theirs(visit, senior, work) -> None:
    first, second, busy = (factories.make_user(Role.REVIEWER, full_name=name) for name in "ABC")
    held = item(9)
    leases.take(Lease.Kind.PERSON, held.land_user_id, by=busy)
    for n in range(4):
        item(n + 1)
    client = visit(senior)
    client.post(f"{PAGE}assign/", {"given": "none", "limit": "4", "officers": [first.pk, second.pk]})
    decision = BulkDecision.objects.get()
    client.post(f"/queue/bulk/{decision.pk}/go/")
    work()
    given = dict(WorkItem.objects.values_list("plots", "assigned_to__full_name"))
    assert given == {9: None, 4: "B", 3: "A", 2: "B", 1: None}
    assert Lease.objects.get().holder == busy


def test_work_goes_only_to_officers_who_may_see_it(visit, senior) -> None:
    here, there = factories.make_commune(), factories.make_commune()
    local = factories.make_user(Role.REVIEWER, commune=here)
    item(2, commune=here)
    item(1, commune=there)
    visit(senior).post(f"{PAGE}assign/", {"limit": "10", "officers": [local.pk]})
    skips = BulkDecision.objects.get().items.values_list("item__plots", "skip")
    assert dict(skips) == {2: "", 1: "outside"}


def test_the_preview_tells_how_many_each_gets_also_who_gets_nothing(visit, senior) -> None:
    here, there = factories.make_commune(), factories.make_commune()
    local = factories.make_user(Role.REVIEWER, commune=here, full_name="Mẫu Một")
    away = factories.make_user(Role.REVIEWER, commune=there, full_name="Mẫu Hai")
    for n in range(3):
        item(n, commune=here)
    client = visit(senior)
    client.post(f"{PAGE}assign/", {"limit": "10", "officers": [local.pk, away.pk]})
    page = client.get(f"/queue/bulk/{BulkDecision.objects.get().pk}/")
    assert ("Giao cho", "Mẫu Hai: không việc nào; Mẫu Một: 3 việc") in page.context["facts"]
    assert "lần lượt cho Mẫu" not in page.content.decode()


def test_work_of_one_age_is_given_out(visit, senior) -> None:
    mai = factories.make_user(Role.REVIEWER)
    item(1, days=2)
    old = item(2, days=100)
    visit(senior).post(f"{PAGE}assign/", {"limit": "10", "age": "3", "officers": [mai.pk]})
    assert [row.item for row in BulkDecision.objects.get().items.all()] == [old]


def test_an_assignment_is_taken_back_but_not_what_is_open_and_can_itself_be_undone(
    visit, senior, work
) -> None:
    mai = factories.make_user(Role.REVIEWER, full_name="Đỗ Mai")
    given, held = item(2, assigned_to=mai), item(1, assigned_to=mai)
    other = item(3, assigned_to=factories.make_user(Role.REVIEWER))
    leases.take(Lease.Kind.PERSON, held.land_user_id, by=mai)
    client = visit(senior)
    client.post(f"{PAGE}assign/", {"given": str(mai.pk), "limit": "10", "act": "free"})
    decision = BulkDecision.objects.get()
    page = client.get(f"/queue/bulk/{decision.pk}/")
    assert [(line.before, line.after) for line in page.context["sample"]] == [("Đỗ Mai", "chưa giao ai")]
    assert page.context["left_out"] == [("Người khác đang mở", 1)]
    client.post(f"/queue/bulk/{decision.pk}/go/")
    work()

    def assigned() -> dict[int, str | None]:
        return dict(WorkItem.objects.values_list("pk", "assigned_to"))

    assert assigned() == {given.pk: None, held.pk: mai.pk, other.pk: other.assigned_to_id}
    assert Lease.objects.get().holder == mai
    client.post(f"/queue/bulk/{decision.pk}/undo/")
    work()
    assert assigned()[given.pk] == mai.pk


def test_each_gets_as_much_as_the_others_as_far_as_their_territories_allow() -> None:
    here, there = factories.make_commune(), factories.make_commune()
    local = factories.make_user(Role.REVIEWER, commune=here)
    first, second = factories.make_user(Role.REVIEWER), factories.make_user(Role.REVIEWER)
    turns = Turns([local, first, second])
    given = Counter(turns.take(commune) for commune in [there.pk] * 10 + [here.pk, there.pk] * 10)
    assert given == {local: 10, first: 10, second: 10}
    assert Turns([local]).take(there.pk) is None


def test_what_nobody_was_given_cannot_be_taken_back(visit, senior) -> None:
    item()
    page = visit(senior).post(f"{PAGE}assign/", {"given": "none", "limit": "10", "act": "free"}, follow=True)
    assert "Chọn việc đang giao cho ai để bỏ giao." in page.content.decode()
    assert not BulkDecision.objects.exists()


def test_a_form_that_is_refused_keeps_what_was_chosen_and_says_why_at_the_field(visit, senior) -> None:
    mai, commune = factories.make_user(Role.REVIEWER), factories.make_commune()
    client = visit(senior)
    sent = {"given": "none", "commune": commune.code, "limit": "7", "act": "assign"}
    told = client.post(f"{PAGE}assign/", sent)
    assert told.status_code == 422
    assert "Chọn ít nhất một người nhận." in told.content.decode()
    assert f'<option value="{commune.code}" selected>' in told.content.decode()
    assert 'value="7"' in told.content.decode()
    told = client.post(f"{PAGE}assign/", sent | {"officers": [mai.pk]}).content.decode()
    assert "Không việc nào còn như vậy" in told
    assert re.search(rf'name="officers" value="{mai.pk}" checked', told)
    assert client.get(f"{PAGE}assign/")["Location"] == PAGE
    assert not BulkDecision.objects.exists()


def test_a_reviewer_gives_back_own_work_alone(visit) -> None:
    mai, other = factories.make_user(Role.REVIEWER), factories.make_user(Role.REVIEWER)
    items = [item(1, assigned_to=mai), item(2, assigned_to=other), item(3)]
    client = visit(mai)
    client.post("/queue/people/bulk/", {"scope": "chosen", "act": "free", "item": [one.pk for one in items]})
    skips = BulkDecision.objects.get().items.values_list("item__plots", "skip")
    assert dict(skips) == {1: "", 2: "given", 3: "free"}


def test_only_senior_reviewers_supervise_and_the_page_asks_a_fixed_number_of_questions(visit, senior) -> None:
    assert visit(factories.make_user(Role.REVIEWER)).get(PAGE).status_code == 403
    client = visit(senior)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        return len(asked)

    one = item(waits_with="police", waits_until=timezone.localdate() - dt.timedelta(days=1))
    leases.take(Lease.Kind.PERSON, one.land_user_id, by=senior)
    few = questions()
    for _n in range(10):
        another = item(waits_with="police", waits_until=timezone.localdate() - dt.timedelta(days=1))
        leases.take(Lease.Kind.PERSON, another.land_user_id, by=senior)
    assert questions() == few <= 12
