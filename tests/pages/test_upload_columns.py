"""Columns of a commune's own layout: asked where unsure, confirmed once, looked at, changed, forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from landdb.models import AdminUnit, Role, User
from parcels.importers.form01 import layout
from parcels.importers.form01.fields import FIELDS, V1
from parcels.models import HeaderMapping, LandUser
from reconciliation.actions.upload_columns import CHOICES
from reconciliation.models import CorrectionBatch
from reconciliation.web import upload_titles
from tests import factories
from tests.form01.conftest import row

pytestmark = pytest.mark.django_db
State = CorrectionBatch.State
NAMES = tuple(field.name for field in V1)
Upload = Callable[..., CorrectionBatch]


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
def upload(client: Client, official: User, commune: AdminUnit, tmp_path: Path, work) -> Upload:
    """Uploads three rows with other texts in cells, and has them read."""

    def send(texts: dict[str, object], columns: tuple[str, ...] = NAMES, **values: Any) -> CorrectionBatch:
        path = tmp_path / "bieu.xlsx"
        rows = [row(n, commune_code=commune.code, **values) for n in range(1, 4)]
        layout.write(path, rows, layout.Layout(columns=columns))
        book = openpyxl.load_workbook(path)
        for place, text in texts.items():
            book["Sheet1"][place] = text
        book.save(path)
        client.force_login(official)
        file = SimpleUploadedFile("bieu.xlsx", path.read_bytes())
        found = CorrectionBatch.objects.get(
            pk=int(client.post("/uploads/", {"workbook": file})["Location"].strip("/").split("/")[-1])
        )
        work()
        found.refresh_from_db()
        return found

    return send


def page(client: Client, batch: CorrectionBatch, query: str = "") -> str:
    return client.get(f"/uploads/{batch.pk}/{query}").content.decode()


def answer(client: Client, batch: CorrectionBatch, **said: str) -> Any:
    """Send the form as the page has it, with other choices by the letter of the column."""
    batch.refresh_from_db()
    numbers = {each["letter"]: n for n, each in enumerate(batch.report["headers"])}
    given = {f"column-{numbers[letter]}": word for letter, word in said.items()}
    return client.post(f"/uploads/{batch.pk}/headers/", {"reading": _reading(client, batch), **given})


def _reading(client: Client, batch: CorrectionBatch) -> str:
    found = re.search(r'name="reading" value="([^"]*)"', page(client, batch, "?change=0"))
    return found[1] if found else ""


def chosen(html: str, letter: str) -> str:
    """What is selected for the column of a letter; '' where nothing is."""
    asked = next(line for line in html.split("<tr>") if f"<b>{letter}</b>" in line and "<select" in line)
    found = re.search(r'<option value="([^"]*)" selected', asked)
    return found[1] if found else ""


def test_a_strange_column_is_asked_for_once(client: Client, commune, upload: Upload, work) -> None:
    strange: dict[str, object] = {"BJ1": "Cột riêng của phường", "BJ5": "x"}
    batch = upload(strange)
    assert batch.state == State.ASKING
    html = page(client, batch)
    assert "Cột riêng của phường" in html
    assert chosen(html, "BJ") == "-"
    answer(client, batch, BJ="-")
    work()
    batch.refresh_from_db()
    assert batch.state == State.CHECKED
    assert HeaderMapping.objects.get().field == ""
    assert upload(strange).state == State.CHECKED


def test_a_guess_is_chosen_already_and_confirmed_once_for_ever(
    client: Client, commune, upload: Upload, work
) -> None:
    misspelt: dict[str, object] = {"E2": "Số vào sổ GCNN"}
    batch = upload(misspelt)
    html = page(client, batch)
    assert batch.state == State.ASKING
    assert chosen(html, "E") == "book_number"
    assert "viết gần giống" in html
    assert "CH00001" in html
    assert "60 cột đã nhận ra" in html
    assert "Gửi văn phòng duyệt" not in html
    client.post(f"/uploads/{batch.pk}/send/", {"word": "send"})
    batch.refresh_from_db()
    assert batch.state == State.ASKING

    answer(client, batch, E="book_number")
    work()
    batch.refresh_from_db()
    assert batch.state == State.CHECKED
    again = upload(misspelt)
    assert again.state == State.CHECKED
    assert "cột cần xác nhận" not in page(client, again)


def test_a_sure_layout_asks_nothing(client: Client, upload: Upload) -> None:
    batch = upload({})

    assert batch.state == State.CHECKED
    html = page(client, batch)
    assert "cột cần xác nhận" not in html
    assert "61 cột đã nhận ra" in html
    assert not HeaderMapping.objects.exists()


def test_of_two_columns_for_one_the_official_says_which(
    client: Client, commune, upload: Upload, work
) -> None:
    batch = upload({"BJ5": "AA 00000001"}, columns=(*NAMES, "serial"))
    html = page(client, batch)
    assert batch.state == State.ASKING
    assert "cột BJ cũng là" in html
    assert (chosen(html, "C"), chosen(html, "BJ")) == ("", "")

    both = answer(client, batch, C="serial", BJ="serial")
    assert both.status_code == 422
    assert "Hai cột cùng một thông tin" in both.content.decode()
    none = answer(client, batch, C="serial")
    assert none.status_code == 422
    assert chosen(none.content.decode(), "C") == "serial"
    assert not HeaderMapping.objects.exists()

    answer(client, batch, C="serial", BJ="-")
    work()
    batch.refresh_from_db()
    assert batch.state == State.CHECKED
    assert "bỏ 1 cột" in page(client, batch)
    assert upload({"BJ5": "AA 00000001"}, columns=(*NAMES, "serial")).state == State.CHECKED


def test_a_misplaced_column_is_answered_for_this_file_alone(client: Client, upload: Upload, work) -> None:
    batch = upload({}, birth="024075000001")
    assert batch.state == State.ASKING
    html = page(client, batch)
    assert "chỉ dùng cho tệp này" in html
    assert "024075000001" not in html
    wrong = answer(client, batch, J="birth")
    assert wrong.status_code == 422
    answer(client, batch, J="-")
    work()
    batch.refresh_from_db()
    assert batch.state == State.CHECKED
    assert not HeaderMapping.objects.exists()
    assert upload({}).state == State.CHECKED


def test_where_nothing_can_be_read_the_questions_come_without_a_dry_run(
    client: Client, upload: Upload, work
) -> None:
    without = tuple(name for name in NAMES if not name.startswith("organisation"))
    batch = upload({"F2": "Người đứng tên kê khai"}, columns=without)
    html = page(client, batch)
    assert batch.state == State.ASKING
    assert "Chưa chạy thử." in html
    assert "Tệp thiếu cột: tên chủ sử dụng." in html
    assert "dòng vào" not in html
    answer(client, batch, F="name")
    work()
    batch.refresh_from_db()
    assert batch.state == State.CHECKED
    assert batch.lines.count() == 3


def test_a_sure_column_is_looked_at_and_changed(client: Client, commune, upload: Upload, work) -> None:
    batch = upload({})
    number = NAMES.index("book_number")
    html = page(client, batch, f"?change={number}")
    assert chosen(html, "E") == "book_number"
    assert 'value="birth"' in html
    answer(client, batch, E="-")
    work()
    batch.refresh_from_db()
    assert batch.state == State.CHECKED
    assert "bỏ 1 cột" in page(client, batch)
    assert HeaderMapping.objects.get().commune == commune


def test_what_was_shown_is_applied_whatever_is_forgotten_since(
    client: Client, commune, upload: Upload, work
) -> None:
    batch = upload({"BJ1": "Liên lạc riêng", "BJ5": "0912000001"})
    answer(client, batch, BJ="phone")
    work()
    client.post(f"/uploads/{batch.pk}/send/", {"word": "send"})
    HeaderMapping.objects.all().delete()
    client.force_login(factories.make_user(Role.REVIEWER, commune=commune))
    client.post(f"/uploads/{batch.pk}/decide/", {"word": "apply", "reason": "đã kiểm tra", "whole": "1"})
    work()
    batch.refresh_from_db()
    assert batch.state == State.APPLIED, batch.message
    assert LandUser.objects.filter(phone="0912000001").exists()


def test_an_answer_to_an_older_reading_is_not_taken(client: Client, upload: Upload) -> None:
    batch = upload({"BJ1": "Cột riêng", "BJ5": "x"})
    told = client.post(
        f"/uploads/{batch.pk}/headers/", {"reading": "2020-01-01", "column-61": "phone"}, follow=True
    )
    assert "vừa được đọc lại" in told.content.decode()
    assert not HeaderMapping.objects.exists()


def test_the_file_can_be_given_up_in_place_of_answering(client: Client, upload: Upload) -> None:
    batch = upload({"BJ1": "Cột riêng", "BJ5": "x"})
    assert 'value="drop"' in page(client, batch)
    client.post(f"/uploads/{batch.pk}/send/", {"word": "drop"})
    batch.refresh_from_db()
    assert batch.state == State.DROPPED


def test_remembered_headers_are_listed_and_forgotten(
    client: Client, commune, official, upload: Upload, work
) -> None:
    batch = upload({"E2": "Số vào sổ GCNN"})
    answer(client, batch, E="book_number")
    work()
    HeaderMapping.objects.create(commune=factories.make_commune(), header="Cột của nơi khác", field="phone")
    html = client.get("/uploads/headers/").content.decode()
    assert "Số vào sổ GCNN" in html
    assert official.full_name in html
    assert "Cột của nơi khác" not in html
    kept = HeaderMapping.objects.get(commune=commune)
    client.post(f"/uploads/headers/{kept.pk}/forget/")
    assert not HeaderMapping.objects.filter(commune=commune).exists()
    assert upload({"E2": "Số vào sổ GCNN"}).state == State.ASKING


def test_headers_of_another_commune_are_out_of_reach(client: Client, official) -> None:
    theirs = HeaderMapping.objects.create(commune=factories.make_commune(), header="Cột", field="phone")
    for_all = HeaderMapping.objects.create(commune=None, header="Cột chung", field="phone")
    client.force_login(official)
    for mapping in (theirs, for_all):
        assert client.post(f"/uploads/headers/{mapping.pk}/forget/").status_code == 404
    assert HeaderMapping.objects.count() == 2
    client.force_login(factories.make_user(Role.MANAGER))
    assert client.get("/uploads/headers/").status_code == 403


def test_every_field_is_offered_once_under_a_part_of_the_form() -> None:
    offered = [name for _part, fields in upload_titles.choices([], []) for name, _title in fields]

    assert sorted(offered) == sorted(CHOICES)
    likely = upload_titles.choices(["birth", "issued"], ["sex"])
    names = [name for _part, fields in likely for name, _title in fields]
    assert names[:2] == ["birth", "issued"]
    assert sorted(names) == sorted(set(CHOICES) - {"sex"})
    assert all(upload_titles.title(name) for name in FIELDS)
