"""Every address states who may use it, and the gate holds it to that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from landdb.models import Role
from landdb.web.gate import ANONYMOUS
from landdb.web.shell import SECTIONS, roles_of
from tests import factories

ALL = set(Role.values)
#: Addresses without a record, and who gets in by GET.
PAGES = {
    "queue": ALL - {"police_liaison"},
    "worklist": {"reviewer", "senior_reviewer", "auditor"},
    "bulks": {"reviewer", "senior_reviewer"},
    "supervise": {"senior_reviewer"},
    "overview": ALL,
    "overview-waits": ALL - {"police_liaison"},
    "ledger": ALL,
    "ledger-plots": ALL - {"police_liaison"},
    "plan": ALL,
    "plan-workbook": ALL,
    "plan-files": {"manager", "administrator"},
    "plan-weeks": {"manager", "administrator"},
    "rules": ALL,
    "rule-drafts": {"senior_reviewer", "manager", "auditor", "administrator"},
    "opinions": ALL - {"police_liaison"},
    "sources": ALL - {"police_liaison"},
    "jobs": ALL,
    "meeting": ALL - {"police_liaison"},
    "alerts": ALL,
    "questions": ALL,
    "question-answers": ALL,
    "accounts": {"administrator"},
    "account-new": {"administrator"},
    "access-log": {"auditor", "administrator"},
    "password": ALL,
}
FIRST_PAGES = {
    "reviewer": "worklist",
    "senior_reviewer": "worklist",
    "commune_official": "uploads",
    "manager": "overview",
    "police_liaison": "police-lists",
    "auditor": "access-log",
    "administrator": "accounts",
}


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def test_every_address_has_a_name_and_a_view_that_states_its_roles() -> None:
    for pattern in addresses(get_resolver().url_patterns):
        roles = getattr(pattern.callback, "allowed_roles", ())
        assert roles, f"{pattern.name or pattern.pattern}: closed to everybody, since it states no role"
        assert pattern.name, pattern.pattern
        assert roles == ANONYMOUS or set(roles) <= ALL


def test_every_section_of_the_bar_has_its_page() -> None:
    for section in SECTIONS:
        assert roles_of(section.name), section.name
        assert section.name.startswith(section.holds) or section.name in section.holds


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_who_gets_in(client: Client, role: str) -> None:
    client.force_login(factories.make_user(role))
    got = {name: client.get(reverse(name)).status_code for name in PAGES}
    assert got == {name: 200 if role in roles else 403 for name, roles in PAGES.items()}


@pytest.mark.django_db
def test_without_an_account_every_page_leads_to_the_door(client: Client) -> None:
    for name in PAGES:
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/?next=")
    assert client.get("/sign-in/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_the_work_of_each_role_begins_on_its_own_page(client: Client, role: str) -> None:
    client.force_login(factories.make_user(role))
    response = client.get("/")
    assert response["Location"] == reverse(FIRST_PAGES[role])
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_the_bar_shows_the_sections_one_may_open(client: Client, role: str) -> None:
    client.force_login(factories.make_user(role))
    page = client.get("/overview/").content.decode()
    bar = page[page.index('class="sections"') : page.index("</nav>")]
    for section in SECTIONS:
        assert (f'href="{reverse(section.name)}"' in bar) == (role in roles_of(section.name)), section.name
    assert bar.count('aria-current="page"') == 1


@pytest.mark.django_db
def test_an_account_that_was_stopped_is_outside_at_once(client: Client) -> None:
    user = factories.make_user()
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get("/jobs/").status_code == 302


@pytest.mark.django_db
def test_after_a_form_that_was_sent_signing_in_leads_back_to_its_page(client: Client) -> None:
    sent = client.post("/jobs/7/cancel/", headers={"Referer": "http://testserver/jobs/7/?view=mine"})
    assert sent["Location"] == "/sign-in/?next=/jobs/7/%3Fview%3Dmine"
    foreign = client.post("/jobs/7/cancel/", headers={"Referer": "http://elsewhere.example/jobs/7/"})
    assert foreign["Location"] == "/sign-in/?next=/"


@pytest.mark.django_db
def test_an_address_that_only_takes_forms_says_something_to_who_opens_it(client: Client) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    answer = client.get("/whole-run/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Về trang đầu" in answer.content.decode()
