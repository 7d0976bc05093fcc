"""What a workbook proposes is told in words, never in the keys of the tables."""

from __future__ import annotations

from reconciliation.models import CorrectionRow
from reconciliation.web import upload_words


def test_keys_are_told_in_words_and_numbers_masked() -> None:
    told = [
        ["parcels.landuse", 1, "term_kind", "", "long"],
        ["parcels.landuse", 2, "form", "common", "private"],
        ["parcels.holding", 3, "role", "husband", "wife"],
        ["parcels.landuser", 4, "id_number_raw", "", "024175123456"],
        ["parcels.landuser", 4, "phone", "", "0912345678"],
    ]
    shown = upload_words.shown_changes(CorrectionRow(changes=told))
    assert [(each.old, each.new) for each in shown] == [
        ("", "Lâu dài"),
        ("Chung", "Riêng"),
        ("Chồng", "Vợ"),
        ("", "•••• •••• 3456"),
        ("", "•• •••• 5678"),
    ]


def test_numbers_in_cells_are_masked() -> None:
    cells = [["id_number", "", "", "024175123456"], ["phone", "0912345678", "0912345678", ""]]
    shown = upload_words.shown_changes(CorrectionRow(cells=cells))
    assert "024175" not in str(shown)
    assert "0912345" not in str(shown)
    assert shown[1].new == "(xoá)"
