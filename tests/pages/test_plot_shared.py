"""The page of a plot names the other records with which it shares what a rule across records finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from landdb.models import AdminUnit, Role
from parcels.models import Certificate, LandUser, Plot
from reconciliation import classification
from reconciliation.models import Finding, GroupMove, PairWord, Verification
from reconciliation.web.plot_shared import MOST, Other, Shared
from tests import factories as make

from .test_plans import by_index_alone

pytestmark = pytest.mark.django_db

NUMBER = "024175123456"


def judged(plot: Plot) -> Plot:
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    return plot


def holder(plot: Plot) -> LandUser:
    return LandUser.objects.get(holdings__plot=plot)


def paper(plot: Plot) -> Certificate:
    return Certificate.objects.get(holdings__plot=plot)


def same_place(plot: Plot, unit: AdminUnit) -> str:
    other = make.make_plot(plot.commune, sheet=plot.sheet, number=plot.number)
    return f"/plots/{other.pk}/"


def same_code(plot: Plot, unit: AdminUnit) -> str:
    return f"/plots/{make.make_plot(unit, code=plot.code).pk}/"


def same_number(plot: Plot, unit: AdminUnit) -> str:
    LandUser.objects.filter(pk=holder(plot).pk).update(id_number=NUMBER, id_kind="citizen")
    other = make.make_land_user(unit, name_raw="Đỗ Thị Khác", id_number_raw=NUMBER)
    return f"/land-users/{other.pk}/"


def same_resident(plot: Plot, unit: AdminUnit) -> str:
    other = make.make_land_user(unit, name_raw="Đỗ Thị Khác")
    make.make_verification(other, resident=holder(plot).verification.resident)
    return f"/land-users/{other.pk}/"


def same_serial(plot: Plot, unit: AdminUnit) -> str:
    return f"/certificates/{make.make_certificate(unit, serial=paper(plot).serial).pk}/timeline/"


def on_a_retired_plot(plot: Plot, unit: AdminUnit) -> str:
    gone = make.make_plot(unit, state=Plot.State.RETIRED)
    make.make_holding(gone, None, paper(plot))
    return f"/plots/{gone.pk}/"


def second_certificate(plot: Plot, unit: AdminUnit) -> str:
    other = make.make_certificate(plot.commune)
    make.make_holding(plot, make.make_land_user(plot.commune, name_raw="Đỗ Thị Khác"), other)
    return f"/certificates/{other.pk}/timeline/"


SHARES: dict[str, Callable[[Plot, AdminUnit], str]] = {
    "plot_duplicated": same_place,
    "plot_code_shared": same_code,
    "id_number_shared": same_number,
    "holder_duplicated": same_resident,
    "serial_shared": same_serial,
    "retired_plot_in_use": on_a_retired_plot,
    "certificates_conflict": second_certificate,
}
ELSEWHERE = sorted(set(SHARES) - {"plot_duplicated", "certificates_conflict"})


def told(client: Client, plot: Plot, rule: str) -> Shared | None:
    shared: dict[int, Shared] = client.get(f"/plots/{plot.pk}/").context["shared"]
    finding = Finding.objects.standing().filter(plot=plot, rule=rule).first()
    return shared.get(finding.pk) if finding else None


@pytest.mark.parametrize("rule", sorted(SHARES))
def test_the_other_record_is_named_and_linked(client: Client, rule: str) -> None:
    plot = make.make_ready_plot()
    client.force_login(make.make_user(Role.REVIEWER))
    assert told(client, judged(plot), rule) is None
    href = SHARES[rule](plot, plot.commune)
    found = told(client, judged(plot), rule)
    assert found is not None
    assert href in [other.href for other in found.others]
    assert f'href="{href}"' in client.get(f"/plots/{plot.pk}/").content.decode()


@pytest.mark.parametrize("rule", ELSEWHERE)
def test_of_a_record_outside_the_territory_nothing_but_the_commune_is_told(client: Client, rule: str) -> None:
    plot, unit = make.make_ready_plot(), make.make_commune()
    href = SHARES[rule](plot, unit)
    client.force_login(make.make_user(Role.REVIEWER, commune=plot.commune))
    found = told(client, judged(plot), rule)
    assert found == Shared([Other("", "", unit, False)], False)
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert f"một hồ sơ khác ở {unit}" in page
    assert href not in page
    assert "Đỗ Thị Khác" not in page
    client.force_login(make.make_user(Role.REVIEWER))
    assert f'href="{href}"' in client.get(f"/plots/{plot.pk}/").content.decode()


def test_a_person_is_named_without_the_number_and_linked_only_for_those_who_may_open_people(
    client: Client,
) -> None:
    plot = make.make_ready_plot()
    same_number(plot, plot.commune)
    judged(plot)
    client.force_login(make.make_user(Role.MANAGER))
    found = told(client, plot, "id_number_shared")
    assert found is not None
    assert [(other.name, other.href) for other in found.others] == [("Đỗ Thị Khác", "")]
    assert NUMBER not in client.get(f"/plots/{plot.pk}/").content.decode()


def test_beyond_twenty_it_says_that_there_are_more(client: Client) -> None:
    plot = make.make_ready_plot()
    for _n in range(MOST + 2):
        make.make_plot(plot.commune, sheet=plot.sheet, number=plot.number)
    client.force_login(make.make_user(Role.REVIEWER))
    found = told(client, judged(plot), "plot_duplicated")
    assert found is not None
    assert (len(found.others), found.has_more) == (MOST, True)
    assert "và còn nữa" in client.get(f"/plots/{plot.pk}/").content.decode()


def test_two_entries_of_which_somebody_said_that_they_are_two_people_are_not_named(client: Client) -> None:
    plot = make.make_ready_plot()
    same_resident(plot, plot.commune)
    judged(plot)
    third = make.make_land_user(plot.commune, name_raw="Lê Thị Ba")
    make.make_verification(third, resident=holder(plot).verification.resident)
    PairWord.objects.create(first=holder(plot), second=third, state="apart")
    client.force_login(make.make_user(Role.REVIEWER))
    found = told(client, plot, "holder_duplicated")
    assert found is not None
    assert [other.name for other in found.others] == ["Đỗ Thị Khác"]


def test_they_are_found_by_an_index(client: Client) -> None:
    plot = make.make_ready_plot()
    for share in (same_place, same_code, same_number, same_resident, same_serial, on_a_retired_plot):
        share(plot, plot.commune)
    judged(plot)
    assert Verification.objects.filter(land_user=holder(plot)).exists()
    for user in (make.make_user(Role.REVIEWER), make.make_user(Role.REVIEWER, commune=plot.commune)):
        client.force_login(user)
        with by_index_alone():
            assert client.get(f"/plots/{plot.pk}/").status_code == 200
