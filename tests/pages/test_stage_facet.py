"""By which stage of matching the best candidate was found: a facet of the work list that goes wherever the
filter goes."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.utils import timezone

from landdb.models import Role
from reconciliation.models import BulkDecision, SavedView, WorkItem
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/queue/people/"


def item(plots: int, stage: str, **fields) -> WorkItem:
    person = factories.make_land_user()
    given = {"opened_at": timezone.now(), "commune": person.commune, "outcome": "mismatch"} | fields
    return WorkItem.objects.create(land_user=person, plots=plots, stage=stage, **given)


@pytest.fixture
def client(visit):
    return visit(factories.make_user(Role.REVIEWER))


def rows(page) -> list[int]:
    return [row.item.plots for row in page.context["rows"]]


def told(page) -> dict[str, int]:
    return {option.key: option.count for option in page.context["options"]["stages"]}


def led_to(content: str, key: str) -> str:
    """The address of the next record of the walk, or of the one before."""
    found = re.search(rf'href="([^"]*/start/[^"]*)" data-key="{key}"', content)
    assert found
    return unescape(found[1])


def test_the_stages_that_hold_work_stand_in_the_order_of_matching_and_lead_to_their_lists(client) -> None:
    for plots, stage in ((5, "none"), (4, "scored"), (3, "number"), (2, "scored")):
        item(plots, stage)
    page = client.get(PAGE)
    assert list(told(page).items()) == [("number", 1), ("scored", 2), ("none", 1)]
    for option in page.context["options"]["stages"]:
        assert len(rows(client.get(f"{PAGE}?{option.query}"))) == option.count
    both = client.get(f"{PAGE}?stage=none&stage=scored")
    assert rows(both) == [5, 4, 2]
    assert told(both) == told(page)


def test_a_chosen_stage_without_work_stays_in_sight_with_nought(client) -> None:
    item(5, "number", outcome="ambiguous")
    item(4, "none", outcome="not_found")
    page = client.get(f"{PAGE}?outcome=not_found&stage=number")
    assert (rows(page), told(page)) == ([], {"number": 0, "none": 1})


def test_each_stage_has_a_chip_that_takes_it_away(client) -> None:
    item(5, "number")
    page = client.get(f"{PAGE}?stage=number&stage=none&order=age")
    assert [(chip["text"], chip["query"]) for chip in page.context["chips"]] == [
        ("Không có ứng viên", "stage=number&order=age"),
        ("tìm thấy bằng: Số định danh và tên", "stage=none&order=age"),
    ]


def test_the_stage_goes_along_to_the_desk_and_its_head_says_so(client) -> None:
    item(9, "scored")
    wanted, other = item(8, "number"), item(7, "number")
    first = client.post(f"{PAGE}start/?stage=number")["Location"]
    assert first == f"/land-users/{wanted.land_user_id}/?stage=number"
    content = client.get(first).content.decode()
    head = re.sub(r"<[^>]*>", "", content.partition('class="desk-head"')[2])
    assert "Đang lọc tìm thấy bằng: Số định danh và tên · " in head
    assert "1 / 2" in re.sub(r"\s+", " ", head)
    following = client.get(led_to(content, "j"))["Location"]
    assert following == f"/land-users/{other.land_user_id}/?stage=number"
    back = led_to(client.get(following).content.decode(), "k")
    assert client.get(back)["Location"] == first


def test_a_view_a_file_and_a_bulk_decision_hold_what_the_stage_holds(client) -> None:
    item(9, "scored")
    item(8, "none")
    client.post(f"{PAGE}views/?stage=none", {"name": "Không ứng viên"})
    assert SavedView.objects.get().query == "stage=none"
    assert [tab.count for tab in client.get(PAGE).context["views"] if tab.view] == [1]
    answer = client.get(f"{PAGE}file/csv/?stage=none")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [row[6] for row in csv.reader(io.StringIO(content))][1:] == ["8"]
    sent = {"scope": "filter", "act": "commune", "why_commune": "commune_papers"}
    client.post(f"{PAGE}bulk/?stage=none", sent)
    decision = BulkDecision.objects.get()
    assert (decision.query, decision.items.count()) == ("stage=none", 1)


def test_a_list_for_the_police_cannot_say_a_stage(client) -> None:
    item(5, "none", outcome="not_found")
    assert client.get(PAGE).context["to_police"]
    assert client.get(f"{PAGE}?stage=none").context["to_police"] == ""
