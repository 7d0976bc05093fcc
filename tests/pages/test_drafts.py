"""Which drafts a browser may forget: the server names the form that it accepted, and no other."""

from __future__ import annotations

import pytest
from django.test import Client

from landdb.web.drafts import key_of
from reconciliation.models import PlotStatus
from tests.actions.cast import make_case

pytestmark = pytest.mark.django_db
PLACE = "%2Fplots%2F7%2Fconfirm%2F"


@pytest.fixture
def address() -> str:
    plot = make_case().plots[0]
    PlotStatus.objects.filter(plot=plot).update(group=3)
    return f"/plots/{plot.pk}/confirm/"


def told(client: Client, address: str, **sent: str) -> str:
    """What the answer says was accepted."""
    cookie = client.post(address, sent).cookies.get("accepted")
    return cookie.value if cookie else ""


def test_a_form_that_was_accepted_is_named(visit, officer, address) -> None:
    assert told(visit(officer), address, reason="giấy đã huỷ", kept=PLACE) == PLACE


def test_one_that_was_refused_is_not_and_the_refusal_is_still_told(visit, officer, address) -> None:
    client = visit(officer)
    assert told(client, address, reason="", kept=PLACE) == ""
    assert "Cần ghi lý do khi xác nhận nhóm 3." in client.get("/queue/people/").content.decode()


def test_nor_is_one_of_whoever_is_not_signed_in_any_more(client: Client, address) -> None:
    assert told(client, address, reason="giấy đã huỷ", kept=PLACE) == ""


@pytest.mark.parametrize("kept", ["", "a; path=/", "x" * 301])
def test_what_is_no_place_is_not_repeated(visit, officer, address, kept: str) -> None:
    assert told(visit(officer), address, reason="giấy đã huỷ", kept=kept) == ""


def test_whose_drafts_they_are_is_the_same_at_every_sign_in_and_tells_no_name(officer, other) -> None:
    assert key_of(officer) == key_of(officer) != key_of(other)
    assert officer.username not in key_of(officer)
