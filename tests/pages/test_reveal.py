"""Numbers stay masked until somebody asks, which is logged, and are hidden again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from citizens.models import Resident
from landdb.models import AccessLog, Role
from parcels.models import LandUser
from tests import factories
from tests.actions.cast import make_case

from .desk_cast import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(plots=2)


def test_a_look_and_a_reveal_are_logged_and_numbers_masked_till_then(client: Client, case) -> None:
    user = factories.make_user(Role.REVIEWER, commune=case.commune)
    client.force_login(user)
    shown = client.get(page(case)).content.decode()
    assert "024175123456" not in shown
    assert "3456" in shown
    answer = client.post(page(case) + "reveal/")
    assert answer["Cache-Control"] == "no-store"
    shown = answer.content.decode()
    assert "024175123456" in shown
    assert 'data-masked="•••• •••• 3456"' in shown
    actions = AccessLog.objects.filter(user=user, subject="land_user", subject_id=case.land_user.pk)
    assert list(actions.values_list("action", flat=True)) == ["reveal", "view"]


def test_numbers_that_would_be_corrected_are_hidden_again_as_those_of_the_evidence(client, case) -> None:
    LandUser.objects.filter(pk=case.land_user.pk).update(id_number="", id_number_raw="")
    Resident.objects.filter(pk=case.match.resident_id).update(id_number="024175123456")
    client.force_login(factories.make_user(Role.REVIEWER, commune=case.commune))
    shown = client.post(page(case) + "reveal/").content.decode()
    mends = shown.partition("Sửa sổ đất theo dân cư")[2].partition("</section>")[0]
    assert re.search(r'data-masked="–">.*data-masked="•••• •••• 3456">', mends)
    assert "024175123456" in re.sub(r"<[^>]+>", "", mends)
