"""Formulas in a workbook that comes back: their results are taken and told; without one nothing is taken."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from parcels.importers.form01.annotating import annotate
from reconciliation.models import CorrectionBatch

from . import office
from .ground import PLACE, Ground, filled, give_out, make_ground, path_of, send_up, states, whys

pytestmark = pytest.mark.django_db
SHEET = "xl/worksheets/sheet1.xml"


def told(batch: CorrectionBatch) -> dict[int, tuple[str, str, str]]:
    """Row → level, code and value of its one problem."""
    rows = batch.file.problems.values_list("row", "level", "code", "value")
    assert len({row for row, *_rest in rows}) == len(rows)
    return {row: (level, code, value) for row, level, code, value in rows}


def test_formulas_and_errors_are_told_whatever_the_office_program_saved_them_as(tmp_path: Path) -> None:
    if reason := office.missing():
        pytest.skip(reason)
    ground: Ground = make_ground(8)
    source = tmp_path / "tai-ve.xlsx"
    shutil.copy(path_of(give_out(ground)), source)
    typed = {
        (5, PLACE["plot_address"]): '=TRIM("  Tổ 9, Khu phố Mới ")',
        (6, PLACE["plot_address"]): "=1/0",
        (7, PLACE["name"]): "=NA()",
        (8, PLACE["phone"]): '=""',
        (9, PLACE["plot_address"]): '=VLOOKUP("không có";A1:B3;2;0)',
        (10, PLACE["no"]): "=1+2",
        (11, PLACE["book_number"]): "=KHONGCOHAM(1)",
    }
    for suffix, path in office.edit(source, tmp_path, typed).items():
        batch = send_up(ground, path.read_bytes(), f"bieu{suffix}")
        assert batch.state == CorrectionBatch.State.CHECKED, (suffix, batch.message)
        assert told(batch) == {
            5: ("warning", "cell_formula", "Tổ 9, Khu phố Mới"),
            6: ("rejected", "cell_error", "#DIV/0!"),
            7: ("rejected", "identity_error", "#N/A"),
            9: ("rejected", "cell_error", "#N/A"),
            11: ("rejected", "cell_error", "#NAME?"),
        }, suffix
        expected = dict.fromkeys(range(5, 13), "unchanged") | {5: "proposed"}
        assert states(batch) == expected | dict.fromkeys((6, 7, 9, 11), "rejected"), suffix
        assert [cell[::3] for cell in batch.lines.get(row=5).cells] == [["plot_address", "Tổ 9, Khu phố Mới"]]


def test_a_formula_that_no_program_has_calculated_turns_its_row_away(ground: Ground) -> None:
    workbook = give_out(ground)
    typed = {
        (5, "plot_address"): '=TRIM(" Tổ 9 ")',
        (6, "id_number"): "=B5&C5",
        (7, "uncollectable"): "=A1",
        (8, "no"): "=ROW()-4",
    }
    batch = send_up(ground, filled(workbook, typed))
    assert told(batch) == {
        5: ("rejected", "cell_unsaved", '=TRIM(" Tổ 9 ")'),
        6: ("rejected", "identity_unsaved", "=B5&C5"),
        7: ("rejected", "cell_unsaved", "=A1"),
    }
    assert states(batch) == {5: "rejected", 6: "rejected", 7: "rejected", 8: "unchanged"}
    problem = batch.file.problems.get(row=5)
    title = openpyxl.utils.get_column_letter(PLACE["plot_address"])
    assert problem.column.startswith(f"{title} · ")
    assert problem.sheet == openpyxl.load_workbook(path_of(workbook)).sheetnames[0]


def test_a_key_that_is_an_unsaved_formula_is_no_key(ground: Ground) -> None:
    batch = send_up(ground, filled(give_out(ground), {(5, "row_key"): "=A1", (6, "phone"): "0912345678"}))
    assert (states(batch)[5], whys(batch)[5]) == ("rejected", "row_key_unknown")
    assert states(batch)[6] == "proposed"


def test_a_shared_formula_without_a_result_is_told_too(ground: Ground) -> None:
    column = openpyxl.utils.get_column_letter(PLACE["plot_address"])
    first = f'<f t="shared" ref="{column}5:{column}6" si="0">TRIM(&quot;a&quot;)</f>'
    content = _with_cells(
        filled(give_out(ground), {}),
        {f"{column}5": f"{first}<v></v>", f"{column}6": '<f t="shared" si="0"/>'},
    )
    assert told(send_up(ground, content)) == {
        5: ("rejected", "cell_unsaved", '=TRIM("a")'),
        6: ("rejected", "cell_unsaved", "=…"),
    }


def test_an_empty_text_as_result_says_nothing(ground: Ground) -> None:
    column = openpyxl.utils.get_column_letter(PLACE["plot_address"])
    content = _with_cells(
        filled(give_out(ground), {}), {f"{column}5": "<f>IF(1,&quot;&quot;)</f><v></v>"}, kind=' t="str"'
    )
    batch = send_up(ground, content)
    assert told(batch) == {}
    assert set(states(batch).values()) == {"unchanged"}


def test_a_formula_that_says_what_was_given_out_is_not_spoken_of(ground: Ground) -> None:
    workbook = give_out(ground)
    column = openpyxl.utils.get_column_letter(PLACE["plot_address"])
    given = ground.holdings[0].plot.address
    content = _with_cells(
        filled(workbook, {}), {f"{column}5": f"<f>TRIM(A1)</f><v>{given}</v>"}, kind=' t="str"'
    )
    batch = send_up(ground, content)
    assert told(batch) == {}
    assert set(states(batch).values()) == {"unchanged"}


def test_an_unsaved_formula_goes_back_as_a_text(ground: Ground, tmp_path: Path) -> None:
    source, target = tmp_path / "nop.xlsx", tmp_path / "tra.xlsx"
    source.write_bytes(filled(give_out(ground), {(5, "plot_address"): "=TRIM(B5)"}))
    annotate(source, target, [], [["a", "b", "c"]])
    cell = openpyxl.load_workbook(target).worksheets[0].cell(5, PLACE["plot_address"])
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=TRIM(B5)", "s", True)


def _with_cells(content: bytes, cells: dict[str, str], kind: str = "") -> bytes:
    """The workbook with the insides of cells as they are given here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            for place, inside in cells.items() if name == SHEET else ():
                pattern = rb'<c r="%b"[^>]*?(?:/>|>.*?</c>)' % place.encode()
                cell = f'<c r="{place}"{kind}>{inside}</c>'.encode()
                part, found = re.subn(pattern, lambda _found, cell=cell: cell, part, count=1, flags=re.DOTALL)
                assert found == 1
            target.writestr(name, part)
    return packed.getvalue()
