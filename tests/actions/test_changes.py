"""Plan, apply, undo: what nobody touched comes back exactly; what somebody touched is listed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landdb.models import Role, User
from parcels.models import Certificate, LandUser, Plot
from reconciliation import classification
from reconciliation.actions import changes
from reconciliation.actions.changes import FieldChange
from reconciliation.models import Change, ChangeSet, GroupMove, PlotStatus
from tests import factories

pytestmark = pytest.mark.django_db
Kind = ChangeSet.Kind


def correct(record: models.Model, by: User, **values: object) -> ChangeSet:
    wanted = [FieldChange(record, field, value) for field, value in values.items()]
    return changes.apply(changes.plan(Kind.CORRECTION, wanted, by=by), by=by)


def stored(record: models.Model) -> dict[str, object]:
    return type(record).objects.filter(pk=record.pk).values().get()


def test_an_equal_value_is_not_planned() -> None:
    plot = factories.make_plot(legal_area=Decimal("120.5"))
    by = factories.make_user()
    change_set = changes.plan(
        Kind.CORRECTION,
        [FieldChange(plot, "legal_area", Decimal("120.50")), FieldChange(plot, "address", "Thôn Đoài")],
        by=by,
    )
    assert list(change_set.changes.values_list("field", "old", "new")) == [
        ("address", "Khu phố Đông", "Thôn Đoài")
    ]


def test_only_declared_fields_are_open() -> None:
    plot = factories.make_plot()
    with pytest.raises(ValueError, match="commune"):
        changes.plan(Kind.CORRECTION, [FieldChange(plot, "commune_id", 1)], by=factories.make_user())


def test_a_planned_set_writes_nothing() -> None:
    plot = factories.make_plot()
    before = stored(plot)
    changes.plan(Kind.CORRECTION, [FieldChange(plot, "address", "khác")], by=factories.make_user())
    assert stored(plot) == before


def test_a_record_that_changed_since_planning_is_skipped_whole() -> None:
    plot, by = factories.make_plot(), factories.make_user()
    planned = changes.plan(
        Kind.CORRECTION, [FieldChange(plot, "address", "mới"), FieldChange(plot, "code", "w7g0")], by=by
    )
    Plot.objects.filter(pk=plot.pk).update(address="ai đó sửa")
    before = stored(plot)
    changes.apply(planned, by=by)
    assert stored(plot) == before
    assert set(planned.changes.values_list("state", flat=True)) == {Change.State.SKIPPED}


def test_a_set_is_applied_once_and_undone_once() -> None:
    plot, by = factories.make_plot(), factories.make_user()
    applied = correct(plot, by, address="mới")
    with pytest.raises(changes.WrongState):
        changes.apply(applied, by=by)
    changes.undo(applied, by=by)
    with pytest.raises(changes.WrongState):
        changes.undo(applied, by=by)


def test_what_is_read_out_of_a_corrected_value_follows_and_comes_back() -> None:
    person = factories.make_land_user(name_raw="NGUYEN VAN A", id_number_raw="24075000001")
    LandUser.objects.filter(pk=person.pk).update(former_number="123456789", name_fold="đọc kiểu cũ")
    person.refresh_from_db()
    before = stored(person)
    by = factories.make_user()
    applied = correct(person, by, name_raw="Nguyễn Văn Ánh", id_number_raw="024075000001")
    person.refresh_from_db()
    assert (person.name, person.name_fold, person.id_number) == (
        "Nguyễn Văn Ánh",
        "nguyen van anh",
        "024075000001",
    )
    assert person.former_number == "123456789"
    assert changes.undo(applied, by=by) == []
    assert stored(person) == before


def test_dates_and_areas_come_back_to_the_last_digit() -> None:
    certificate, plot = factories.make_certificate(), factories.make_plot(legal_area=Decimal("99.90"))
    before = stored(certificate), stored(plot)
    by = factories.make_user()
    first = correct(certificate, by, issued_on=dt.date(2001, 2, 3))
    second = correct(plot, by, legal_area=Decimal("100.1"))
    assert changes.undo(second, by=by) == []
    assert changes.undo(first, by=by) == []
    assert (stored(certificate), stored(plot)) == before


FIELDS = {
    Plot: ("address", "code"),
    LandUser: ("name_raw", "address_raw"),
    Certificate: ("book_number", "kind"),
}
STEP = st.tuples(
    st.integers(0, 2), st.integers(0, 1), st.integers(0, 1), st.sampled_from("abc"), st.integers(0, 2)
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=8), order=st.randoms(use_true_random=False))
def test_undone_in_any_order_by_anybody_the_untouched_come_back_and_the_touched_are_listed(
    transactional: None, steps: list[tuple[int, int, int, str, int]], order: object
) -> None:
    """Several people correct the same few records; the sets are undone in any order."""
    staff = [factories.make_user(Role.REVIEWER) for _n in range(3)]
    commune = factories.make_commune(delivered=False)
    records = [
        [factories.make_plot(commune, uses=False) for _n in range(2)],
        [factories.make_land_user(commune) for _n in range(2)],
        [factories.make_certificate(commune, scanned=False) for _n in range(2)],
    ]
    before = {(type(r), r.pk): stored(r) for kind in records for r in kind}
    sets = []
    for kind, which, field, value, who in steps:
        record = records[kind][which]
        record.refresh_from_db()
        sets.append(correct(record, staff[who], **{FIELDS[type(record)][field]: value}))
    order.shuffle(sets)
    kept: set[tuple[str, int]] = set()
    for number, change_set in enumerate(sets):
        left = changes.undo(change_set, by=staff[number % 3])
        kept |= {(change.model, change.record_id) for change in left}
    for (model, pk), values in before.items():
        if (model._meta.label_lower, pk) not in kept:
            assert model.objects.filter(pk=pk).values().get() == values
    for change in Change.objects.filter(change_set__in=sets):
        assert change.state in (Change.State.UNDONE, Change.State.KEPT)


@pytest.fixture
def transactional(db: None) -> None:
    """Each example makes its own records within the one transaction of the test."""


def test_a_corrected_number_frees_the_plot_that_shared_it_and_undo_ties_it_again() -> None:
    one, two = factories.make_ready_plot(), factories.make_ready_plot()
    person = LandUser.objects.get(holdings__plot=one)
    LandUser.objects.filter(holdings__plot=two).update(id_number=person.id_number)
    classification.refresh([one.pk, two.pk], cause=GroupMove.Cause.FIRST)
    shared = PlotStatus.objects.filter(rules__contains=["id_number_shared"])
    assert set(shared.values_list("plot", flat=True)) == {one.pk, two.pk}
    by = factories.make_user()
    applied = correct(person, by, id_number_raw="024075999999")
    assert not shared.exists()
    changes.undo(applied, by=by)
    assert set(shared.values_list("plot", flat=True)) == {one.pk, two.pk}


def test_a_corrected_address_brings_its_village_along() -> None:
    person = factories.make_land_user(factories.make_commune(), address_raw="Thôn Đông")
    reviewer = factories.make_user(Role.REVIEWER)
    wanted = [FieldChange(person, "address_raw", "Thôn Đoài")]
    change_set = changes.apply(changes.plan(ChangeSet.Kind.CORRECTION, wanted, by=reviewer), by=reviewer)
    person.refresh_from_db()
    assert person.village_fold == "doai"
    changes.undo(change_set, by=reviewer)
    person.refresh_from_db()
    assert person.village_fold == "dong"


def test_a_corrected_address_brings_its_commune_along() -> None:
    here = factories.make_commune()
    there = factories.make_commune(code="09208", name="Xã Tam Đa", short_name="Tam Đa")
    person = factories.make_land_user(here, address_raw="Thôn Đông")
    before, by = stored(person), factories.make_user()
    first = correct(person, by, address_raw="Thôn Đông, xã Tam Đa, huyện Yên Phong, tỉnh Bắc Ninh")
    person.refresh_from_db()
    assert (person.commune, person.former_commune, person.village) == (there, "09199", "Thôn Đông")
    assert changes.undo(first, by=by) == []
    assert stored(person) == before
    person.refresh_from_db()
    correct(person, by, address_raw="Thôn Quan Hậu")
    person.refresh_from_db()
    assert (person.commune, person.village) == (here, "Thôn Quan Hậu")
