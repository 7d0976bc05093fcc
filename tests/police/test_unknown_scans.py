"""A scan of which nobody knows whose it is, is linked by hand or set aside, and either can be taken back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from landdb.models import AccessLog, Role
from parcels.models import Scan
from reconciliation import classification
from reconciliation.actions import scan_links, scans
from reconciliation.demo import scanned
from reconciliation.models import ChangeSet, GroupMove, PlotStatus, ScanArrival
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def plot():
    """A plot that wants nothing but the scan of its certificate."""
    plot = factories.make_ready_plot()
    paper_of(plot).scans.all().delete()
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    return plot


@pytest.fixture
def official(plot):
    return factories.make_user(Role.COMMUNE_OFFICIAL, commune=plot.commune)


@pytest.fixture
def scan(plot, official) -> Scan:
    return arrived(plot.commune, official, "anh chup.pdf")


def arrived(commune, by, name: str, content: bytes | None = None) -> Scan:
    file = SimpleUploadedFile(name, content or scanned.pdf(name, is_signed=True))
    arrival = scans.receive([file], commune, by=by)
    for portion in scans.portions(arrival):
        scans.match(arrival, *portion)
    scans.finish(arrival.pk)
    return Scan.objects.latest("pk")


def paper_of(plot):
    return plot.holdings.get().certificate


def group_of(plot) -> int:
    return PlotStatus.objects.get(plot=plot).group


def linked(client, scan, paper):
    return client.post(f"/scans/unknown/{scan.pk}/link/", {"certificate": paper.pk}, follow=True)


def test_it_is_found_by_serial_linked_with_one_click_and_the_plot_moves(visit, plot, official, scan) -> None:
    client, paper = visit(official), paper_of(plot)
    assert "anh chup.pdf" in client.get("/scans/unknown/").content.decode()
    found = client.post(f"/scans/unknown/{scan.pk}/", {"serial": paper.serial}, follow=True)
    assert paper.serial not in found.request["QUERY_STRING"]
    assert paper.serial in found.content.decode()
    assert group_of(plot) == 2
    page = linked(client, scan, paper).content.decode()
    assert f"Đã gắn anh chup.pdf với giấy {paper}" in page
    scan.refresh_from_db()
    assert (scan.certificate, scan.is_linked, group_of(plot)) == (paper, True, 1)
    assert "Không còn bản quét nào chưa biết" in page
    arrival = ScanArrival.objects.get()
    assert "đã gắn bằng tay" in client.get(f"/scans/{arrival.pk}/").content.decode()


def test_it_is_found_by_the_last_digits_or_by_sheet_and_plot_and_by_too_little_it_is_not_sought(
    visit, plot, official, scan
) -> None:
    client, paper, address = visit(official), paper_of(plot), f"/scans/unknown/{scan.pk}/"
    for typed in ({"serial": paper.serial[-5:]}, {"sheet": plot.sheet, "number": plot.number}):
        assert f'value="{paper.pk}"' in client.post(address, typed, follow=True).content.decode()
    for too_little in ({"serial": "12"}, {"sheet": plot.sheet}, {}):
        answer = client.post(address, too_little)
        assert answer.status_code == 422
        assert "ít nhất 4 chữ số cuối" in answer.content.decode()


def test_what_its_name_says_is_sought_at_once(visit, plot, official) -> None:
    twin = factories.make_certificate(plot.commune, serial=paper_of(plot).serial, scanned=False)
    several = arrived(plot.commune, official, f"{twin.serial}-GCN.pdf")
    page = visit(official).get(f"/scans/unknown/{several.pk}/").content.decode()
    assert f'value="{twin.pk}"' in page
    assert f'value="{paper_of(plot).pk}"' in page


def test_taken_back_nobody_knows_it_again_and_the_plot_is_where_it_was(visit, plot, official, scan) -> None:
    client = visit(official)
    linked(client, scan, paper_of(plot))
    said = ChangeSet.objects.get(kind=ChangeSet.Kind.SCAN)
    answer = client.post(f"/scans/placed/{said.pk}/undo/")
    assert answer.url == f"/scans/unknown/{scan.pk}/"
    scan.refresh_from_db()
    assert (scan.certificate, scan.is_linked, group_of(plot)) == (None, False, 2)
    again = client.post(f"/scans/placed/{said.pk}/undo/", follow=True).content.decode()
    assert "đã được hoàn tác" in again


def test_what_is_no_certificate_is_set_aside_with_a_reason_and_comes_back(visit, official, scan) -> None:
    client, address = visit(official), f"/scans/unknown/{scan.pk}/set-aside/"
    client.post(address, {"reason": ""})
    scan.refresh_from_db()
    assert scan.set_aside == ""
    client.post(address, {"reason": "ảnh chụp nhầm"})
    scan.refresh_from_db()
    assert scan.set_aside == "ảnh chụp nhầm"
    assert not scan_links.unknown(official).exists()
    page = client.get("/scans/unknown/").content.decode()
    assert "ảnh chụp nhầm" in page
    client.post(f"/scans/placed/{ChangeSet.objects.get().pk}/undo/")
    assert list(scan_links.unknown(official)) == [scan]


def test_the_second_of_two_people_is_told_what_the_first_said(visit, plot, official, scan) -> None:
    other = factories.make_user(Role.COMMUNE_OFFICIAL, commune=plot.commune)
    linked(visit(official), scan, paper_of(plot))
    another = factories.make_certificate(plot.commune, serial="CE 654321", scanned=False)
    told = f"{official.full_name} đã gắn anh chup.pdf với giấy {paper_of(plot)}"
    assert told in linked(visit(other), scan, another).content.decode()
    late = visit(other).post(f"/scans/unknown/{scan.pk}/set-aside/", {"reason": "nhầm"}, follow=True)
    assert told in late.content.decode()
    scan.refresh_from_db()
    assert (scan.certificate, scan.set_aside) == (paper_of(plot), "")
    said = ChangeSet.objects.get(kind=ChangeSet.Kind.SCAN)
    assert visit(other).post(f"/scans/placed/{said.pk}/undo/").status_code == 403


def test_nobody_of_another_commune_sees_links_sets_aside_or_takes_back(visit, plot, official, scan) -> None:
    elsewhere = factories.make_commune()
    outsider = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=elsewhere))
    theirs = factories.make_certificate(elsewhere, serial="CE 654321", scanned=False)
    assert "anh chup" not in outsider.get("/scans/unknown/").content.decode()
    for address in (f"/scans/unknown/{scan.pk}/", f"/scans/files/{scan.pk}/preview/"):
        assert outsider.get(address).status_code == 404
    assert linked(outsider, scan, theirs).status_code == 404
    assert outsider.post(f"/scans/unknown/{scan.pk}/set-aside/", {"reason": "nhầm"}).status_code == 404
    assert linked(visit(official), scan, theirs).status_code == 404
    # Nor does the office bind a scan to a paper of another commune.
    reviewer = visit(factories.make_user(Role.REVIEWER))
    assert linked(reviewer, scan, theirs).status_code == 404
    found = reviewer.post(f"/scans/unknown/{scan.pk}/", {"serial": theirs.serial}, follow=True)
    assert "Không có giấy nào như vậy" in found.content.decode()
    linked(visit(official), scan, paper_of(plot))
    said = ChangeSet.objects.get(kind=ChangeSet.Kind.SCAN)
    assert outsider.post(f"/scans/placed/{said.pk}/undo/").status_code == 404
    assert visit(factories.make_user(Role.MANAGER)).get("/scans/unknown/").status_code == 403
    auditor = visit(factories.make_user(Role.AUDITOR))
    assert auditor.get("/scans/unknown/").status_code == 200
    assert auditor.get(f"/scans/unknown/{scan.pk}/").status_code == 403


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "PDF"])
def test_its_first_page_is_shown_as_a_picture_and_the_look_is_logged(
    visit, plot, official, kind: str
) -> None:
    suffix = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif", "PDF": "pdf"}[kind]
    scan = arrived(plot.commune, official, f"anh.{suffix}", scanned.picture(kind))
    shown = visit(official).get(f"/scans/files/{scan.pk}/preview/")
    assert (shown["Content-Type"], shown.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert AccessLog.objects.filter(subject="scan", subject_id=scan.pk, user=official).count() == 1


def test_a_typed_pdf_has_no_picture_and_the_page_says_so(visit, official, scan) -> None:
    shown = visit(official).get(f"/scans/files/{scan.pk}/preview/")
    assert shown["Content-Type"] == "image/svg+xml"
    assert "Không có ảnh xem trước" in shown.content.decode()


def test_one_that_came_again_under_a_good_name_is_unknown_no_more(plot, official, scan) -> None:
    content = scanned.pdf("anh chup.pdf", is_signed=True)
    arrived(plot.commune, official, f"{paper_of(plot).serial}-GCN.pdf", content)
    assert not scan_links.unknown(official).exists()


def test_one_that_came_twice_still_says_why_it_is_unknown(visit, plot, official, scan) -> None:
    content = scanned.pdf("anh chup.pdf", is_signed=True)
    arrived(plot.commune, official, "anh chup lan hai.pdf", content)
    page = visit(official).get("/scans/unknown/").content.decode()
    assert "Tên tệp không có số phát hành" in page
    assert "Đã có từ trước" not in page
