"""The workbook that goes back: what to mend stands where it is seen, and it can be filled in again."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client

from parcels.importers.form01.pen import ASKED
from reconciliation.actions import row_words, uploads
from reconciliation.models import CorrectionBatch

from .ground import Ground, filled, give_out, path_of, saved, send_up, states

pytestmark = pytest.mark.django_db


def test_the_annotated_workbook_says_in_each_cell_what_to_mend(client: Client, ground: Ground, work) -> None:
    workbook = give_out(ground)
    batch = send_up(ground, filled(workbook, {(6, "issued"): "30/02/2018", (7, "phone"): "0912345678"}))
    client.force_login(ground.official)
    client.post(f"/uploads/{batch.pk}/annotated/")
    work()
    answer = client.get(f"/uploads/{batch.pk}/annotated/")
    content = b"".join(answer.streaming_content)
    book = openpyxl.load_workbook(BytesIO(content))
    cell = book.worksheets[0]["D6"]
    assert cell.value == "30/02/2018"
    assert "không đọc được ngày" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("F8CBAD")
    assert book.worksheets[0].column_dimensions["BM"].hidden
    given = openpyxl.load_workbook(path_of(workbook)).worksheets[0]
    assert drop_downs(book.worksheets[0]) == drop_downs(given) != set()
    told = [row[:2] for row in book["TomTat"].iter_rows(values_only=True)]
    assert ("1", "không đọc được ngày") in told
    book.worksheets[0]["D6"] = "28/02/2018"
    mended = BytesIO()
    book.save(mended)
    again = send_up(ground, mended.getvalue())
    assert states(again)[6] == "proposed"


def annotated(client: Client, ground: Ground, work: Any, batch: CorrectionBatch) -> Any:
    """The first sheet of the workbook that goes back."""
    client.force_login(ground.official)
    client.post(f"/uploads/{batch.pk}/annotated/")
    work()
    answer = client.get(f"/uploads/{batch.pk}/annotated/")
    return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]


def test_cells_that_are_still_to_be_mended_stay_marked(client: Client, ground: Ground, work) -> None:
    workbook = give_out(ground)
    batch = send_up(ground, filled(workbook, {(5, "book_number"): "CH00123", (6, "issued"): "30/02/2018"}))
    sheet = annotated(client, ground, work, batch)
    asked = ["E5", "E6", "E7", "E8"]
    assert [place for place in asked if (sheet[place].fill.fgColor.rgb or "").endswith(ASKED)] == asked[1:]
    given = openpyxl.load_workbook(path_of(workbook)).worksheets[0]
    assert sheet["E6"].comment.text == given["E6"].comment.text
    assert sheet["E5"].comment is None


def test_a_row_that_the_office_refused_says_so_at_the_cell_it_changed(
    client: Client, ground: Ground, work
) -> None:
    batch = send_up(ground, filled(give_out(ground), {(5, "book_number"): "CH00123", (6, "sex"): "Nữ"}))
    sent = uploads.send(batch, by=ground.official)
    line = sent.lines.get(row=5)
    row_words.refuse_row(line, row_words.REFUSALS[0], "xem trang 3", by=ground.reviewer, seen=line.seen)
    uploads.send_back(sent, by=ground.reviewer, reason="sửa rồi nộp lại")
    sheet = annotated(client, ground, work, sent)
    assert sheet["A5"].comment is None
    assert "xem trang 3" in sheet["E5"].comment.text


def drop_downs(sheet: Any) -> set[tuple[str, tuple[str, ...]]]:
    """Which columns choose, and from which texts; the lists of the three lines of use are the same."""
    lists = sheet.parent["DanhMuc"]
    return {
        (str(each.sqref).split(":")[0], tuple(cell.value for (cell,) in _cells(lists, each.formula1)))
        for each in sheet.data_validations.dataValidation
    }


def _cells(lists: Any, formula: str) -> Any:
    place = formula.split("!")[1].replace("$", "")
    return lists[place]


def test_what_is_said_of_a_hidden_cell_stands_where_it_is_seen(client: Client, ground: Ground, work) -> None:
    book = openpyxl.load_workbook(path_of(give_out(ground)))
    book.worksheets[0]["BM6"] = "khoa-gia-mao"
    batch = send_up(ground, saved(book))
    client.force_login(ground.official)
    client.post(f"/uploads/{batch.pk}/annotated/")
    work()
    answer = client.get(f"/uploads/{batch.pk}/annotated/")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    assert sheet["BM6"].comment is None
    assert sheet["A6"].comment is not None
