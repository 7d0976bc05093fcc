"""What an address asks for and nobody could tell is said, and nothing is done for a wider filter."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from landdb.models import AccessLog, Role, TypedSearch
from reconciliation import classification
from reconciliation.models import BulkDecision, GroupMove, PlotStatus, SavedView, WorkItem
from reconciliation.models.groups import Group
from reconciliation.unknown_facets import Unknown, unknown, without
from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE, PLOTS = "/queue/people/", "/queue/"
WIDER = "Danh sách rộng hơn địa chỉ yêu cầu."


def item(**fields) -> WorkItem:
    person = factories.make_land_user()
    given = {
        "opened_at": timezone.now(),
        "commune": person.commune,
        "outcome": "mismatch",
        "plots": 3,
    } | fields
    return WorkItem.objects.create(land_user=person, **given)


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.content.decode()))


@pytest.fixture
def officer():
    return factories.make_user(Role.SENIOR_REVIEWER)


@pytest.fixture
def client(visit, officer):
    return visit(officer)


@given(st.dictionaries(st.sampled_from("abc"), st.lists(st.sampled_from(["", "1", "2", "3"]), max_size=4)))
def test_what_is_unknown_and_what_is_left_make_up_the_address(asked: dict[str, list[str]]) -> None:
    query = QueryDict(mutable=True)
    for name, values in asked.items():
        query.setlist(name, values)
    found = unknown(query, {"a": ["1"], "b": []})
    left = without(asked, found)
    assert {each.facet for each in found} <= {"a", "b"}
    for name, values in asked.items():
        gone = {each.value for each in found if each.facet == name}
        assert left.get(name, []) == [value for value in values if value not in gone]
        assert name not in "ab" or {*values} - gone <= {"", "1"} - ({"1"} if name == "b" else set())


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("outcome=foo", "Loại việc"),
        ("stage=foo", "Tìm thấy bằng"),
        ("group=foo", "Nhóm"),
        ("dimension=foo", "Chiều chất lượng"),
        ("rule=foo", "Quy tắc"),
        ("dimension=clean&rule=foo", "Quy tắc"),
        ("commune=foo", "Xã, phường"),
        ("commune=99999", "Xã, phường"),
        ("with=foo", "Đang chờ ai"),
        ("mine=foo", "Giao cho tôi"),
        ("given=foo", "Giao cho"),
        ("again=foo", "Kết luận mở lại"),
        ("waited=foo", "Đã chờ"),
        ("age=foo", "Đã chờ"),
    ],
)
def test_the_list_of_people_says_which_value_it_does_not_know(client, query: str, name: str) -> None:
    item()
    page = client.get(f"{PEOPLE}?{query}&order=age")
    value = query.rpartition("=")[2]
    assert f"Bộ lọc “{name}” không có giá trị “{value}” trong phạm vi của bạn. {WIDER}" in words(page)
    shorter = client.get(f"{PEOPLE}?{page.context['unknown']['query']}")
    assert shorter.context["unknown"] is None
    assert "order=age" in page.context["unknown"]["query"]


@pytest.mark.parametrize("query", ["", "outcome=mismatch&outcome=", "order=foo", "with=all&group=2&mine=1"])
def test_nothing_is_said_of_an_address_that_is_understood(client, query: str) -> None:
    item()
    assert client.get(f"{PEOPLE}?{query}").context["unknown"] is None


@pytest.mark.parametrize(
    "query",
    [
        "group=7",
        "dimension=foo",
        "commune=99999",
        "confirmed=foo",
        "rule=foo",
        "alone=1",
        "dimension=clean&rule=foo",
    ],
)
def test_so_does_the_list_of_plots(client, query: str) -> None:
    page = client.get(f"{PLOTS}?{query}")
    assert f"không có giá trị “{query.rpartition('=')[2]}”" in words(page)
    assert client.get(f"{PLOTS}?{page.context['unknown']['query']}").context["unknown"] is None


def test_a_list_of_plots_to_confirm_knows_its_groups(client) -> None:
    assert client.get(f"{PLOTS}?group=2&confirmed=no").context["unknown"] is None


def test_typed_text_of_somebody_else_is_not_told_but_to_be_typed_again(client) -> None:
    token = TypedSearch.objects.create(user=factories.make_user(), text="Nguyễn").token
    for path in (PEOPLE, PLOTS):
        said = words(client.get(f"{path}?q={token}"))
        assert f"Không còn giữ chữ đã gõ để tìm mà địa chỉ này nhắc đến: hãy gõ lại. {WIDER}" in said
        assert token not in said


def test_a_commune_elsewhere_is_as_unknown_as_one_that_is_not_there(visit) -> None:
    here, there = factories.make_commune(), factories.make_commune()
    client = visit(factories.make_user(Role.REVIEWER, commune=here))
    said = words(client.get(f"{PEOPLE}?commune={there.code}"))
    assert f"không có giá trị “{there.code}”" in said
    assert there.name not in said


def test_no_file_leaves_the_house_that_is_wider_than_its_address(client) -> None:
    item()
    for path in (PEOPLE, PLOTS):
        answer = client.get(f"{path}file/csv/?commune=99999", follow=True)
        assert answer.redirect_chain[-1][0] == f"{path}?commune=99999"
        assert "Chưa làm gì: bộ lọc sẽ rộng hơn địa chỉ." in words(answer)
    assert not AccessLog.objects.filter(action=AccessLog.Action.EXPORT).exists()


def test_no_bulk_decision_is_drafted_for_a_wider_filter_but_one_for_ticked_rows_is(client) -> None:
    ticked = item()
    sent = {"act": "commune", "why_commune": "commune_papers"}
    answer = client.post(f"{PEOPLE}bulk/?stage=foo", {"scope": "filter", **sent}, follow=True)
    assert "Chưa làm gì" in words(answer)
    assert not BulkDecision.objects.exists()
    client.post(f"{PEOPLE}bulk/?stage=foo", {"scope": "chosen", "item": [ticked.pk], **sent})
    assert BulkDecision.objects.get().items.count() == 1


def test_nothing_is_assigned_by_a_filter_that_is_not_understood(client, officer) -> None:
    item()
    sent = {"commune": "99999", "officers": [officer.pk], "limit": "5", "act": "assign"}
    answer = client.post("/queue/supervise/assign/", sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["commune"])
    assert not BulkDecision.objects.exists()


def test_no_plot_is_confirmed_by_a_wider_list(client) -> None:
    plot = factories.make_plot()
    classification.refresh([plot.pk], cause=GroupMove.Cause.RUN)
    PlotStatus.objects.filter(plot=plot).update(group=Group.REBUILD)
    sent = {"scope": "listed", "reason": "lý do", "count": "1"}
    answer = client.post(f"{PLOTS}confirm/?commune=99999", sent, follow=True)
    assert "Chưa làm gì" in words(answer)
    assert not PlotStatus.objects.exclude(confirmed_at=None).exists()


def test_the_desk_tells_no_place_in_a_filter_it_does_not_know_and_leads_back_to_the_list(client) -> None:
    first, _other = item(plots=5), item(plots=4)
    desk = f"/land-users/{first.land_user_id}/?stage=foo"
    page = client.get(desk)
    assert "Bộ lọc “Tìm thấy bằng” không có giá trị “foo”" in words(page)
    assert "– / –" in words(page)
    for query in ("", "&before=1.1"):
        assert client.get(f"{PEOPLE}start/?stage=foo{query}")["Location"] == f"{PEOPLE}?stage=foo"


def test_a_view_whose_commune_is_gone_says_so(client, officer) -> None:
    item()
    view = SavedView.objects.create(owner=officer, name="Cũ", query="commune=99999")
    page = client.get(f"{PEOPLE}?{view.query}")
    assert page.context["unknown"]["sentences"]


def test_the_sentence_is_there_in_english(client) -> None:
    client.cookies["django_language"] = "en"
    said = words(client.get(f"{PEOPLE}?stage=foo"))
    assert "The filter “Found by” has no value “foo” within your territory." in said


def test_a_value_that_is_told_is_short_and_harmless(client) -> None:
    page = client.get(PEOPLE, {"stage": "<b>" + "x" * 500})
    assert "<b>x" not in page.content.decode()
    assert "x" * 58 not in page.context["unknown"]["sentences"][0]


def test_an_unknown_value_asked_for_twice_is_told_once() -> None:
    assert unknown(QueryDict("a=1&a=1&a=2"), {"a": ["2"]}) == (Unknown("a", "1"),)
