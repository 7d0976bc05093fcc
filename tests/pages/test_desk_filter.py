"""The filter of the desk goes along to the pages beside it, and is there again on the way back."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from landdb.models import Role, TypedSearch
from reconciliation.models import Decision
from tests import factories
from tests.actions.cast import Case, make_case, make_resident, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case()


@pytest.fixture
def facets(case: Case) -> dict[str, list[str]]:
    return {"commune": [case.commune.code], "order": ["age"]}


@pytest.fixture
def client(client: Client, case: Case) -> Client:
    client.force_login(make_staff(case.commune)[0])
    return client


def desk(case: Case, facets: dict[str, list[str]], tail: str = "") -> str:
    query = "&".join(f"{name}={values[0]}" for name, values in facets.items())
    return f"/land-users/{case.land_user.pk}/{tail}?{query}"


def asked(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def led_to(client: Client, address: str, key: str) -> str:
    """The address to which a key of a page leads."""
    content = client.get(address).content.decode()
    found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*data-key="{key}"', content)
    assert found, (address, key)
    return unescape(found[1])


@pytest.mark.parametrize("key", ["e", "t", "i"])
def test_there_and_back_by_key(client: Client, case, facets, key: str) -> None:
    there = led_to(client, desk(case, facets), key)
    assert asked(there) == facets
    back = led_to(client, there, "Escape")
    assert (urlsplit(back).path, asked(back)) == (f"/land-users/{case.land_user.pk}/", facets)


def test_the_part_beside_the_evidence_leads_to_the_history_under_the_filter(client, case, facets) -> None:
    asks = re.search(r'hx-get="([^"]*/beside/[^"]*)"', client.get(desk(case, facets)).content.decode())
    assert asks
    content = client.get(unescape(asks[1])).content.decode()
    link = re.search(r'href="(/land-users/[^"]*/timeline/[^"]*)"', content)
    assert link
    assert asked(unescape(link[1])) == facets


def test_the_kinds_of_a_history_and_what_is_put_back_stay_under_it(client: Client, case, facets) -> None:
    client.post(desk(case, facets, "correct/"), correction(client, case, facets, birth_raw="12/03/1975"))
    content = client.get(desk(case, facets, "timeline/")).content.decode()
    kinds = [unescape(each) for each in re.findall(r'href="([^"]*kind=[^"]*)"', content)]
    assert kinds
    assert all(facets.items() <= asked(each).items() for each in kinds)
    form = re.search(r'action="(/changes/[^"]*)"', content)
    assert form
    sent = {"reason": "giá trị cũ đúng", "back": f"land-user:{case.land_user.pk}"}
    assert asked(client.post(unescape(form[1]), sent)["Location"]) == facets


def correction(client: Client, case: Case, facets, **fields: str) -> dict[str, str]:
    content = client.get(desk(case, facets, "correct/")).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', content)
    assert seen
    return {"seen": seen[1], "reason": "theo giấy chứng nhận", **fields}


def test_a_correction_that_was_sent_leads_back_under_the_filter(client: Client, case, facets) -> None:
    content = client.get(desk(case, facets, "correct/")).content.decode()
    form = re.search(r'<form [^>]*id="correct"[^>]*action="([^"]+)"', content)
    assert form
    answer = client.post(unescape(form[1]), correction(client, case, facets, birth_raw="12/03/1975"))
    assert answer["Location"] == desk(case, facets)
    assert Decision.objects.get().kind == Decision.Kind.CORRECT


def test_who_was_picked_is_shown_under_the_filter_and_the_typed_name_of_either_stays_apart(
    client: Client, case, facets
) -> None:
    stranger = make_resident("Vũ Thị Xuân", "01/02/1950", "024150999888", commune=case.commune)
    user = make_staff(case.commune)[0]
    client.force_login(user)
    facets["q"] = [TypedSearch.objects.create(user=user, text="duyen").token]
    found = client.post(desk(case, facets, "registry/"), {"who": "vu thi xuan"}, follow=True)
    assert found.redirect_chain[-1][0].count("asked=") == 1
    assert [each.resident for each in found.context["found"]] == [stranger]
    pick = re.search(r'action="([^"]*/pick/[^"]*)"', found.content.decode())
    assert pick
    sent = {"resident": stranger.pk, "asked": found.context["token"]}
    answer = client.post(unescape(pick[1]), sent)
    assert facets.items() <= asked(answer["Location"]).items()
    assert "candidate" in asked(answer["Location"])


@pytest.mark.parametrize("address", ["desk", "/queue/people/end/"])
def test_the_head_says_to_whom_the_work_of_the_filter_was_given(client: Client, case, address: str) -> None:
    page = f"/land-users/{case.land_user.pk}/" if address == "desk" else address
    officer = factories.make_user(Role.REVIEWER, full_name="Phạm Thị Soát")
    told = {str(officer.pk): "giao cho Phạm Thị Soát", "none": "chưa giao ai"}
    for given, words in told.items():
        head = client.get(f"{page}?given={given}").content.decode().partition('class="desk-head"')[2]
        assert f"Đang lọc {words} · " in re.sub(r"<[^>]*>", "", head)
    assert "Đang lọc" not in client.get(page).content.decode()
