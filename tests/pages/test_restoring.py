"""A former value is put back out of the history, as a proposal that a second person agrees to."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from landdb.models import Role
from parcels.models import Plot
from reconciliation.actions import changes, edits, matches, restorations
from reconciliation.actions.changes import FieldChange
from reconciliation.models import (
    Change,
    ChangeSet,
    Consent,
    Decision,
)
from tests import factories
from tests.actions.cast import make_case, make_staff

from .timeline_cast import of_person, of_plot, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(plots=2)


@pytest.fixture
def staff(case):
    return make_staff(case.commune)


def restoring(client: Client, address: str, change: Change) -> dict[str, str]:
    """The form beside a changed field."""
    shown = client.get(address).content.decode()
    form = re.search(
        rf'action="/changes/{change.pk}/restore/">'
        r'.*?name="back" value="([^"]+)".*?name="seen" value="([^"]+)"',
        shown,
    )
    assert form, "no way back is offered"
    return {"back": form[1], "seen": form[2], "reason": "giá trị cũ mới đúng"}


def agree(case) -> None:
    """A second senior reviewer says yes, from the list of what waits."""
    second = Client()
    second.force_login(factories.make_user(Role.SENIOR_REVIEWER, commune=case.commune))
    listed = second.get("/corrections/").content.decode()
    (pk,) = re.findall(r'action="/corrections/(\d+)/answer/"', listed)
    second.post(f"/corrections/{pk}/answer/", {"word": "yes", "list": "1"})


def test_a_former_value_is_put_back_as_a_proposal_that_can_be_undone(client: Client, case, staff) -> None:
    upload(case, staff[1])
    client.force_login(staff[0])
    change = Change.objects.get(field="birth_raw")
    answer = client.post(f"/changes/{change.pk}/restore/", restoring(client, of_person(case), change))
    assert answer["Location"] == of_person(case)
    case.land_user.refresh_from_db()
    assert case.land_user.birth_raw == "5/6/1975"
    agree(case)
    case.land_user.refresh_from_db()
    assert case.land_user.birth_raw == "1975"
    decision = Decision.objects.get(kind=Decision.Kind.CORRECT)
    assert (decision.by, decision.change_set.kind) == (staff[0], ChangeSet.Kind.CORRECTION)
    client.post(f"/decisions/{decision.pk}/undo/")
    case.land_user.refresh_from_db()
    assert case.land_user.birth_raw == "5/6/1975"


def test_a_field_that_changed_meanwhile_is_not_put_back(client: Client, case, staff) -> None:
    upload(case, staff[1])
    client.force_login(staff[0])
    change = Change.objects.get(field="birth_raw")
    form = restoring(client, of_person(case), change)
    edits.correct(case.land_user, {"birth_raw": "1980"}, by=staff[1], reason="xem lại")
    answer = client.post(f"/changes/{change.pk}/restore/", form, follow=True)
    assert "đã đổi từ khi bạn mở trang" in answer.content.decode()
    case.land_user.refresh_from_db()
    assert case.land_user.birth_raw == "1980"


def test_a_value_from_before_several_changes_can_be_put_back_too(client: Client, case, staff) -> None:
    for year in ("1976", "1977"):
        edits.correct(case.land_user, {"birth_raw": year}, by=staff[0], reason="thử")
    first = Change.objects.filter(field="birth_raw").earliest("pk")
    client.force_login(staff[0])
    client.post(f"/changes/{first.pk}/restore/", restoring(client, of_person(case), first))
    agree(case)
    case.land_user.refresh_from_db()
    assert case.land_user.birth_raw == "1975"


def test_a_former_name_that_is_another_persons_waits_for_a_second_person(client, case, staff) -> None:
    change_set = changes.plan(
        ChangeSet.Kind.IMPORT,
        [FieldChange(case.land_user, "name_raw", "Trần Văn Bình")],
        by=staff[1],
        commune=case.commune,
    )
    changes.apply(change_set, by=staff[1])
    client.force_login(staff[0])
    change = Change.objects.get(field="name_raw")
    client.post(f"/changes/{change.pk}/restore/", restoring(client, of_person(case), change))
    case.land_user.refresh_from_db()
    assert case.land_user.name_raw == "Trần Văn Bình"
    assert Consent.objects.get().asked_by == staff[0]
    assert "chờ người thứ hai đồng ý" in client.get(of_person(case)).content.decode()


def test_a_plots_area_is_put_back_from_its_own_history_and_undone_there(client, case, staff) -> None:
    plot = case.plots[0]
    change_set = changes.plan(
        ChangeSet.Kind.CORRECTION, [FieldChange(plot, "legal_area", 99)], by=staff[1], commune=case.commune
    )
    changes.apply(change_set, by=staff[1])
    change = Change.objects.get(field="legal_area")
    client.force_login(staff[0])
    client.post(f"/changes/{change.pk}/restore/", restoring(client, of_plot(case), change))
    assert str(Plot.objects.get(pk=plot.pk).legal_area) == "99.00"
    assert plot.long_number in client.get("/corrections/").content.decode()
    agree(case)
    assert str(Plot.objects.get(pk=plot.pk).legal_area) == "120.00"
    decision = Decision.objects.get(kind=Decision.Kind.CORRECT)
    answer = client.post(f"/decisions/{decision.pk}/undo/")
    assert answer["Location"] == of_plot(case)
    assert str(Plot.objects.get(pk=plot.pk).legal_area) == "99.00"


def test_nobody_puts_back_what_is_not_theirs_or_not_a_value(client: Client, case, staff) -> None:
    upload(case, staff[1])
    matches.decide(
        case.match, Decision.Kind.SAME, by=staff[0], reason="đúng người", seen=matches.stamp(case.match)
    )
    change = Change.objects.get(field="birth_raw")
    form = {"back": f"land-user:{case.land_user.pk}", "seen": "x", "reason": "thử xem"}
    client.force_login(staff[2])
    assert client.post(f"/changes/{change.pk}/restore/", form).status_code == 404
    client.force_login(factories.make_user(Role.AUDITOR))
    assert client.post(f"/changes/{change.pk}/restore/", form).status_code == 403
    word = Change.objects.filter(model="reconciliation.match", field="state").earliest("pk")
    client.force_login(staff[0])
    assert client.post(f"/changes/{word.pk}/restore/", form).status_code == 404
    assert not restorations.is_restorable(word)
