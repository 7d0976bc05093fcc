"""Beside the evidence: papers, map and the last of the history, within the reader's territory."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from landdb.models import AccessLog, Role
from parcels.models import Holding, Scan
from reconciliation.actions import matches
from reconciliation.models import CorrectionBatch, Decision
from tests import factories
from tests.actions.cast import Case, make_case

from .timeline_cast import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case(plots=2)


def beside(case: Case) -> str:
    return f"/land-users/{case.land_user.pk}/beside/"


def test_the_desk_asks_for_it_when_it_comes_into_view(visit, case) -> None:
    officer = factories.make_user(Role.REVIEWER, commune=case.commune)
    shown = visit(officer).get(f"/land-users/{case.land_user.pk}/").content.decode()
    assert f'hx-get="{beside(case)}" hx-trigger="intersect once"' in shown


def test_it_names_the_papers_the_first_plot_and_what_happened_last(visit, case) -> None:
    officer = factories.make_user(Role.REVIEWER, commune=case.commune)
    matches.decide(
        case.match, Decision.Kind.UNSURE, by=officer, reason="hỏi thôn", seen=matches.stamp(case.match)
    )
    certificate = Holding.objects.filter(land_user=case.land_user).first().certificate
    Scan.objects.create(certificate=certificate, commune=case.commune, file_name="GCN-0001.pdf", kind="GCN")
    shown = visit(officer).get(beside(case)).content.decode()
    assert str(certificate) in shown
    assert "GCN-0001.pdf" in shown
    assert case.plots[0].long_number in shown
    assert '<svg class="map"' in shown
    assert "Chưa rõ" in shown
    assert officer.full_name in shown


def test_a_line_out_of_a_workbook_names_it_with_the_row_and_who_passed_it_on(visit, case) -> None:
    officer = factories.make_user(Role.REVIEWER, commune=case.commune)
    upload(case, officer)
    lines = visit(officer).get(beside(case)).context["lines"]
    told = {line.title: line.by for line in lines}
    assert told[f"Từ biểu {CorrectionBatch.objects.get().pk} (bieu-xa.xlsx), dòng 48"] == officer.full_name


def test_the_first_page_of_a_scan_stands_beside_the_evidence(visit, case) -> None:
    officer = factories.make_user(Role.REVIEWER, commune=case.commune)
    certificate = Holding.objects.filter(land_user=case.land_user).first().certificate
    kept = Scan.objects.create(
        certificate=certificate, commune=case.commune, file_name="GCN-0001.pdf", kind="GCN", stored="ab/c.pdf"
    )
    named = Scan.objects.create(certificate=certificate, commune=case.commune, file_name="GCN-0002.pdf")
    shown = visit(officer).get(beside(case)).content.decode()
    assert f'src="/scans/files/{kept.pk}/preview/" loading="lazy"' in shown
    assert f'href="/scans/files/{kept.pk}/"' in shown
    assert f"/scans/files/{named.pk}/" not in shown


def test_papers_and_plots_of_another_territory_are_left_out(visit, case) -> None:
    elsewhere = factories.make_commune()
    plot = factories.make_drawn_plot(elsewhere)
    paper = factories.make_certificate(elsewhere)
    factories.make_holding(plot, land_user=case.land_user, certificate=paper)
    there = factories.make_user(Role.REVIEWER, commune=elsewhere)
    shown = visit(there).get(beside(case)).content.decode()
    assert plot.long_number in shown
    assert case.plots[0].long_number not in shown
    stranger = factories.make_user(Role.REVIEWER, commune=factories.make_commune())
    assert visit(stranger).get(beside(case)).status_code == 404


def test_it_is_the_same_look_as_that_of_the_desk(visit, case) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=case.commune))
    client.get(f"/land-users/{case.land_user.pk}/")
    looks = AccessLog.objects.count()
    client.get(beside(case))
    assert AccessLog.objects.count() == looks


def test_it_asks_as_many_questions_for_a_land_user_of_many_plots(visit) -> None:
    counted = []
    for n in (2, 6):
        case = make_case(plots=n, number=f"02417512345{n}")
        client = visit(factories.make_user(Role.REVIEWER, commune=case.commune))
        client.get(beside(case))
        with CaptureQueriesContext(connection) as captured:
            client.get(beside(case))
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 10
