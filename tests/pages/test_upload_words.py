"""What a workbook proposes is told in words, never in the keys of the tables."""

from __future__ import annotations

from reconciliation.models import CorrectionBatch
from reconciliation.web import upload_report


def test_keys_are_told_in_words_and_numbers_masked() -> None:
    told = [
        ["parcels.landuse", "term_kind", "", "long", 7],
        ["parcels.landuse", "form", "common", "private", 8],
        ["parcels.holding", "role", "husband", "wife", 9],
        ["parcels.landuser", "id_number_raw", "", "024175123456", 10],
    ]
    batch = CorrectionBatch(report={"differences": told})
    assert [(str(old), str(new)) for _row, _field, old, new in upload_report.differences(batch)] == [
        ("", "Lâu dài"),
        ("Chung", "Riêng"),
        ("Chồng", "Vợ"),
        ("", "•••• •••• 3456"),
    ]
