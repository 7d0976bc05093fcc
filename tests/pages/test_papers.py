"""Certificates with their scans beside an evidence: which, in which order, and what is said of each."""

from __future__ import annotations

import datetime as dt

import pytest

from landdb.models import Role
from parcels.models import Certificate, Scan
from reconciliation.web import papers
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    return factories.make_commune()


@pytest.fixture
def plot(commune):
    return factories.make_plot(commune)


def held(plot, land_user=None, **fields) -> Certificate:
    """A certificate without scans that a holding of the plot names."""
    paper = factories.make_certificate(plot.commune, scanned=False, **fields)
    factories.make_holding(plot, land_user=land_user, certificate=paper)
    return paper


def test_the_newest_come_first_with_their_scans_and_no_more_than_asked_for(commune, plot) -> None:
    days = [dt.date(1999, 5, 1), dt.date(2020, 5, 1), dt.date(2010, 5, 1)]
    oldest, newest, middle = (held(plot, issued_on=day) for day in days)
    names = ["a.pdf", "b.pdf"]
    for name in names:
        Scan.objects.create(certificate=newest, commune=commune, file_name=name, kind="GCN", stored=name[:1])
    shown = papers.of_plot(factories.make_user(Role.REVIEWER), plot.pk, 2)
    assert [paper.pk for paper in shown] == [newest.pk, middle.pk]
    assert [(scan.file_name, scan.kind, scan.is_stored) for scan in shown[0].scans] == [
        (name, "Giấy chứng nhận", True) for name in names
    ]
    assert shown[1].scans == []
    assert len(papers.of_plot(factories.make_user(Role.REVIEWER), plot.pk, 9)) == 3
    assert oldest.pk not in {paper.pk for paper in shown}


def test_a_paper_that_is_not_valid_any_more_says_so(plot) -> None:
    person = factories.make_land_user(plot.commune)
    held(plot, person, state=Certificate.State.REVOKED, serial="", serial_raw="AB 12?")
    (shown,) = papers.of_land_user(factories.make_user(Role.REVIEWER), person.pk, 3)
    assert (str(shown), shown.flaw) == ("AB 12?", "Đã thu hồi")


def test_papers_of_another_territory_are_left_out(plot) -> None:
    person = factories.make_land_user(plot.commune)
    held(plot, person)
    here = factories.make_user(Role.REVIEWER, commune=plot.commune)
    elsewhere = factories.make_user(Role.REVIEWER, commune=factories.make_commune())
    for shown_to, n in ((here, 1), (elsewhere, 0)):
        assert len(papers.of_land_user(shown_to, person.pk, 3)) == n
        assert len(papers.of_plot(shown_to, plot.pk, 3)) == n
