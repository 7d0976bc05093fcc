"""What a land user has none of is not asked for; what there is of it is on the desk all the same."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from citizens.models import Resident
from landdb.models import Role
from reconciliation.matching import evidence
from reconciliation.web import desk_parts
from tests import factories

pytestmark = pytest.mark.django_db


def test_of_somebody_without_any_part_there_is_none() -> None:
    person = factories.make_land_user()
    with CaptureQueriesContext(connection) as asked:
        parts = desk_parts.of(person.pk, [])
    assert len(asked) == 1
    assert parts == desk_parts.Parts(*[False] * 6)


def test_others_on_the_certificate_are_there_for_each_of_them() -> None:
    plot = factories.make_plot()
    paper = factories.make_certificate(commune=plot.commune)
    husband, wife, stranger = (factories.make_land_user(plot.commune) for _ in range(3))
    for person in (husband, wife):
        factories.make_holding(plot=plot, land_user=person, certificate=paper)
    factories.make_holding(plot=plot, land_user=stranger, certificate=None)
    assert desk_parts.of(husband.pk, []).has_others
    assert desk_parts.of(wife.pk, []).has_others
    assert not desk_parts.of(stranger.pk, []).has_others


def test_the_names_of_the_others_are_read_once_for_the_household_and_the_evidence(visit) -> None:
    officer = factories.make_user(Role.REVIEWER)
    plot = factories.make_plot()
    paper = factories.make_certificate(commune=plot.commune)
    husband = factories.make_land_user(plot.commune)
    wife = factories.make_land_user(plot.commune, name_raw="Lò Thị Mỉ")
    for person in (husband, wife):
        factories.make_holding(plot=plot, land_user=person, certificate=paper)
    assert evidence.values(husband, Resident())["household"][1] == "Lò Thị Mỉ"
    with CaptureQueriesContext(connection) as asked:
        page = visit(officer).get(f"/land-users/{husband.pk}/").content.decode()
    assert "Lò Thị Mỉ" in page
    assert sum('"parcels_holding"."certificate_id" IN' in each["sql"] for each in asked) == 1
