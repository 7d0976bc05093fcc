"""Cells that two sides changed differently: what differs is seen, and a column is chosen at once."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from landdb.models import AccessLog
from parcels.models import LandUser, Plot
from reconciliation.actions import uploads
from reconciliation.models import CorrectionBatch

from .ground import Ground, filled, give_out, row_of, send_up, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(ground: Ground) -> CorrectionBatch:
    """Two rows in conflict about the address of the plot, one of them about a telephone as well."""
    LandUser.objects.filter(pk=ground.people[0].pk).update(phone="0912345678")
    workbook = give_out(ground)
    rows = [row_of(workbook, holding) for holding in ground.holdings[:2]]
    typed = {
        (rows[0], "phone"): "0913345678",
        (rows[0], "plot_address"): "Ngõ 9",
        (rows[1], "plot_address"): "Ngõ 10",
    }
    LandUser.objects.filter(pk=ground.people[0].pk).update(phone="0914345678")
    Plot.objects.filter(pk__in=[plot.pk for plot in ground.plots[:2]]).update(address="Đo lại hôm nay")
    return send_up(ground, filled(workbook, typed))


def test_hidden_numbers_show_where_they_differ_and_not_what_stands_there(
    client: Client, ground: Ground, batch
) -> None:
    client.force_login(ground.official)
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert "0913345678" not in page
    assert "•• •<del>•</del>•• 5678" in page
    assert "•• •<ins>•</ins>•• 5678" in page


def test_they_are_revealed_by_one_key_and_that_is_logged(client: Client, ground: Ground, batch) -> None:
    client.force_login(ground.official)
    assert 'data-key="h"' in client.get(f"/uploads/{batch.pk}/").content.decode()
    answer = client.post(f"/uploads/{batch.pk}/reveal/")
    assert answer["Cache-Control"] == "no-store"
    page = answer.content.decode()
    assert "0914345678" in page.replace("<del>", "").replace("</del>", "")
    log = AccessLog.objects.get(user=ground.official, action="reveal")
    assert (log.subject, log.subject_id) == ("workbook_rows", batch.pk)


def test_each_names_its_person_and_plot(client: Client, ground: Ground, batch) -> None:
    client.force_login(ground.official)
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    for holding in ground.holdings[:2]:
        assert holding.land_user is not None
        assert f"{holding.land_user.name} · tờ/thửa {holding.plot.short_number}" in page


@pytest.mark.parametrize(
    ("side", "addresses"), [("register", ["Đo lại hôm nay"] * 2), ("workbook", ["Ngõ 9", "Ngõ 10"])]
)
def test_a_column_is_chosen_at_once_and_the_others_wait(
    client: Client, ground: Ground, batch, work, side: str, addresses: list[str]
) -> None:
    client.force_login(ground.official)
    client.post(f"/uploads/{batch.pk}/choose/", {"column": f"plot_address:{side}"})
    work()
    assert list(states(batch).values()).count("conflict") == 1
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert set(re.findall(r'name="column" value="(\w+):', page)) == {"phone"}
    client.post(f"/uploads/{batch.pk}/choose/", {"column": f"phone:{side}"})
    work()
    batch.refresh_from_db()
    assert "conflict" not in states(batch).values()
    if side == "workbook":
        uploads.send(batch, by=ground.official)
        uploads.approve(batch, by=ground.reviewer, reason="đã xem")
        uploads.carry_out(batch)
    told = Plot.objects.filter(pk__in=[plot.pk for plot in ground.plots[:2]]).order_by("pk")
    assert list(told.values_list("address", flat=True)) == addresses


def test_a_single_cell_chosen_beside_a_column_keeps_its_own_side(
    client: Client, ground: Ground, batch, work
) -> None:
    line = batch.lines.filter(state="conflict").order_by("pk")[0]
    client.force_login(ground.official)
    told = {"column": "plot_address:register", f"pick-{line.pk}-phone": "workbook"}
    client.post(f"/uploads/{batch.pk}/choose/", told)
    work()
    assert list(states(batch).values()).count("conflict") == 0
    picks = batch.lines.get(row=line.row).picks
    assert {name: side for name, (side, _seen) in picks.items()} == {
        "phone": "workbook",
        "plot_address": "register",
    }
