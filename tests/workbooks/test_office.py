"""There and back through a real LibreOffice: only what was typed is seen as changed, in every format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconciliation.models import CorrectionBatch

from . import office
from .ground import PLACE, Ground, give_out, make_ground, path_of, send_up, states

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def has_office() -> None:
    if reason := office.missing():
        pytest.skip(reason)


def test_only_the_edits_come_back_whatever_it_is_saved_as(has_office: None, tmp_path: Path) -> None:
    ground: Ground = make_ground(6)
    workbook = give_out(ground)
    source = tmp_path / "tai-ve.xlsx"
    shutil.copy(path_of(workbook), source)
    typed = {(6, PLACE["plot_address"]): "Tổ 9, Khu phố Mới", (8, PLACE["phone"]): "0912345678"}
    for suffix, path in office.edit(source, tmp_path, typed).items():
        batch = send_up(ground, path.read_bytes(), f"bieu{suffix}")
        assert batch.state == CorrectionBatch.State.CHECKED, (suffix, batch.message)
        expected = {row: "proposed" if row in (6, 8) else "unchanged" for row in range(5, 11)}
        assert states(batch) == expected, suffix
        assert [cell[::3] for cell in batch.lines.get(row=6).cells] == [["plot_address", "Tổ 9, Khu phố Mới"]]
        assert batch.lines.get(row=8).cells[0][0] == "phone"
        assert batch.lines.get(row=8).changes[0][4] == "0912345678"
