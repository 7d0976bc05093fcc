"""An extract of which nobody told the day says the day of receipt instead."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from citizens.models import RegistryExtract, Resident
from landdb.models import ReceivedFile
from reconciliation import matching
from tests import factories
from tests.actions.cast import Case, make_case

from .extract_cast import birth_changed, change, decide, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case(plots=2)


class TestAnExtractOfNoKnownDay:
    """Where nobody told the day of its data, every page says the day of receipt, and that it is one."""

    RECEIVED = "nhận ngày 15/11/2026"

    def undated(self, case: Case, kind: str, **values: Any) -> RegistryExtract:
        extract = change(case.match.resident, kind, **values)
        RegistryExtract.objects.filter(pk=extract.pk).update(extracted_on=None)
        received = dt.datetime(2026, 11, 15, 3, tzinfo=dt.UTC)
        ReceivedFile.objects.filter(extract=extract).update(received_at=received)
        return extract

    def test_the_list_and_the_pages_of_extracts_say_it(self, client: Client, case: Case) -> None:
        extract = self.undated(case, "sex")
        enter(client, case)
        assert f"{self.RECEIVED}</td>" in client.get("/extracts/").content.decode()
        shown = client.get(f"/extracts/{extract.pk}/").content.decode()
        assert f"Bản trích {self.RECEIVED}" in shown
        after = factories.make_extract(extracted_on=dt.date(2026, 11, 20))
        shown = client.get(f"/extracts/{after.pk}/").content.decode()
        assert "Bản trích ngày 20/11/2026" in shown
        assert f"lần trước: {self.RECEIVED}" in shown

    def test_the_page_of_a_match_says_it(self, client: Client, case: Case) -> None:
        decide(case)
        enter(client, case)
        page = f"/land-users/{case.land_user.pk}/"
        extract = self.undated(case, "died", status="deceased", died_on=dt.date(2026, 4, 3))
        Resident.objects.filter(pk=case.match.resident_id).update(absent_since=extract)
        matching.refresh([case.land_user.pk])
        shown = client.get(page).content.decode()
        assert f"Đã mất ngày 03/04/2026, theo bản trích {self.RECEIVED}." in shown
        assert f"không còn trong bản trích toàn bộ {self.RECEIVED};" in shown

    def test_what_opened_a_word_again_says_it(self, client: Client, case: Case) -> None:
        decide(case)
        extract = birth_changed(case)
        RegistryExtract.objects.filter(pk=extract.pk).update(extracted_on=None)
        matching.refresh([case.land_user.pk])
        shown = enter(client, case).get(f"/land-users/{case.land_user.pk}/").content.decode()
        assert f"bản trích nhận ngày {timezone.localdate():%d/%m/%Y}" in shown
