"""Which candidate is accepted, which goes to a person, and what is said of the land user."""

from __future__ import annotations

import pytest
from django.utils import timezone

from reconciliation.matching import evidence, refresh
from reconciliation.models import Match, MatchingBand, Verification, WorkItem

from .cast import commune, crowd, land_user, resident

pytestmark = pytest.mark.django_db

NUMBER = "027165001234"


@pytest.fixture
def here():
    unit = commune()
    crowd(150, unit)
    return unit


def judge(person) -> tuple[str, str, str]:
    """Stage and outcome of the best candidate, and the verification."""
    refresh([person.pk])
    best = Match.objects.filter(land_user=person).best_first().first()
    said = Verification.objects.get(land_user=person).outcome
    return (best.stage, best.outcome, said) if best else ("", "", said)


def test_number_and_name_are_accepted(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("VŨ THỊ HOÀ", "1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    assert judge(person) == ("number", "accept", "matched")
    assert not WorkItem.objects.exists()


def test_former_number_and_name_are_accepted(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, former="125001234", unit=here)
    assert judge(land_user("Vũ Thị Hòa", "1965", "125001234", unit=here)) == (
        "former_number",
        "accept",
        "matched",
    )


def test_a_former_number_finds_whoever_has_no_number_yet(here):
    """Neither of the two has twelve digits, and nothing but the nine leads from one to the other."""
    found = resident("Vũ Thị Hòa", "12/03/1965", former="125001234", unit=commune("Yên Phụ"))
    refresh([(person := land_user("Vũ Thị Hào", "", "125001234", unit=here)).pk])
    assert Match.objects.filter(land_user=person, resident=found).exists()


def test_name_and_full_birth_are_accepted(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Vũ Thị Hòa", "12/03/1965", sex="Nữ", unit=here)
    assert judge(person) == ("name_birth", "accept", "matched")


def test_name_year_and_village_are_accepted_where_that_is_sure_enough(here):
    MatchingBand.objects.create(target=0.98)
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Vu Thi Hoa", "1965", sex="Nữ", village="Thôn Đông", unit=here)
    assert judge(person) == ("name_village", "accept", "matched")


def test_a_number_alone_is_never_enough(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Đặng Quang Minh", "1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    assert judge(person)[1] != "accept"
    assert judge(person)[2] != "matched"


def test_being_the_only_one_of_a_name_is_never_enough(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=commune("Yên Phụ"))
    assert judge(land_user("Vũ Thị Hòa", "", unit=here))[1] != "accept"


def test_namesakes_go_to_a_person(here):
    for number in (NUMBER, "027165009999"):
        resident("Vũ Thị Hòa", "12/03/1965", number, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Vũ Thị Hòa", "1965", sex="Nữ", village="Thôn Đông", unit=here)
    assert judge(person) == ("name_village", "review", "ambiguous")
    assert [m.outcome for m in person.matches.all()] == ["review", "review"]
    assert WorkItem.objects.open().get().land_user == person


def test_the_shares_add_up_to_one(here):
    for year in (1964, 1965, 1966, 1965):
        resident("Vũ Thị Hòa", f"12/03/{year}", sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Vũ Thị Hòa", "1965", village="Thôn Trung", unit=here)
    refresh([person.pk])
    shares = sum(match.probability for match in person.matches.all())
    assert shares + Verification.objects.get(land_user=person).absent_probability == pytest.approx(
        1, abs=1e-3
    )


@pytest.mark.parametrize(
    ("name", "birth", "sex"),
    [
        ("Vũ Thị Hòa", "13/04/1965", "Nữ"),  # another day, both written in full
        ("Vũ Thị Hòa", "1931", "Nữ"),
        ("Đặng Quang Minh", "12/03/1965", "Nữ"),
    ],
)
def test_a_hard_conflict_is_never_accepted(here, name, birth, sex):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user(name, birth, NUMBER, sex=sex, village="Thôn Đông", unit=here)
    assert judge(person)[1] != "accept"


def test_the_spouses_number_does_not_hide_the_person(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    resident("Giáp Quý Ngọ", "02/09/1961", "027061005678", sex="Nam", village="Thôn Đông", unit=here)
    person = land_user("Vũ Thị Hòa", "12/03/1965", "027061005678", sex="Nữ", village="Thôn Đông", unit=here)
    assert judge(person) == ("name_birth", "accept", "mismatch")
    assert Verification.objects.get(land_user=person).differs == "number"


def test_a_number_that_nobody_has_holds_the_link_back(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("Vũ Thị Hòa", "1965", "027165887766", sex="Nữ", village="Thôn Đông", unit=here)
    assert judge(person)[1] == "review"


def test_what_differs_is_named(here):
    found = resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", unit=here)
    person = land_user("Vũ Thị Hòa", "1966", NUMBER, sex="Nam", unit=here)
    refresh([person.pk])
    said = Verification.objects.get(land_user=person)
    assert (said.outcome, said.resident, said.differs) == ("mismatch", found, "birth,sex")
    assert WorkItem.objects.open().filter(land_user=person).exists()


def test_missing_marks_and_a_year_alone_are_no_difference(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", unit=here)
    person = land_user("VU THI HOA", "1965", NUMBER, unit=here)
    refresh([person.pk])
    assert Verification.objects.get(land_user=person).differs == ""


def test_the_dead_are_told(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, unit=here, status="deceased")
    assert judge(land_user("Vũ Thị Hòa", "1965", NUMBER, unit=here))[2] == "deceased"


def test_who_is_not_there_is_not_found(here):
    assert judge(land_user("Giáp Quý Ngọ", "1950", "024050001111", unit=here)) == ("", "", "not_found")


def test_a_bare_name_cannot_be_verified(here):
    assert judge(land_user("Nguyễn Thị Hoa"))[2] == "unverifiable"


@pytest.mark.parametrize("kind", ["organisation", "community"])
def test_organisations_are_not_people(here, kind):
    assert judge(land_user("Công ty TNHH Hoa Lan", kind=kind, unit=here)) == ("", "", "not_applicable")


def test_whoever_is_with_the_police_stays_there(here):
    resident("Vũ Thị Hòa", "12/03/1965", NUMBER, unit=here)
    person = land_user("Vũ Thị Hòa", "1965", NUMBER, unit=here)
    refresh([person.pk])
    WorkItem.objects.create(
        land_user=person, commune=here, waits_with=WorkItem.With.POLICE, opened_at=timezone.now()
    )
    assert judge(person)[2] == "with_police"


def test_the_evidence_is_explained_in_words(here):
    r = resident("Vũ Thị Hòa", "12/03/1965", NUMBER, sex="Nữ", village="Thôn Đông", unit=here)
    person = land_user("VŨ THỊ HOÀ", "1966", NUMBER, sex="Nam", unit=here)
    refresh([person.pk])
    rows = {row.field: row for row in evidence.explain(person.matches.get(), person, r)}
    assert (rows["name"].ours_raw, rows["name"].theirs, rows["name"].sign) == (
        "VŨ THỊ HOÀ",
        "Vũ Thị Hòa",
        "exact",
    )
    assert rows["birth"].sign == "near"
    assert rows["sex"].sign == "clash"
    assert rows["sex"].weight < 0 < rows["number"].weight
    assert rows["village"].sign == "none"
    assert rows["village"].weight == 0
