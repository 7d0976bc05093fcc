"""A whole run is followed by the search for entries that are one person; merged ones take no part in it."""

from __future__ import annotations

import pytest

from landdb.jobs import engine
from landdb.models import Job
from reconciliation.models import Duplicate, Verification

from .cast import commune, crowd, land_user, resident, whole_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def entries():
    unit = commune()
    crowd(50, unit)
    known = resident("Đặng Thị Duyên", "12/03/1975", "027175000123", sex="Nữ", unit=unit)
    return [
        land_user(known.name, "12/03/1975", known.id_number, sex="Nữ", unit=unit),
        land_user(known.name, "1975", known.id_number, unit=unit),
        land_user("Ngô Xuân Bách", "1960", unit=unit),
    ]


def test_after_a_whole_run_it_is_found_who_is_recorded_twice(entries) -> None:
    whole_run()
    job = Job.objects.get(kind="duplicates")
    while engine.step(job.pk):
        pass
    job.refresh_from_db()
    first, second, _other = entries
    assert Duplicate.objects.open().get().members == [first.pk, second.pk]
    assert job.result["duplicates"] == {"person": 1}


def test_a_merged_entry_has_no_outcome_after_a_whole_run(entries) -> None:
    first, second, other = entries
    second.merged_into = first
    second.save()
    job = whole_run()
    assert set(Verification.objects.values_list("land_user", flat=True)) == {first.pk, other.pk}
    assert job.result["land_users"] == 2
    assert not Duplicate.objects.exists()
