"""What a word of the desk begins with, in one statement, is what query sets tell of the same record."""

from __future__ import annotations

import pytest
from django.http import Http404

from landdb.models import Role
from reconciliation.actions import leases
from reconciliation.models import Lease, WorkItem
from reconciliation.web.at_hand import at_hand
from reconciliation.web.land_users import of_territory
from tests import factories
from tests.actions.cast import make_case

pytestmark = pytest.mark.django_db


def test_the_record_of_who_is_kept_or_holds_a_plot_in_the_territory_is_at_hand_and_no_other() -> None:
    case = make_case()
    elsewhere = factories.make_plot()
    factories.make_holding(elsewhere, case.land_user, None)
    offices = [case.commune, elsewhere.commune, factories.make_commune(), None]
    users = [factories.make_user(Role.REVIEWER, commune=commune) for commune in offices]
    seen = []
    for user in users:
        try:
            at_hand(user, case.land_user.pk)
        except Http404:
            seen.append(False)
        else:
            seen.append(True)
    assert seen == [True, True, False, True]
    assert seen == [of_territory(user).filter(pk=case.land_user.pk).exists() for user in users]


def test_a_record_that_is_not_there_is_not_at_hand() -> None:
    with pytest.raises(Http404):
        at_hand(factories.make_user(), 1)


def test_it_knows_the_place_of_the_record_and_whether_somebody_else_has_it_open() -> None:
    case = make_case(plots=2)
    item = WorkItem.objects.get(land_user=case.land_user)
    ha, mai = factories.make_user(), factories.make_user()
    leases.take(Lease.Kind.PERSON, case.land_user.pk, by=ha)
    mine, theirs = at_hand(ha, case.land_user.pk), at_hand(mai, case.land_user.pk)
    assert (mine.is_elsewhere, theirs.is_elsewhere) == (False, True)
    assert mine.item is not None
    assert (mine.item.pk, mine.item.plots, mine.item.opened_at) == (item.pk, 2, item.opened_at)
    item.delete()
    assert at_hand(ha, case.land_user.pk).item is None
