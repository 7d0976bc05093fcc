"""A part of a page is written again as soon as anything that it tells is otherwise, and only then."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from landdb.models import AdminUnit, Role
from landdb.web.fragments import fingerprint
from reconciliation.campaign import plan
from reconciliation.models import Target, Task
from tests.factories import make_commune, make_user

START = dt.date(2026, 9, 1)

pytestmark = pytest.mark.django_db


def test_the_key_of_a_part_is_that_of_its_data_whoever_read_them() -> None:
    commune = AdminUnit.objects.get(pk=make_commune().pk)
    key = fingerprint(commune, {"plots": 3})
    assert fingerprint(AdminUnit.objects.get(pk=commune.pk), {"plots": 3}) == key
    assert fingerprint(commune, {"plots": 4}) != key


def test_a_renamed_commune_and_another_language_have_keys_of_their_own() -> None:
    commune = make_commune()
    keys = {fingerprint(commune)}
    commune.short_name = "Kinh Bắc"
    keys.add(fingerprint(commune))
    with translation.override("en"):
        keys.add(fingerprint(commune))
    assert len(keys) == 3


@pytest.mark.parametrize("name", ["overview", "plan", "ledger", "meeting", "alerts"])
def test_a_page_that_was_kept_tells_the_new_name_of_a_commune(name: str, client) -> None:
    commune = make_commune(short_name="Tên Cũ", name="Xã Tên Cũ")
    make_commune()
    client.force_login(make_user(Role.MANAGER))
    before = client.get(reverse(name)).content.decode()
    assert client.get(reverse(name)).content.decode().count("Tên Cũ") == before.count("Tên Cũ")
    AdminUnit.objects.filter(pk=commune.pk).update(short_name="Tên Mới", name="Xã Tên Mới")
    after = client.get(reverse(name)).content.decode()
    assert (after.count("Tên Mới"), after.count("Tên Cũ")) == (before.count("Tên Cũ"), 0)


def test_the_plan_that_was_kept_tells_a_target_as_soon_as_it_is_changed_or_taken_away(client) -> None:
    commune = make_commune()
    client.force_login(make_user(Role.MANAGER))
    values = {
        "assigned": 1234,
        "unit": "Tổ 1",
        "leader": "Chị Hoa",
        "starts_on": START,
        "due_on": START + dt.timedelta(days=90),
    }
    pages = [client.get(reverse("plan")).content.decode()]
    plan.assign(commune, Task.CLEAN, values, seen=plan.stamp(None))
    pages.append(client.get(reverse("plan")).content.decode())
    held = Target.objects.get()
    plan.assign(commune, Task.CLEAN, values | {"assigned": 4321}, seen=plan.stamp(held))
    pages.append(client.get(reverse("plan")).content.decode())
    held.refresh_from_db()
    plan.remove(commune, Task.CLEAN, "nhầm", seen=plan.stamp(held))
    pages.append(client.get(reverse("plan")).content.decode())
    rows = [page[page.index('aria-labelledby="rows"') :].partition("</section>")[0] for page in pages]
    assert ["1.234" in row for row in rows] == [False, True, False, False]
    assert ["4.321" in row for row in rows] == [False, False, True, False]


def test_what_one_role_was_shown_is_not_shown_to_another(client) -> None:
    commune = make_commune()
    make_commune()
    address = reverse("plan-edit", args=[commune.code, Task.CLEAN.value])
    client.force_login(make_user(Role.MANAGER))
    assert address in client.get(reverse("plan")).content.decode()
    client.force_login(make_user(Role.REVIEWER))
    assert address not in client.get(reverse("plan")).content.decode()
