"""Some certificates of the demo have a drawn scan, delivered as real ones are, which the desk then shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from landdb.models import User
from parcels import scan_files, scan_pages
from parcels.models import Scan
from reconciliation.demo import delivered_scans, drawn_scans
from reconciliation.demo.drawn_scans import Paper
from reconciliation.models import ArrivedScan, GroupMove, ScanArrival, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = Paper("CĐ 123456", "Trần Văn Mẫu", "Phường Kinh Bắc", "tờ 1 thửa 2")
MOST = 12


def test_a_drawn_page_opens_as_the_scan_of_a_scanner_and_is_the_same_each_time(tmp_path: Path) -> None:
    for is_signed in (False, True):
        content = drawn_scans.draw(PAPER, is_signed=is_signed)
        assert content == drawn_scans.draw(PAPER, is_signed=is_signed)
        assert not scan_pages.fault_of(content, ".pdf")
        path = tmp_path / "scan.pdf"
        path.write_bytes(content)
        assert scan_files.is_signed(path) == is_signed
        assert scan_pages.preview(path)
    assert content != drawn_scans.draw(Paper("CĐ 123457", *_rest()), is_signed=True)


def test_files_come_for_a_bounded_number_of_scans_and_move_no_plot(province: list[int]) -> None:
    before = GroupMove.objects.count()
    signed = dict(Scan.objects.values_list("pk", "is_signed"))
    told = delivered_scans.deliver(MOST)
    stored = Scan.objects.exclude(stored="").exclude(certificate=None)
    assert 0 < told["scans"] == stored.count() <= MOST
    for scan in stored:
        assert (Path(settings.FILES_DIR) / scan.stored).is_file()
        assert (scan.is_linked, scan.is_signed) == (True, signed[scan.pk])
    assert {each.state for each in ScanArrival.objects.all()} == {ScanArrival.State.DONE}
    assert ArrivedScan.objects.filter(outcome=ArrivedScan.Outcome.NO_SERIAL).exists()
    assert GroupMove.objects.count() == before
    assert delivered_scans.deliver(MOST) == {"arrivals": 0, "scans": 0}


def test_whoever_waits_at_the_desk_comes_first_and_the_page_shows_the_picture(
    province: list[int], client: Client
) -> None:
    top = WorkItem.objects.at_desk().filter(
        land_user__holdings__certificate__scans__in=Scan.objects.filter(**delivered_scans.KNOWN)
    )
    first = top.order_by("-plots", "pk").first()
    assert first is not None
    delivered_scans.deliver(len(WorkItem.objects.at_desk()))
    shown = Scan.objects.exclude(stored="").filter(certificate__holdings__land_user=first.land_user_id)
    assert shown.exists()
    client.force_login(User.objects.get(username="chinh1"))
    page = client.get(reverse("land-user-beside", args=[first.land_user_id])).content.decode()
    assert any(reverse("scan-preview", args=[scan.pk]) in page for scan in shown)
    told = client.get(reverse("scan-preview", args=[shown[0].pk]))
    assert told["Content-Type"] == "image/jpeg"


def test_seed_demo_delivers_them_once(province: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_demo", "--scans")
    assert ScanArrival.objects.exists()
    assert Scan.objects.exclude(stored="").count() <= delivered_scans.MOST + 2


def _rest() -> tuple[str, str, str]:
    return PAPER.holders, PAPER.place, PAPER.land
