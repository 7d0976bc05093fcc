"""A row that stays out is shown with what was typed, why it stays, and the row that it contradicts."""

from __future__ import annotations

import openpyxl
import pytest
from django.test import Client
from django.utils.html import strip_tags

from reconciliation.actions import uploads

from .ground import PLACE, Ground, filled, give_out, path_of, saved, send_up

pytestmark = pytest.mark.django_db


def test_the_list_shows_what_was_typed_into_a_row_that_is_sent_back(client: Client, ground: Ground) -> None:
    batch = send_up(ground, filled(give_out(ground), {(5, "uncollectable"): "tại trời mưa"}))
    client.force_login(ground.official)
    page = strip_tags(client.get(f"/uploads/{batch.pk}/rows/?state=rejected").content.decode())
    assert "tại trời mưa" in page
    assert "lý do chưa thu được không có trong danh sách" in page


def test_two_copies_of_a_row_name_each_other(client: Client, ground: Ground) -> None:
    book = openpyxl.load_workbook(path_of(give_out(ground)))
    sheet = book.worksheets[0]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(9, column, sheet.cell(5, column).value)
    sheet.cell(9, PLACE["phone"], "0922222222")
    sheet.cell(6, PLACE["book_number"], "CH00123")
    batch = uploads.send(send_up(ground, saved(book)), by=ground.official)
    client.force_login(ground.reviewer)
    listed = strip_tags(client.get(f"/uploads/{batch.pk}/rows/?state=rejected").content.decode())
    told = strip_tags(client.get(f"/uploads/{batch.pk}/").content.decode())
    line = batch.lines.get(row=9)
    look = strip_tags(client.get(f"/uploads/{batch.pk}/rows/{line.pk}/").content.decode())
    for page, other in ((listed, 9), (listed, 5), (told, 9), (told, 5), (look, 5)):
        assert f"nhiều dòng mang cùng mã dòng mà ghi khác nhau (dòng {other})" in page
