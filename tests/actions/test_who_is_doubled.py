"""Which entries are found to be one person, and which number is several people's."""

from __future__ import annotations

from typing import Any

import pytest

from reconciliation import duplicates
from reconciliation.actions import changes
from reconciliation.models import (
    Duplicate,
    Verification,
)
from tests import factories

from .cast import make_resident
from .duplicate_cast import NUMBER, entry, groups, merge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("easily_sure")]


class TestWhoIsFound:
    def test_people_who_share_nothing_are_left_alone(self, commune) -> None:
        entry(commune)
        entry(commune, "Trần Văn Bách", "1980", "024080000001", sex_raw="Nam")
        assert groups() == []

    @pytest.mark.parametrize("name", ["Nguyễn Thị Duyên", "NGUYEN THI DUYEN", "Nguyễn Thị Duyênn"])
    def test_the_same_number_and_an_agreeing_name_are_one_person(self, commune, name: str) -> None:
        first, second = entry(commune), entry(factories.make_commune(), name, "1975")
        assert groups() == [("person", "number", [first.pk, second.pk])]

    def test_the_same_number_under_another_name_is_not_one_person(self, commune) -> None:
        first, second = entry(commune), entry(commune, "Trần Văn Bách", sex_raw="Nam")
        assert groups() == [("number", "names", [first.pk, second.pk])]

    def test_one_resident_is_one_person_however_the_entries_differ(self, commune) -> None:
        resident = make_resident("Nguyễn Thị Duyên", "12/03/1975", NUMBER, commune=commune)
        first = entry(commune)
        second = entry(commune, "Nguyễn Thị Duyên", "12/03/1975", "")
        assert set(Verification.objects.values_list("resident", flat=True)) == {resident.pk}
        assert groups() == [("person", "resident", [first.pk, second.pk])]

    def test_without_a_number_the_full_birth_date_in_one_commune_tells(self, commune) -> None:
        first, second = entry(commune, number=""), entry(commune)
        entry(factories.make_commune(), number="")
        assert groups() == [("person", "birth", [first.pk, second.pk])]

    def test_a_year_and_a_village_are_only_worth_a_look(self, commune) -> None:
        first, second = entry(commune, birth="1975", number=""), entry(commune, birth="1975")
        found = Duplicate.objects.open().get()
        assert (found.why, found.members, found.is_weak) == ("village", [first.pk, second.pk], True)

    @pytest.mark.parametrize(
        "other",
        [
            {"number": "024175999999"},
            {"sex_raw": "Nam"},
            {"birth": "13/03/1975"},
            {"birth": "1976"},
            {"address_raw": "Thôn Thượng", "birth": "1975"},
        ],
    )
    def test_what_contradicts_is_not_put_together(self, commune, other: dict[str, Any]) -> None:
        entry(commune)
        entry(commune, **({"number": "", "birth": "12/03/1975"} | other))
        assert groups() == []

    def test_a_weak_link_does_not_widen_a_strong_group(self, commune) -> None:
        first, second = entry(commune), entry(commune)
        third = entry(commune, birth="1975", number="")
        assert groups() == [("person", "number", [first.pk, second.pk])]
        merge(Duplicate.objects.get(), first, [second], factories.make_user())
        assert groups() == [("person", "village", [first.pk, third.pk])]

    def test_the_whole_register_comes_to_the_same_groups_and_twice_changes_nothing(self, commune) -> None:
        for name, number in (("Nguyễn Thị Duyên", NUMBER), ("Lê Thị Hoà", ""), ("Trần Thị Mai", NUMBER)):
            entry(commune, name, number=number)
            entry(commune, name, number=number)
        found = groups()
        rows = list(Duplicate.objects.order_by("pk").values())
        assert len(found) == 4
        done = duplicates.refresh_all()
        assert (done["added"], done["changed"], done["cleared"], done["settled"]) == (0, 0, 0, 0)
        assert list(Duplicate.objects.order_by("pk").values()) == rows
        Duplicate.objects.all().delete()
        assert duplicates.refresh_all()["added"] == 4
        assert sorted(groups()) == sorted(found)

    def test_a_correction_dissolves_a_group(self, commune, reviewer) -> None:
        first, second = entry(commune), entry(commune)
        wanted = [changes.FieldChange(second, "id_number_raw", "024175999999")]
        change_set = changes.plan("correction", wanted, by=reviewer)
        changes.apply(change_set, by=reviewer)
        assert groups() == []
        changes.undo(change_set, by=reviewer)
        assert groups() == [("person", "number", [first.pk, second.pk])]
