"""Whom a person found by hand stays a candidate through whole runs, and goes when the pick is taken back."""

from __future__ import annotations

import pytest

from reconciliation.actions import changes, matches, picks
from reconciliation.models import Decision, Match, Verification
from tests import factories

from .cast import commune, crowd, land_user, resident, whole_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def test_a_whole_run_keeps_a_pick_and_weighs_it_as_the_page_did():
    here = commune("Tam Đa")
    crowd(200, here, 1)
    stranger = resident("Vũ Thị Xuân", "01/02/1950", "024150999888", unit=here)
    person = land_user("Lê Văn Bách", "1975", "", unit=here)
    whole_run()
    assert not Match.objects.filter(resident=stranger).exists()
    user = factories.make_user()
    match = picks.pick(person, stranger, by=user, reason="trưởng thôn chỉ")
    weighed = Match.objects.values("levels", "weights", "stage").get(pk=match.pk)
    whole_run()
    assert Match.objects.values("levels", "weights", "stage").get(pk=match.pk) == weighed
    matches.decide(match, Decision.Kind.SAME, by=user, reason="đúng", seen=matches.stamp(match))
    whole_run()
    assert Verification.objects.get(land_user=person).resident == stranger
    for kind in (Decision.Kind.SAME, Decision.Kind.PICK):
        changes.undo(Decision.objects.get(kind=kind).change_set, by=user)
    whole_run()
    assert not Match.objects.filter(resident=stranger).exists()
