"""A commune's workbook from sending to applying to taking back; nothing is written before the yes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from landdb.models import AccessLog, AdminUnit, Job, ReceivedFile, Role, User
from parcels.importers.form01 import layout
from parcels.models import Holding, LandUser, Plot
from reconciliation.models import CorrectionBatch, PlotStatus, Tally
from tests import factories
from tests.actions.cast import judge

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
State = CorrectionBatch.State
#: What an upload that only waits may write: its own file, batch, job and the logs.
OWN = {
    "landdb.receivedfile",
    "landdb.rowproblem",
    "landdb.accesslog",
    "landdb.job",
    "landdb.jobchunk",
    "landdb.jobline",
    "reconciliation.correctionbatch",
    "reconciliation.correctionrow",
    "pghistory.context",
    "sessions.session",
}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def commune() -> AdminUnit:
    factories.make_codes()
    return factories.make_commune()


@pytest.fixture
def official(commune: AdminUnit) -> User:
    return factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune)


@pytest.fixture
def reviewer(commune: AdminUnit) -> User:
    return factories.make_user(Role.REVIEWER, commune=commune)


def row(commune: AdminUnit, number: int, **values: Any) -> Row:
    given = {
        "commune_code": commune.code,
        "commune_name": commune.name,
        "serial": f"CD {number:06}",
        "issued": "20/05/2018",
        "book_number": f"CH{number:05}",
        "name": "Trần Thị Mẫu",
        "id_number": f"024175{number:06}",
        "birth": "12/03/1975",
        "sex": "Nữ",
        "address": "Khu phố Đông",
        "legal_form": "Cá nhân",
        "role": "Cá nhân",
        "sheet": 7,
        "number": number,
        "certificate_sheet": 7,
        "certificate_plot": number,
        "plot_address": "Khu phố Đông",
        "legal_area": 120,
        "use1_purpose": "ONT",
        "use1_area": 120,
        "use1_origin": "CNQ-CTT",
        "use1_form": "Sử dụng riêng",
        "use1_term": "Lâu dài",
    }
    return {key: value for key, value in (given | values).items() if key in _known()}


def _known() -> set[str]:
    from parcels.importers.form01.fields import FIELDS

    return set(FIELDS)


@pytest.fixture
def workbook(tmp_path: Path, commune: AdminUnit) -> Callable[..., SimpleUploadedFile]:
    def make(rows: list[Row], strange: str = "") -> SimpleUploadedFile:
        path = tmp_path / "bieu.xlsx"
        layout.write_v1(path, rows)
        if strange:
            book = openpyxl.load_workbook(path)
            sheet = book.active
            column = sheet.max_column + 1
            sheet.cell(3, column, strange)
            sheet.cell(6, column, "x")
            book.save(path)
        return SimpleUploadedFile("bieu.xlsx", path.read_bytes())

    return make


def everything() -> dict[str, int]:
    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    return {m._meta.label_lower: m._default_manager.count() for m in models if m._meta.label_lower not in OWN}


def send(client: Client, who: User, file: SimpleUploadedFile) -> CorrectionBatch:
    client.force_login(who)
    answer = client.post("/uploads/", {"workbook": file})
    assert answer.status_code == 302
    return CorrectionBatch.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def test_the_whole_way(client: Client, official, reviewer, commune, workbook, work) -> None:
    known = factories.make_plot(commune, sheet=7, number=1, uses=False)
    person = factories.make_land_user(
        commune, name_raw="Trần Thị Mẫu", id_number_raw="024175000001", sex_raw="Nữ"
    )
    holding = factories.make_holding(known, person, factories.make_certificate(commune, serial="CD 000001"))
    judge(person, known)
    before, groups = everything(), PlotStatus.objects.values_list("group", flat=True).get(plot=known)

    rows = [
        row(commune, 1, plot_address="Khu phố Tây"),
        row(commune, 2),
        row(commune, 3, legal_area="không rõ"),
    ]
    batch = send(client, official, workbook([*rows, row(commune, 4, commune_code="99999")]))
    assert batch.state == State.READING
    assert "Đang đọc từng dòng" in client.get(f"/uploads/{batch.pk}/").content.decode()
    work()
    batch.refresh_from_db()
    file = batch.file
    assert batch.state == State.CHECKED, batch.message
    assert file.rows == file.applied + file.unchanged + file.proposed + file.rejected + file.ignored
    # A new plot whose area cannot be read goes back as a row of another commune does.
    assert (file.proposed, file.applied, file.rejected) == (1, 1, 2)
    assert everything() == before
    assert PlotStatus.objects.get(plot=known).group == groups
    page = client.get(f"/uploads/{batch.pk}/").content.decode()
    assert "Khu phố Tây" in strip_tags(page)
    assert "không rõ" in page
    assert 'value="apply"' not in page
    client.post(f"/uploads/{batch.pk}/send/", {"word": "send"})
    assert (
        client.post(f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": "tự duyệt"}).status_code
        == 403
    )

    client.force_login(reviewer)
    assert client.post(f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": ""}).status_code == 422
    assert everything() == before
    client.post(f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": "đã kiểm tra", "whole": "1"})
    work()
    batch.refresh_from_db()
    assert batch.state == State.APPLIED, Job.objects.order_by("-pk").values("error")[0]
    known.refresh_from_db()
    assert known.address == "Khu phố Tây"
    added = Plot.objects.get(commune=commune, sheet=7, number=2)
    assert PlotStatus.objects.filter(plot=added).exists()
    assert LandUser.objects.filter(id_number="024175000002").exists()
    assert sum(Tally.objects.filter(rule="").values_list("plots", flat=True)) == Plot.objects.live().count()

    client.post(f"/uploads/{batch.pk}/undo/")
    work()
    batch.refresh_from_db()
    known.refresh_from_db()
    assert batch.state == State.UNDONE
    assert known.address == "Khu phố Đông"
    assert not Plot.objects.filter(pk=added.pk).exists()
    assert Holding.objects.get() == holding
    assert sum(Tally.objects.filter(rule="").values_list("plots", flat=True)) == Plot.objects.live().count()
    assert AccessLog.objects.filter(user=official, action="upload").exists()


def test_an_official_of_another_commune_gets_nothing(
    client: Client, official, commune, workbook, work
) -> None:
    batch = send(client, official, workbook([row(commune, 1)]))
    work()
    other = factories.make_user(Role.COMMUNE_OFFICIAL)
    client.force_login(other)
    for path in ("", "headers/"):
        method = client.post if path else client.get
        assert method(f"/uploads/{batch.pk}/{path}").status_code == 404
    assert batch.file.name not in client.get("/uploads/").content.decode()
    client.force_login(factories.make_user(Role.REVIEWER, commune=other.commune))
    for path in ("decide/", "undo/"):
        assert (
            client.post(f"/uploads/{batch.pk}/{path}", {"word": "apply", "reason": "lý do"}).status_code
            == 404
        )


def test_a_reviewer_sends_it_back_with_a_reason(
    client: Client, official, reviewer, commune, workbook, work
) -> None:
    batch = send(client, official, workbook([row(commune, 1)]))
    work()
    client.post(f"/uploads/{batch.pk}/send/", {"word": "send"})
    before = everything()
    client.force_login(reviewer)
    client.post(f"/uploads/{batch.pk}/decide/", {"word": "back", "reason": "thiếu cột ngày cấp"})
    batch.refresh_from_db()
    assert (batch.state, batch.reason) == (State.SENT_BACK, "thiếu cột ngày cấp")
    assert everything() == before
    answer = client.post(
        f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": "thôi cứ duyệt"}, follow=True
    )
    assert "đã ở bước khác" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bieu.pdf", b"x", "Chỉ nhận tệp .xlsx"),
        ("bieu.xlsx", b"", "Tệp rỗng"),
        ("", None, "Chọn một tệp"),
    ],
)
def test_a_wrong_file_is_refused_at_the_door(
    client: Client, official, name: str, content: bytes, words: str
) -> None:
    client.force_login(official)
    data = {"workbook": SimpleUploadedFile(name, content)} if name else {}
    answer = client.post("/uploads/", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ReceivedFile.objects.exists()


def test_a_file_that_is_no_workbook_is_told_in_a_sentence(client: Client, official, work) -> None:
    batch = send(client, official, SimpleUploadedFile("bieu.xlsx", b"khong phai excel"))
    before = everything()
    work()
    batch.refresh_from_db()
    assert batch.state == State.UNREADABLE
    assert batch.message.endswith(".")
    assert batch.message in client.get(f"/uploads/{batch.pk}/").content.decode()
    assert everything() == before


def test_a_reading_that_fails_does_not_wait_for_ever(
    client: Client, official, commune, workbook, work, monkeypatch
) -> None:
    batch = send(client, official, workbook([row(commune, 1)]))

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("đĩa hỏng")

    monkeypatch.setattr("reconciliation.actions.upload_plan.form01.read", broken)
    work()
    batch.refresh_from_db()
    assert (batch.state, Job.objects.get().state) == (State.UNREADABLE, "failed")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.POLICE_LIAISON, Role.ADMINISTRATOR])
def test_other_roles_stay_outside(client: Client, role: str) -> None:
    client.force_login(factories.make_user(role))
    assert client.get("/uploads/").status_code == 403


def test_a_reviewer_cannot_send_one(client: Client, reviewer, commune, workbook) -> None:
    client.force_login(reviewer)
    client.post("/uploads/", {"workbook": workbook([row(commune, 1)])})
    assert not CorrectionBatch.objects.exists()
