"""Auditors see who looked at what, within their territory."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from landdb.models import AccessLog, AdminUnit, Role, User
from tests import factories

pytestmark = pytest.mark.django_db


def look(user: User, commune: AdminUnit | None = None, **fields: object) -> AccessLog:
    given = {"action": "view", "subject": "plot", "subject_id": 7, "reason": f"vì {user.username}"} | fields
    return AccessLog.objects.create(user=user, commune=commune, **given)


def shown(client: Client, query: str = "") -> str:
    response = client.get(f"/access-log/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_it_is_filtered_by_person_action_subject_and_day(client: Client) -> None:
    client.force_login(factories.make_user(Role.AUDITOR))
    one, two = factories.make_user(), factories.make_user()
    look(one, reason="một")
    look(two, reason="hai", action="reveal", subject="land_user")
    old = look(two, reason="cũ")
    AccessLog.objects.filter(pk=old.pk).update(at=dt.datetime(2026, 3, 1, 16, 59, tzinfo=dt.UTC))
    table = {
        "": {"một", "hai", "cũ"},
        f"?user={one.pk}": {"một"},
        "?action=reveal": {"hai"},
        "?subject=land_user": {"hai"},
        "?first=2026-03-02": {"một", "hai"},
        "?last=2026-03-01": {"cũ"},
        "?last=2026-02-28": set(),
    }
    for query, wanted in table.items():
        page = shown(client, query)
        assert {reason for reason in ("một", "hai", "cũ") if f"<td>{reason}</td>" in page} == wanted, query


def test_nonsense_in_the_address_is_answered_with_a_word_and_no_lines(client: Client) -> None:
    client.force_login(factories.make_user(Role.AUDITOR))
    look(factories.make_user(), reason="một")
    for query in ("?user=abc", "?first=hom-nay", "?action=dance", "?before=x"):
        page = shown(client, query)
        assert ("<td>một</td>" in page) == (query == "?before=x")


def test_an_auditor_of_one_office_sees_the_looks_at_its_communes_only(client: Client) -> None:
    office = factories.make_office()
    inside, outside = factories.make_commune(office=office), factories.make_commune()
    reader = factories.make_user()
    look(reader, inside, reason="trong")
    look(reader, outside, reason="ngoài")
    client.force_login(factories.make_user(Role.AUDITOR, office=office))
    page = shown(client)
    assert "<td>trong</td>" in page
    assert "<td>ngoài</td>" not in page


def test_older_lines_are_a_link_away(client: Client) -> None:
    reader = factories.make_user()
    client.force_login(factories.make_user(Role.AUDITOR))
    lines = [look(reader, reason=f"dòng {n}") for n in range(60)]
    page = shown(client, "?action=view")
    assert "<td>dòng 59</td>" in page
    assert "<td>dòng 9</td>" not in page
    assert f"action=view&amp;before={lines[10].pk}" in page
    assert "<td>dòng 9</td>" in shown(client, f"?action=view&before={lines[10].pk}")
