"""A card beside the register: the official sees the difference and proposes it; the text is kept nowhere."""

from __future__ import annotations

import pytest

from landdb.models import AccessLog, Role
from reconciliation.actions import consents
from reconciliation.models import ChangeSet, Consent
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = "024175123456|121234567|Trần Thị Hòa|12031975|Nữ|Khu phố Tây, Kinh Bắc|25042021"


@pytest.fixture
def person():
    found = factories.make_land_user(
        name_raw="Trần Thị Hoà", birth_raw="1975", sex_raw="Nữ", id_number_raw="121234567"
    )
    factories.make_holding(factories.make_plot(found.commune), found)
    return found


def test_an_official_sees_what_differs_and_proposes_it_for_a_second_person(visit, person, staff) -> None:
    official = factories.make_user(Role.COMMUNE_OFFICIAL, commune=person.commune)
    client, address = visit(official), f"/land-users/{person.pk}/card/"
    assert "autofocus" in client.get(address).content.decode()
    page = client.post(address, {"code": GOOD}).content.decode()
    assert "Thẻ khác sổ đất" in page
    assert "12/03/1975" in page
    assert "•" in page
    answer = client.post(
        address,
        {"code": GOOD, "word": "propose", "field": ["birth_raw", "id_number_raw"], "reason": "theo thẻ"},
    )
    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.birth_raw == "1975"
    consent = Consent.objects.get()
    assert consent.change_set.state == ChangeSet.State.PLANNED
    consents.answer(consent, by=staff.senior, is_yes=True)
    person.refresh_from_db()
    assert (person.birth_text, person.id_number) == ("12/03/1975", "024175123456")
    logged = " ".join(AccessLog.objects.values_list("reason", flat=True))
    assert "024175123456" not in logged


def test_a_reviewer_corrects_at_once_and_a_card_that_agrees_says_so(visit, person, staff) -> None:
    client, address = visit(staff.mai), f"/land-users/{person.pk}/card/"
    client.post(
        address,
        {"code": GOOD, "word": "propose", "field": ["birth_raw", "address_raw"], "reason": "theo thẻ"},
    )
    person.refresh_from_db()
    assert person.birth_text == "12/03/1975"
    again = client.post(address, {"code": GOOD, "word": "propose", "field": [], "reason": "theo thẻ"})
    assert again.status_code == 409


def test_a_malformed_code_gets_a_clear_word_and_is_not_shown_again(visit, person, staff) -> None:
    answer = visit(staff.mai).post(f"/land-users/{person.pk}/card/", {"code": GOOD.replace("|", "~")})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "bàn phím sang tiếng Anh" in page
    assert "024175123456" not in page


def test_who_has_nothing_to_do_with_the_person_does_not_get_there(visit, person) -> None:
    address = f"/land-users/{person.pk}/card/"
    other = factories.make_user(Role.COMMUNE_OFFICIAL, commune=factories.make_commune())
    assert visit(other).get(address).status_code == 404
    assert visit(factories.make_user(Role.MANAGER)).get(address).status_code == 403
    assert visit(factories.make_user(Role.POLICE_LIAISON)).get(address).status_code == 403


def test_a_card_with_quite_another_name_proposes_nothing_by_itself_and_warns(visit, person, staff) -> None:
    client, address = visit(staff.mai), f"/land-users/{person.pk}/card/"
    page = client.post(address, {"code": GOOD.replace("Trần Thị Hòa", "Phạm Văn Khác")}).content.decode()
    assert "Thẻ ghi tên khác hẳn tên trong sổ" in page
    assert 'name="field" value="name_raw"' in page
    assert " checked" not in page


def test_a_card_that_only_spells_the_name_otherwise_warns_of_nothing(visit, person, staff) -> None:
    client, address = visit(staff.mai), f"/land-users/{person.pk}/card/"
    page = client.post(address, {"code": GOOD}).content.decode()
    assert "khác hẳn" not in page
    assert 'value="birth_raw" checked' in page


@pytest.mark.parametrize(("card", "agrees"), [("01011965", False), ("01011975", True)])
def test_a_birth_on_new_years_day_is_compared_by_its_year(
    visit, person, staff, card: str, agrees: bool
) -> None:
    number = f"0241{card[-2:]}123456"
    code = f"{number}|121234567|Trần Thị Hòa|{card}|Nữ|Khu phố Tây, Kinh Bắc|25042021"
    answer = visit(staff.mai).post(f"/land-users/{person.pk}/card/", {"code": code})
    row = next(each for each in answer.context["rows"] if each.name == "birth_raw")
    assert row.is_same is agrees
