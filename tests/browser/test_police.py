"""Axe finds nothing on the pages of lists, answers, scans, cards and receipts; they fit small screens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from playwright.sync_api import Browser, Page

from landdb.models import AdminUnit, User
from parcels.models import LandUser, Scan
from reconciliation.actions import handovers, scans
from reconciliation.models import Duplicate, Receipt, WorkItem
from tests import factories
from tests.actions.duplicate_cast import entry
from tests.police.cast import Staff, frozen, issued, line_of, make_unknown, plots_of
from tests.police.files import answered, as_csv, row, send
from tests.police.test_typed_pages import LINES, typed

from .test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CARD = "024175123456|121234567|Trần Thị Hòa|12031975|Nữ|Khu phố Tây, Kinh Bắc|25042021"
#: Where pictures are kept, for who wants to look at them.
PICTURES = os.environ.get("LANDDB_PICTURES", "")


@pytest.fixture
def staff() -> Staff:
    return Staff.make()


@pytest.fixture
def people(staff: Staff, tmp_path: Path, settings) -> list[LandUser]:
    """Three people with the police; one is answered twice otherwise, one cannot be read; a draft beside."""
    settings.FILES_DIR = tmp_path / "files"
    communes = [factories.make_commune() for _n in range(3)]
    found = [make_unknown(commune, plots=2) for commune in communes]
    issued(staff)
    answered(staff, row(line_of(found[0]), "Đúng"))
    answered(staff, row(line_of(found[0]), "Đã mất", Mất_ngày="03/02/2019"))
    send(as_csv([row(line_of(found[1]), "có lẽ"), row(line_of(found[2]), "Đúng")]), staff.police)
    make_unknown(communes[0])
    frozen(staff.mai)
    arrival = scans.receive(
        [SimpleUploadedFile("CD 999999.pdf", typed(LINES)), SimpleUploadedFile("anh.pdf", b"MZ")],
        communes[0],
        by=staff.mai,
    )
    for portion in scans.portions(arrival):
        scans.match(arrival, *portion)
    scans.finish(arrival.pk)
    _contradict(communes[0])
    plot = plots_of(found[0])[0]
    Receipt.objects.create(
        commune=plot.commune,
        plot=plot,
        handed_in_by="Trần Thị Hòa",
        holder="Trần Thị Hòa",
        serial="CD 123456",
        papers=[["Giấy chứng nhận", 0, 1], ["Căn cước công dân", 2, 0]],
        received_by=staff.mai,
    )
    return found


def _contradict(commune: AdminUnit) -> None:
    """Two entries of one person, of whom the police say what cannot both be true."""
    two = entry(commune), entry(commune, birth="1975")
    with transaction.atomic():
        handovers.open_items([person.pk for person in two])
    for person, word in zip(two, ("confirmed", "deceased"), strict=True):
        WorkItem.objects.filter(land_user=person).update(police_word=word)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_axe_finds_nothing_on_the_pages_of_the_police(
    browser: Browser, live_server, people, staff: Staff, size: tuple[int, int]
) -> None:
    from reconciliation.models import AnswerFile, ScanArrival, VerificationBatch

    lists = VerificationBatch.objects.order_by("pk")
    first, last = lists.first(), lists.last()
    files = AnswerFile.objects.order_by("pk")
    unknown = Scan.objects.filter(certificate=None).latest("pk")
    addresses = [
        "/police/", "/police/new/", f"/police/{first.pk}/", f"/police/{last.pk}/",
        f"/police/{first.pk}/people/", f"/police/{first.pk}/note/", f"/police/answers/{files.last().pk}/",
        f"/police/answers/{files.first().pk}/", "/police/conflicts/", "/scans/",
        f"/police/{first.pk}/withdraw/", "/scans/unknown/", f"/scans/unknown/{unknown.pk}/",
        f"/scans/{ScanArrival.objects.get().pk}/", f"/land-users/{people[0].pk}/card/",
        f"/plots/{plots_of(people[0])[0].pk}/receipt/", "/receipts/",
        f"/receipts/{Receipt.objects.get().pk}/",
    ]  # fmt: skip
    page = signed_in(browser, live_server.url, staff.mai, size)
    found = []
    for address in addresses:
        page.goto(live_server.url + address)
        found += faults(page)
        keep(page, address, size)
    page.goto(f"{live_server.url}/scans/unknown/{unknown.pk}/")
    page.get_by_text("So phat hanh CD 123456").wait_for()
    found += faults(page)
    keep(page, "/scan-words/", size)
    page.goto(f"{live_server.url}/duplicates/{Duplicate.objects.get(kind='person').pk}/")
    page.get_by_role("radio", name="Công an, bản ghi 2: Đã mất").wait_for()
    found += faults(page)
    keep(page, "/merge/", size)
    page.goto(f"{live_server.url}/land-users/{people[0].pk}/card/")
    page.locator("#code:focus").wait_for()
    page.keyboard.type(CARD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thẻ khác sổ đất").wait_for()
    found += faults(page)
    keep(page, "/card-read/", size)
    units = signed_in(browser, live_server.url, staff.senior, size)
    units.goto(f"{live_server.url}/police/units/")
    found += faults(units)
    assert not found, "\n".join(found)


def signed_in(browser: Browser, url: str, user: User, size: tuple[int, int]) -> Page:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{url}/sign-in/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    return page


def keep(page: Page, address: str, size: tuple[int, int]) -> None:
    """A picture, where somebody asked for pictures."""
    if PICTURES:
        name = address.strip("/").replace("/", "-")
        page.screenshot(path=Path(PICTURES) / f"{name}-{size[0]}.png", full_page=True)
