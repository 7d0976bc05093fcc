"""Scans find their certificate by the habits of their names, and nobody else's eyes."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from landdb.models import AccessLog, Role
from parcels import scan_names
from parcels.models import Scan
from reconciliation.actions import scans as actions
from reconciliation.actions.scans import Outcome
from reconciliation.demo import scanned
from reconciliation.models import ScanArrival
from tests import factories

PDF = scanned.pdf()
SIGNED = scanned.pdf("ký", is_signed=True)


@pytest.mark.parametrize(
    ("name", "serial", "kind"),
    [
        ("CD 123456-GCN.pdf", "CD 123456", "GCN"),
        ("CD123456-GT.pdf", "CD 123456", "GT"),
        ("09187_GCN_CD123456.pdf", "CD 123456", "GCN"),
        ("09187_GT_CD 123456.jpg", "CD 123456", "GT"),
        ("ho so/thon 3/CD_123456.pdf", "CD 123456", "GCN"),
        ("CD 123456 (1).pdf", "CD 123456", "GCN"),
        ("AA 12345678.pdf", "AA 12345678", "GCN"),
        ("anh chup.jpg", "", "GCN"),
        ("CD 123456; CE 654321.pdf", "", "GCN"),
    ],
)
def test_a_name_says_serial_and_kind(name: str, serial: str, kind: str) -> None:
    found = scan_names.parse(name)
    assert (found.serial, found.kind) == (serial, kind)


def test_a_plot_without_a_certificate_is_named_by_its_numbers() -> None:
    found = scan_names.parse("CHUACOGIAY_09187_12_345-DDK.pdf")
    assert (found.serial, found.kind, found.plot) == ("", "DDK", ("09187", 12, 345))


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def take(commune, *files: tuple[str, bytes]) -> ScanArrival:
    by = factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune)
    arrival = actions.receive([SimpleUploadedFile(*file) for file in files], commune, by=by)
    actions.unpack(arrival)
    for portion in actions.portions(arrival):
        actions.match(arrival, *portion)
    actions.finish(arrival.pk)
    arrival.refresh_from_db()
    return arrival


def outcomes(arrival: ScanArrival) -> dict[str, str]:
    return dict(arrival.scans.values_list("name", "outcome"))


@pytest.mark.django_db
def test_files_of_a_zip_are_linked_unknown_twice_or_refused_and_all_are_told() -> None:
    commune = factories.make_commune()
    paper = factories.make_certificate(commune, serial="CD 123456", scanned=False)
    listed = factories.make_scan(paper, is_signed=False, is_linked=False)
    factories.make_certificate(commune, serial="BĐ 222222", scanned=False)
    content = zipped(
        **{
            "CD 123456-GCN.pdf": SIGNED,
            "thu muc/BD222222.pdf": scanned.pdf("1x"),
            "CD 999999.pdf": scanned.pdf("2x"),
            "anh.pdf": scanned.pdf("3x"),
            "CHUACOGIAY_09187_12_345-DDK.pdf": scanned.pdf("4x"),
            "CD 123456-GT.pdf": b"MZ not a pdf",
            "CD 123456.jpg": PDF,
            "rong.pdf": b"",
        }
    )
    arrival = take(commune, ("ho-so.zip", content))
    assert outcomes(arrival) == {
        "CD 123456-GCN.pdf": Outcome.LINKED,
        "BD222222.pdf": Outcome.LINKED,
        "CD 999999.pdf": Outcome.NO_CERTIFICATE,
        "anh.pdf": Outcome.NO_SERIAL,
        "CHUACOGIAY_09187_12_345-DDK.pdf": Outcome.NO_PAPER,
        "CD 123456-GT.pdf": Outcome.NO_SCAN,
        "CD 123456.jpg": Outcome.NO_SCAN,
        "rong.pdf": Outcome.EMPTY,
    }
    file = arrival.file
    assert (file.rows, file.applied, file.unchanged, file.proposed, file.rejected) == (8, 2, 0, 3, 3)
    listed.refresh_from_db()
    assert (listed.is_linked, listed.is_signed, listed.stored[:64]) == (True, True, listed.sha256)
    again = take(commune, ("ho-so.zip", content))
    assert (again.file.applied, again.file.unchanged, again.file.rejected) == (0, 5, 3)


@pytest.mark.django_db
def test_one_that_stands_twice_in_a_zip_says_under_which_name_it_stood_first(visit) -> None:
    commune = factories.make_commune()
    factories.make_certificate(commune, serial="CD 123456", scanned=False)
    packed = zipped(**{"CD 123456-GCN.pdf": SIGNED, "ban sao.pdf": SIGNED})
    arrival = take(commune, ("ho-so.zip", packed))
    page = visit(arrival.uploaded_by).get(f"/scans/{arrival.pk}/").content.decode()
    assert "trùng với CD 123456-GCN.pdf trong lần gửi này" in page
    again = take(commune, ("ho-so.zip", packed))
    page = visit(again.uploaded_by).get(f"/scans/{again.pk}/").content.decode()
    assert "trong lần gửi này" not in page


@pytest.mark.django_db
def test_a_linked_scan_moves_the_plot_and_taken_back_it_is_as_before() -> None:
    from reconciliation import classification
    from reconciliation.models import GroupMove, PlotStatus

    plot = factories.make_ready_plot()
    paper = plot.holdings.get().certificate
    paper.scans.all().delete()
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    assert PlotStatus.objects.get(plot=plot).group == 2
    arrival = take(plot.commune, (f"{paper.serial}-GCN.pdf", SIGNED))
    assert PlotStatus.objects.get(plot=plot).group == 1
    actions.take_back(arrival)
    assert PlotStatus.objects.get(plot=plot).group == 2
    assert not Scan.objects.exists()


@pytest.mark.django_db
def test_a_scan_under_a_name_that_said_nothing_is_linked_once_it_is_named_well() -> None:
    commune = factories.make_commune()
    paper = factories.make_certificate(commune, serial="CD 123456", scanned=False)
    assert outcomes(take(commune, ("anh chup.pdf", PDF))) == {"anh chup.pdf": Outcome.NO_SERIAL}
    named = take(commune, ("CD 123456-GCN.pdf", PDF))
    assert outcomes(named) == {"CD 123456-GCN.pdf": Outcome.LINKED}
    assert paper.scans.count() == 1
    assert outcomes(take(commune, ("CD 123456-GCN.pdf", PDF))) == {"CD 123456-GCN.pdf": Outcome.TWICE}
    actions.take_back(named)
    assert paper.scans.count() == 0
    assert Scan.objects.get().stored


@pytest.mark.django_db
def test_an_official_takes_back_what_they_sent_and_nobody_elses(visit) -> None:
    commune = factories.make_commune()
    factories.make_certificate(commune, serial="CD 123456", scanned=False)
    sent = take(commune, ("CD 123456-GCN.pdf", PDF))
    other = factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune)
    assert visit(other).post(f"/scans/{sent.pk}/undo/").status_code == 403
    assert visit(sent.uploaded_by).post(f"/scans/{sent.pk}/undo/").status_code == 302
    sent.refresh_from_db()
    assert sent.state == ScanArrival.State.UNDONE


@pytest.mark.django_db
def test_a_broken_or_bursting_zip_is_refused_whole() -> None:
    commune = factories.make_commune()
    for content in (b"PK\x03\x04rubbish", zipped(**{"a.pdf": PDF})[:-30]):
        arrival = take(commune, ("x.zip", content))
        assert arrival.state == "unreadable"
        assert "hỏng" in arrival.message
    bomb = take(commune, ("x.zip", zipped(**{"CD 123456.pdf": PDF + b"0" * (31 * 2**20)})))
    assert outcomes(bomb) == {"CD 123456.pdf": Outcome.TOO_LARGE}
    assert not Scan.objects.exists()


@pytest.mark.django_db
def test_it_is_shown_only_to_who_may_see_the_plot_and_the_look_is_logged(visit, done) -> None:
    plot = factories.make_ready_plot()
    paper = plot.holdings.get().certificate
    paper.scans.all().delete()
    official = factories.make_user(Role.COMMUNE_OFFICIAL, commune=plot.commune)
    client = visit(official)
    answer = client.post(
        "/scans/", {"commune": plot.commune.pk, "scans": [SimpleUploadedFile(f"{paper.serial}.pdf", PDF)]}
    )
    done()
    page = client.get(answer.url).content.decode()
    assert paper.serial in page
    scan = Scan.objects.get(certificate=paper)
    shown = client.get(f"/scans/files/{scan.pk}/")
    assert (b"".join(shown), shown["Content-Type"], shown["X-Content-Type-Options"]) == (
        PDF, "application/pdf", "nosniff",
    )  # fmt: skip
    assert AccessLog.objects.filter(subject="scan", subject_id=scan.pk, user=official).exists()
    outsider = visit(factories.make_user(Role.COMMUNE_OFFICIAL, commune=factories.make_commune()))
    assert outsider.get(f"/scans/files/{scan.pk}/").status_code == 404
    assert outsider.get(answer.url).status_code == 404
    assert outsider.post("/scans/", {"commune": plot.commune.pk, "scans": []}).status_code == 422
    manager = visit(factories.make_user(Role.MANAGER))
    assert manager.get("/scans/").status_code == 403
