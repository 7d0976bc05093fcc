"""The list of people to judge: what it says of each, its facets, kept views, the way to the first item."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from landdb.models import AccessLog, Role, TypedSearch
from reconciliation.actions import leases
from reconciliation.models import Lease, SavedView, WorkItem
from tests import factories
from tests.actions.cast import make_case

pytestmark = pytest.mark.django_db

PAGE = "/queue/people/"


def item(plots: int, *, outcome: str = "not_found", name: str = "Trần Thị Hoà", **fields) -> WorkItem:
    person = factories.make_land_user(fields.pop("commune", None), name_raw=name)
    given = {"opened_at": timezone.now(), "commune": person.commune} | fields
    return WorkItem.objects.create(land_user=person, plots=plots, outcome=outcome, **given)


@pytest.fixture
def mai():
    return factories.make_user(Role.REVIEWER, full_name="Đỗ Mai")


def rows(page) -> list[int]:
    return [row.item.plots for row in page.context["rows"]]


def test_a_row_says_what_it_frees_what_speaks_against_and_where_it_hurts(visit, mai) -> None:
    case = make_case(plots=2)
    other = factories.make_plot(factories.make_commune())
    factories.make_holding(other, case.land_user, factories.make_certificate(other.commune))
    page = visit(mai).get(PAGE)
    row = page.context["rows"][0]
    assert (row.item.plots, row.item.spread) == (2, 2)
    assert "2 người giống" in row.sentence
    assert (row.sign, row.hurts) == ("clash", "Xã, phường")
    assert "chưa khớp xã, phường" in page.content.decode()
    assert row.chance == case.land_user.verification.probability


def test_rows_lead_to_the_desk_with_the_facets_and_without_typed_text_in_the_address(visit, mai) -> None:
    first = item(3)
    client = visit(mai)
    page = client.get(f"{PAGE}?outcome=not_found&order=age").content.decode()
    assert f"/land-users/{first.land_user_id}/?outcome=not_found&amp;order=age" in page
    answer = client.post("/queue/people/search/?outcome=not_found", {"text": "tran thi"})
    token = TypedSearch.objects.get().token
    assert answer["Location"] == f"{PAGE}?outcome=not_found&q={token}"
    assert rows(client.get(answer["Location"])) == [3]
    assert AccessLog.objects.filter(action="search", subject="land_user").count() == 1


def test_the_list_says_as_what_a_number_was_taken_and_of_whom_nothing_waits(visit, mai) -> None:
    one, client = item(1), visit(mai)
    factories.make_holding(factories.make_plot(one.commune, sheet=45, number=128), one.land_user)
    done = factories.make_land_user(one.commune, name_raw="Đỗ Văn Sơn")
    told = client.post("/queue/people/search/", {"text": "45/128"}, follow=True).content.decode()
    assert re.search(r"Hiểu là\s+[^:]*thửa[^:]*: <b class=\"num\">1</b>", told)
    told = client.post("/queue/people/search/", {"text": "do van son"}, follow=True).content.decode()
    assert f"/land-users/{done.pk}/" in told


def test_facets_count_each_under_the_others(visit, mai) -> None:
    now = timezone.now()
    here, there = factories.make_commune(), factories.make_commune()
    item(5, commune=here, opened_at=now - dt.timedelta(days=40), assigned_to=mai)
    item(4, commune=here, outcome="deceased")
    item(3, commune=there, opened_at=now - dt.timedelta(days=10))
    item(2, commune=there, waits_with="police", waits_until=timezone.localdate() - dt.timedelta(days=2))
    options = visit(mai).get(f"{PAGE}?commune={here.code}").context["options"]

    def told(name: str) -> dict[str, int]:
        return {option.key: option.count for option in options[name]}

    assert told("outcomes") == {"not_found": 1, "deceased": 1}
    assert told("communes") == {here.code: 2, there.code: 1}
    assert told("waited") == {"waited7": 1, "waited30": 1, "waited90": 0}
    assert told("more") == {"mine": 1, "again": 0}
    late = visit(mai).get(f"{PAGE}?with=overdue")
    assert rows(late) == [2]
    assert "quá hạn 2 ngày" in late.content.decode()


def test_only_twelve_communes_stand_open_and_the_rest_behind_one_line(visit, mai) -> None:
    for n in range(15):
        item(n + 1)
    page = visit(mai).get(PAGE).content.decode()
    assert "3 xã, phường nữa…" in page


def test_a_row_that_somebody_has_open_says_who_and_cannot_be_ticked(visit, mai) -> None:
    held, given = item(9), item(8)
    other = factories.make_user(Role.REVIEWER, full_name="Ngô Văn Minh")
    leases.take(Lease.Kind.PERSON, held.land_user_id, by=other)
    WorkItem.objects.filter(pk=given.pk).update(assigned_to=mai)
    page = visit(mai).get(PAGE)
    first, second = page.context["rows"]
    assert (first.initials, first.is_held, second.initials) == ("NM", True, "ĐM")
    assert 'class="held"' in page.content.decode()


def test_the_first_free_item_is_leased_and_opened_with_the_facets(visit, mai) -> None:
    held, free = item(9), item(8)
    other = factories.make_user(Role.REVIEWER)
    leases.take(Lease.Kind.PERSON, held.land_user_id, by=other)
    answer = visit(mai).post("/queue/people/start/?outcome=not_found")
    assert answer["Location"] == f"/land-users/{free.land_user_id}/?outcome=not_found"
    assert Lease.objects.get(record_id=free.land_user_id).holder == mai
    again = visit(other).post("/queue/people/start/?outcome=deceased")
    assert again["Location"] == f"{PAGE}end/?outcome=deceased"


def test_a_view_keeps_the_facets_under_a_name_and_never_typed_text(visit, mai) -> None:
    item(3, outcome="deceased")
    client = visit(mai)
    token = TypedSearch.objects.create(user=mai, text="bưởi").token
    client.post(f"/queue/people/views/?outcome=deceased&q={token}", {"name": "Người đã mất", "shared": "1"})
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("outcome=deceased", False)
    page = client.get(f"{PAGE}?outcome=deceased")
    tab = next(tab for tab in page.context["views"] if tab.view == view)
    assert (tab.is_current, tab.count) == (True, 1)
    client.post(f"/queue/people/views/{view.pk}/", {"name": "Đã mất", "word": "rename"})
    assert SavedView.objects.get().name == "Đã mất"
    assert visit(factories.make_user(Role.REVIEWER)).post(
        f"/queue/people/views/{view.pk}/", {"word": "drop"}
    ).status_code == 404  # fmt: skip
    client.post(f"/queue/people/views/{view.pk}/", {"word": "drop"})
    assert not SavedView.objects.exists()


def tabs(client) -> list[str]:
    return [str(tab.name) for tab in client.get(PAGE).context["views"]]


def test_a_shared_view_reaches_whoever_works_within_the_territory_of_its_owner(visit) -> None:
    office, elsewhere = factories.make_office(), factories.make_office()
    here, there = factories.make_commune(office=office), factories.make_commune(office=elsewhere)
    owners = {
        "tỉnh": factories.make_user(Role.SENIOR_REVIEWER),
        "văn phòng": factories.make_user(Role.SENIOR_REVIEWER, office=office),
        "phường": factories.make_user(Role.SENIOR_REVIEWER, commune=here),
    }
    for name, owner in owners.items():
        visit(owner).post("/queue/people/views/?with=police", {"name": name, "shared": "1"})

    def shared(**territory) -> set[str]:
        return set(tabs(visit(factories.make_user(Role.REVIEWER, **territory)))) & owners.keys()

    assert shared() == {"tỉnh"}
    assert shared(office=office) == {"tỉnh", "văn phòng"}
    assert shared(office=elsewhere) == {"tỉnh"}
    assert shared(commune=here) == {"tỉnh", "văn phòng", "phường"}
    assert shared(commune=there) == {"tỉnh"}
    assert tabs(visit(owners["văn phòng"]))[:2] == ["Việc của tôi", "Nhiều thửa chờ nhất"]


def test_the_box_says_whom_a_shared_view_reaches(visit) -> None:
    office = factories.make_office(name="Văn phòng Bắc Giang")
    senior = factories.make_user(Role.SENIOR_REVIEWER)
    page = visit(senior).get(PAGE + "?again=1").content.decode()
    assert "chung cho mọi người xét duyệt trong tỉnh" in page
    local = factories.make_user(Role.SENIOR_REVIEWER, office=office)
    page = visit(local).get(PAGE + "?again=1").content.decode()
    assert "chung cho mọi người xét duyệt của Văn phòng Bắc Giang" in page


def test_an_own_view_is_shared_and_unshared_later_by_a_senior_reviewer_alone(visit, mai) -> None:
    senior = factories.make_user(Role.SENIOR_REVIEWER)
    client, reviewer = visit(senior), visit(mai)
    client.post("/queue/people/views/?with=police", {"name": "Công an"})
    view = SavedView.objects.get()
    assert "Công an" not in tabs(reviewer)
    client.post(f"/queue/people/views/{view.pk}/", {"word": "share"})
    assert "Công an" in tabs(reviewer)
    client.post(f"/queue/people/views/{view.pk}/", {"word": "unshare"})
    assert "Công an" not in tabs(reviewer)
    own = SavedView.objects.create(owner=mai, name="Của tôi", query="again=1")
    reviewer.post(f"/queue/people/views/{own.pk}/", {"word": "share"})
    assert not SavedView.objects.get(pk=own.pk).is_shared
    assert reviewer.post(f"/queue/people/views/{view.pk}/", {"word": "share"}).status_code == 404


def test_an_empty_filter_says_where_the_nearest_work_is(visit, mai) -> None:
    here, there = factories.make_commune(), factories.make_commune(name="Phường Từ Sơn")
    item(3, commune=there)
    page = visit(mai).get(f"{PAGE}?commune={here.code}").content.decode()
    assert "Bộ lọc này không còn việc nào" in page
    assert "Phường Từ Sơn: 1 việc" in page


def test_the_list_asks_as_many_questions_for_fifty_rows_as_for_one(visit) -> None:
    office = factories.make_office()
    commune = factories.make_commune(office=office)
    user = factories.make_user(Role.SENIOR_REVIEWER, office=office)
    for n in range(6):
        SavedView.objects.create(owner=user, name=f"{n}", query=f"outcome=deceased&commune={commune.code}")
    client = visit(user)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{PAGE}?commune={commune.code}").status_code == 200
        return len(asked)

    case = make_case(commune)
    few = questions()
    for n in range(30):
        item(n, commune=commune)
    leases.take(Lease.Kind.PERSON, case.land_user.pk, by=user)
    assert questions() == few <= 11


def test_the_filter_at_hand_begins_a_list_for_the_police(visit, mai) -> None:
    unit = item(3).commune
    client = visit(mai)
    page = client.get(f"{PAGE}?outcome=not_found&commune={unit.code}&order=age")
    assert page.context["to_police"] == f"commune={unit.code}&outcome=not_found"
    begun = client.get(f"/police/new/?{page.context['to_police']}")
    assert begun.context["form"].initial["communes"] == [unit.pk]
    assert begun.context["form"].initial["outcomes"] == ["not_found"]


def test_a_filter_that_a_list_for_the_police_cannot_say_begins_none(visit, mai) -> None:
    item(3)
    client = visit(mai)
    for facet in ("mine=1", "waited=7", "with=all", "stage=none"):
        assert not client.get(f"{PAGE}?{facet}").context["to_police"]


@pytest.mark.parametrize(
    ("facet", "why"),
    [
        ("age=0", "Danh sách gửi công an chỉ lọc theo loại việc và xã, phường"),
        ("outcome=deceased", "Công an chỉ được hỏi về các loại việc: Không tìm thấy, Chưa rõ là ai"),
    ],
)
def test_why_a_filter_begins_no_list_for_the_police_stands_where_it_would(
    visit, mai, facet: str, why: str
) -> None:
    item(3, outcome="not_found")
    item(3, outcome="deceased")
    client = visit(mai)
    shown = client.get(f"{PAGE}?{facet}").content.decode()
    button = re.search(r'<button[^>]* disabled aria-describedby="(\S+)">Gửi công an theo loại việc…', shown)
    assert button
    assert re.search(rf'id="{button[1]}">{why}', shown)
    assert "Gửi công an theo loại việc…</a>" in client.get(PAGE).content.decode()
