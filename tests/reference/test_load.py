from __future__ import annotations

import json
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

import parcels.reference
from landdb.models import AdminUnit, AdminUnitName, RegistrationOffice
from landdb.reference import units
from landdb.reference.gazetteer import commune_ids, gazetteer
from parcels.models import LandUseCode, OriginCode

pytestmark = pytest.mark.django_db


def test_99_communes_have_an_office_and_313_predecessors_lead_to_them() -> None:
    units.load()
    today = AdminUnit.objects.in_force()
    assert today.count() == 99
    assert Counter(today.values_list("office__code", flat=True)) == {"VP1": 41, "VP2": 58}
    assert AdminUnit.objects.former().count() == 313
    assert set(AdminUnit.objects.former().values_list("successor__code", flat=True)) == set(
        today.values_list("code", flat=True)
    )
    assert AdminUnit.objects.in_force(date(2025, 6, 30)).former().count() == 313


def test_loading_again_changes_nothing() -> None:
    def say() -> dict[str, dict[str, int]]:
        out = StringIO()
        call_command("load_reference", "--json", stdout=out)
        found: dict[str, dict[str, int]] = json.loads(out.getvalue())
        return found

    first, second = say(), say()
    assert all(count["new"] > 0 for count in first.values())
    assert all(count["new"] == count["changed"] == 0 for count in second.values())
    assert {name: count["new"] for name, count in first.items()} == {
        name: count["unchanged"] for name, count in second.items()
    }


def test_a_commune_became_a_ward_on_20_september_2026_and_keeps_its_id() -> None:
    units.load(on=date(2026, 9, 19))
    before = Counter(AdminUnit.objects.in_force().values_list("kind", flat=True))
    ids = dict(AdminUnit.objects.in_force().values_list("code", "pk"))
    counts = units.load(on=date(2026, 9, 20))
    after = Counter(AdminUnit.objects.in_force().values_list("kind", flat=True))
    assert (before["ward"], after["ward"]) == (33, 45)
    assert counts["communes"].new == 0
    assert dict(AdminUnit.objects.in_force().values_list("code", "pk")) == ids
    renamed = AdminUnitName.objects.filter(valid_from=date(2026, 9, 20))
    assert renamed.count() == 12
    for name in renamed:
        old = AdminUnitName.objects.exclude(pk=name.pk).get(unit=name.unit)
        assert old.valid_to == date(2026, 9, 19)


def test_loads_that_were_rolled_back_use_up_no_ids() -> None:
    for _time in range(2):
        with transaction.atomic():
            units.load()
            assert AdminUnit.objects.order_by("-pk").values_list("pk", flat=True)[0] == 412
            transaction.set_rollback(True)


def test_a_hand_changed_row_is_mended_and_others_stay() -> None:
    units.load()
    RegistrationOffice.objects.filter(code="VP1").update(name="?")
    counts = units.load()
    assert (counts["offices"].changed, counts["offices"].unchanged) == (1, 1)


def test_an_older_name_belongs_to_the_unit_that_took_it_in() -> None:
    units.load()
    name = AdminUnitName.objects.get(name="Phường Trần Nguyên Hãn")
    assert (name.unit.name, name.valid_to) == ("Phường Ngô Quyền", date(2024, 12, 31))


def test_codes_have_the_days_of_their_circular() -> None:
    parcels.reference.load()
    assert LandUseCode.objects.count() == 111
    lua, hnk, bhk, dropped = (LandUseCode.objects.get(pk=code) for code in ("LUA", "HNK", "BHK", "RST"))
    assert (lua.valid_from, lua.valid_to, lua.is_leaf) == (None, None, False)
    assert hnk.valid_to is None
    assert (bhk.valid_to, bhk.successors) == (date(2024, 7, 31), "HNK")
    assert dropped.valid_to == date(2014, 7, 16)
    assert OriginCode.objects.count() == 28
    assert not OriginCode.objects.get(pk="CNQ").is_transfer


def test_the_gazetteer_and_the_ids_know_every_commune() -> None:
    units.load()
    assert len(commune_ids()) == 99
    found = gazetteer().find("Xã Đồng Tiến", "Huyện Hiệp Hòa")
    assert commune_ids()[found.code] == AdminUnit.objects.in_force().get(code="07822").pk
