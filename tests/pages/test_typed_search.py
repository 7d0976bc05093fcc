"""What is typed is found under every reading, on the list of plots as on that of people; none is guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from landdb.models import AccessLog, Role, TypedSearch
from parcels.models import LandUser
from parcels.models.sheets import SheetCrosswalk
from reconciliation import classification
from reconciliation.models import GroupMove, WorkItem
from reconciliation.readings import exact
from tests import factories

pytestmark = pytest.mark.django_db


class Ground:
    """One person with a plot, a certificate and a work item, in a commune that grew out of another."""

    def __init__(self) -> None:
        self.commune = factories.make_commune(name="Phường Kinh Bắc", short_name="Kinh Bắc")
        self.before = factories.make_commune(
            name="Xã Hoà Long", short_name="Hoà Long", kind="commune", district="Bắc Ninh",
            successor=self.commune, valid_from=dt.date(1990, 1, 1), valid_to=dt.date(2025, 6, 30),
        )  # fmt: skip
        self.plot = factories.make_plot(self.commune, sheet=1, number=55, code="w7g2t6vc2w74")
        self.person = factories.make_land_user(
            self.commune, name_raw="Nguyễn Thị Bưởi", id_number_raw="024175123456", source_key="L00002361"
        )
        paper = factories.make_certificate(
            self.commune, serial="CK 861840", book_number_raw="CH 01234", book_number="CH01234"
        )
        factories.make_holding(self.plot, self.person, paper, certificate_sheet="7", certificate_plot="312")
        self.item = waiting(self.person)
        refresh(self.plot)


def waiting(person: LandUser) -> WorkItem:
    return WorkItem.objects.create(
        land_user=person, plots=1, outcome="not_found", commune=person.commune, opened_at=timezone.now()
    )


def refresh(*plots) -> None:
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)


@pytest.fixture
def ground() -> Ground:
    made = Ground()
    # Somebody else, whom no search may bring along.
    other = factories.make_plot(number=9999)
    stranger = factories.make_land_user(other.commune, name_raw="Trần Văn Khác")
    factories.make_holding(other, stranger, factories.make_certificate(other.commune))
    waiting(stranger)
    refresh(other)
    return made


@pytest.fixture
def reviewer(visit):
    return visit(factories.make_user(Role.REVIEWER))


def people(client, typed: str) -> list[int]:
    page = client.post("/queue/people/search/", {"text": typed}, follow=True)
    return [row.person.pk for row in page.context["rows"]]


def plots(client, typed: str) -> list[int]:
    page = client.post("/search/", {"text": typed}, follow=True)
    return [row.status.plot_id for row in page.context["rows"]]


TYPED = [
    "bưởi",
    "L00002361",
    "l00002361",
    "024175123456",
    "024 175 123 456",
    "CK 861840",
    "ck861840",
    "CH01234",
    "CH 01234",
    "1/55",
    "tờ 1, thửa 55",
    "1/55 Kinh Bắc",
    "1/55, phường Kinh Bắc",
    "Kinh Bắc 1/55",
    "1/55 xã Hòa Long",
    "7/312",
    "w7g2t6vc2w74",
    "W7G2T6VC2W74",
    "hoa long",
    "Xã Hoà Long",
]


@pytest.mark.parametrize("typed", TYPED)
def test_people_are_found_by_all_that_stands_on_a_paper(ground, reviewer, typed) -> None:
    assert people(reviewer, typed) == [ground.person.pk]


@pytest.mark.parametrize("typed", TYPED)
def test_plots_are_found_by_the_same_words(ground, reviewer, typed) -> None:
    assert plots(reviewer, typed) == [ground.plot.pk]


@pytest.mark.parametrize("typed", ["02417512345", "1/56", "1/55 Từ Sơn", "CK 861841", "L0000236"])
def test_half_a_number_or_another_finds_nobody_and_says_what_can_be_typed(ground, reviewer, typed) -> None:
    for address in ("/search/", "/queue/people/search/"):
        page = reviewer.post(address, {"text": typed}, follow=True)
        assert not page.context["rows"]
        assert "số phát hành (CK 861840)" in page.content.decode()


def test_somebody_in_the_register_without_work_is_named_instead_of_nobody(ground, reviewer, visit) -> None:
    WorkItem.objects.filter(pk=ground.item.pk).delete()
    page = reviewer.post("/queue/people/search/", {"text": "L00002361"}, follow=True)
    assert not page.context["rows"]
    assert [person.pk for person in page.context["idle"]] == [ground.person.pk]
    assert f'href="/land-users/{ground.person.pk}/"' in page.content.decode()
    assert reviewer.get(f"/land-users/{ground.person.pk}/").status_code == 200
    away = visit(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    page = away.post("/queue/people/search/", {"text": "L00002361"}, follow=True)
    assert page.context["idle"] == []


@pytest.mark.parametrize("address", ["/search/", "/queue/people/search/"])
def test_one_letter_is_no_search_and_is_told_what_to_type(ground, reviewer, address) -> None:
    page = reviewer.post(address, {"text": "b"}, follow=True)
    assert "Gõ ít nhất hai chữ." in page.content.decode()
    assert page.context["rows"]
    assert not TypedSearch.objects.exists()


def test_what_is_typed_is_in_no_address_and_every_search_is_logged(ground, reviewer) -> None:
    for typed in ("024175123456", "Hoà Long"):
        answer = reviewer.post("/queue/people/search/", {"text": typed})
        assert typed not in answer["Location"]
    assert AccessLog.objects.filter(action="search", subject="land_user").count() == 2


def test_numbers_that_two_plots_may_bear_bring_both_and_say_as_what(ground, reviewer) -> None:
    # Today's 7/312 is another plot than the one whose paper says 7/312.
    today = factories.make_plot(factories.make_commune(), sheet=7, number=312)
    refresh(today)
    page = reviewer.post("/search/", {"text": "7/312"}, follow=True)
    assert {row.status.plot_id for row in page.context["rows"]} == {ground.plot.pk, today.pk}
    assert page.context["meant"].readings == [
        ("tờ/thửa hiện nay", 1),
        ("tờ/thửa ghi trên giấy chứng nhận", 1),
    ]


def test_a_sheet_of_a_former_commune_leads_to_todays(ground, reviewer) -> None:
    SheetCrosswalk.objects.create(old_unit=ground.before, old_sheet=4, commune=ground.commune, sheet=1)
    assert plots(reviewer, "4/55 Hoà Long") == [ground.plot.pk]
    assert people(reviewer, "4/55 Hoà Long") == [ground.person.pk]
    assert plots(reviewer, "4/55 Kinh Bắc") == []


def test_a_name_of_a_commune_and_of_a_person_shows_both(ground, reviewer) -> None:
    namesake = factories.make_land_user(name_raw="Lê Hoà Long")
    waiting(namesake)
    page = reviewer.post("/queue/people/search/", {"text": "Hoà Long"}, follow=True)
    assert [row.person.pk for row in page.context["rows"]] == [namesake.pk]
    (link,) = page.context["meant"].places
    assert link.words == "Xã Hoà Long (Bắc Ninh) cũ, nay thuộc Phường Kinh Bắc"
    there = reviewer.get(f"/queue/people/?{link.query}")
    assert [row.person.pk for row in there.context["rows"]] == [ground.person.pk]


def test_a_former_name_that_two_communes_bore_leads_to_both(ground, reviewer) -> None:
    other = factories.make_commune()
    factories.make_commune(
        name="Xã Hoà Long", short_name="Hoà Long", district="Yên Phong", successor=other,
        valid_from=dt.date(1990, 1, 1), valid_to=dt.date(2025, 6, 30),
    )  # fmt: skip
    page = reviewer.post("/search/", {"text": "Hoà Long"}, follow=True)
    assert set(page.context["wanted"].commune_ids) == {ground.commune.pk, other.pk}
    assert "Xã Hoà Long (Yên Phong) cũ" in page.content.decode()


def test_nothing_outside_the_territory_is_found_by_any_number(ground, visit) -> None:
    away = visit(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    for typed in TYPED:
        assert not people(away, typed), typed
        assert not plots(away, typed), typed


def test_the_holder_of_a_plot_elsewhere_is_not_given_away_by_its_number(ground, visit) -> None:
    elsewhere = factories.make_plot(factories.make_commune(), sheet=88, number=888)
    factories.make_holding(elsewhere, ground.person, factories.make_certificate(elsewhere.commune))
    here = visit(factories.make_user(Role.REVIEWER, commune=ground.commune))
    assert people(here, "88/888") == []


def test_an_entry_merged_into_another_leads_to_the_one_that_stands(ground, reviewer) -> None:
    factories.make_land_user(
        ground.commune, id_number_raw="024175999999", source_key="L00000009", merged_into=ground.person
    )
    assert people(reviewer, "L00000009") == [ground.person.pk]
    assert people(reviewer, "024175999999") == [ground.person.pk]
    assert people(reviewer, f"#{ground.person.pk}") == [ground.person.pk]


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT 1 FROM parcels_certificate WHERE book_number IN ('CH01234')", "certificate_by_book"),
        (
            "SELECT 1 FROM parcels_holding WHERE certificate_sheet = '7' AND certificate_plot = '312'",
            "holding_by_printed",
        ),
    ],
)
def test_numbers_of_papers_are_found_by_an_index(question, index) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {question}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan


def test_sheet_and_plot_are_asked_of_each_commune_where_the_whole_province_is_seen(ground) -> None:
    user = factories.make_user(Role.REVIEWER)
    reading = next(each for each in exact(user, "1/55") if each.plots is not None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = reading.plot_ids(user).explain()
    assert "plot_by_number" in plan
    assert "Index Cond: ((commune_id = ANY" in plan
