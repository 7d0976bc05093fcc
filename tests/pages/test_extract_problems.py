"""The cells of an extract that could not be read are counted and listed where its changes are."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from citizens.models import RegistryExtract
from landdb.models import Role, RowProblem
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def extract() -> RegistryExtract:
    made = factories.make_extract()
    for row, column, code, value in (
        (2, "cccd", "cccd_unreadable", "027171000001; 027 171 000 002"),
        (3, "dob", "dob_unreadable", "31/02/1980"),
        (4, "dob", "dob_unreadable", "abc"),
    ):
        RowProblem.objects.create(
            file=made.file, level="warning", row=row, column=column, code=code, value=value
        )
    RowProblem.objects.create(
        file=made.file, level="rejected", row=5, column="full_name", code="cell_too_long", value="Lê Tư Lê"
    )
    return made


def test_the_list_counts_them_beside_the_rows_turned_away(
    client: Client, extract: RegistryExtract, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get("/extracts/")
    assert [(line.pk, n, is_more) for line, n, is_more in page.context["extracts"]] == [
        (extract.pk, 3, False)
    ]
    assert "Cần xem" in page.content.decode()
    monkeypatch.setattr("reconciliation.web.row_problems.MOST_KEPT", 3)
    assert "≥ 3</td>" in client.get("/extracts/").content.decode()


def test_the_page_lists_each_with_its_mend_and_narrows_by_cause(
    client: Client, extract: RegistryExtract
) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get(f"/extracts/{extract.pk}/")
    shown = page.content.decode()
    assert len(page.context["problems"]) == 4
    assert "31/02/1980" in shown
    assert "ghi ngày sinh có thật theo dạng ngày/tháng/năm" in shown
    assert "02717" not in shown
    assert "171 000 002" not in shown
    assert "Lê Tư Lê" in shown
    narrowed = client.get(f"/extracts/{extract.pk}/?cause=dob_unreadable").context["problems"]
    assert [each.row for each in narrowed] == [3, 4]


def test_it_speaks_the_language_of_who_reads(client: Client, extract: RegistryExtract) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    call_command("compile_catalogues", verbosity=0)
    trans_real._translations.pop("en", None)  # type: ignore[attr-defined]
    client.cookies["django_language"] = "en"
    # A request leaves its language behind in the thread; the tests after this one read Vietnamese.
    with translation.override("vi"):
        shown = client.get(f"/extracts/{extract.pk}/").content.decode()
    assert "date of birth cannot be read" in shown
    assert "write one identity number of 12 digits" in shown


def test_an_administrator_mends_cells_without_reading_names(client: Client, extract: RegistryExtract) -> None:
    client.force_login(factories.make_user(Role.ADMINISTRATOR))
    shown = client.get(f"/extracts/{extract.pk}/").content.decode()
    assert "31/02/1980" in shown
    assert "Lê Tư Lê" not in shown


def test_who_has_one_commune_alone_sees_no_rows_of_others(client: Client, extract: RegistryExtract) -> None:
    commune = factories.make_commune()
    client.force_login(factories.make_user(Role.REVIEWER, commune=commune))
    page = client.get(f"/extracts/{extract.pk}/")
    assert "problems" not in page.context
    assert "31/02/1980" not in page.content.decode()
