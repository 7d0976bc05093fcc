from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from landdb.models import AdminUnit
from parcels.importers.form01.layout import Layout, write
from tests import factories

Row = dict[str, Any]
Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def commune(db: None) -> AdminUnit:
    return factories.make_commune(
        code="07210", name="Phường Bắc Giang", short_name="Bắc Giang", delivered=False
    )


@pytest.fixture
def workbook(tmp_path: Path) -> Write:
    """Writes rows into a workbook: V1 unless the keywords of `Layout` say otherwise."""

    def make(rows: Iterable[Mapping[str, object]], name: str = "bieu01.xlsx", **layout: Any) -> Path:
        path = tmp_path / name
        write(path, rows, Layout(**layout))
        return path

    return make


def row(number: int = 1, /, **values: Any) -> Row:
    """A whole and orderly row of V1, made up; each number is another plot, certificate and person."""
    return {
        "no": number,
        "commune_code": "07210",
        "serial": f"BK {number:06}",
        "issued": "20/05/2012",
        "book_number": f"CH{number:05}",
        "name": f"Nguyễn Văn {_word(number)}",
        "id_number": f"024075{number:06}",
        "birth": "12/03/1975",
        "sex": "Nam",
        "address": "Thôn Đông, xã Tam Đa, huyện Yên Phong, tỉnh Bắc Ninh",
        "legal_form": "Hộ gia đình",
        "role": "Chủ hộ",
        "plot_code": "w7g9088sc92b",
        "certificate_sheet": 7,
        "certificate_plot": number,
        "sheet": 12,
        "number": number,
        "plot_address": "Thôn Đông, phường Bắc Giang, tỉnh Bắc Ninh",
        "legal_area": "120,5",
        "use1_purpose": "ONT",
        "use1_area": 100,
        "use1_origin": "CNQ-CTT",
        "use1_form": "Sử dụng riêng",
        "use1_term": "Lâu dài",
        "use2_purpose": "Đất trồng cây lâu năm",
        "use2_area": "20,5",
        "use2_origin": "CNQ-KTT",
        "use2_form": "Sử dụng riêng",
        "use2_term": "Đến ngày 01/08/2074",
        "asset_kind": "Nhà ở riêng lẻ",
        "built_area": "80,25",
        "floor_area": 160,
        "scans": f"BK{number:06}-GCN.pdf, BK {number:06}-GT.pdf",
        "plot_class": "Loại 4",
        "certificate_kind": "GCN NĐ 88",
        "guid": f"00000000-0000-0000-0000-{number:012}",
    } | values


def _word(number: int) -> str:
    """A made-up given name for every number."""
    letters = "bcdghklmnpqrstvx"
    first, second, third = (letters[number // 16**place % 16] for place in range(3))
    return f"{first.upper()}a{second} {third.upper()}inh"


def bare(number: int = 1, /, **values: Any) -> Row:
    """A row with what identifies it alone, and no Guid."""
    kept = ("commune_code", "serial", "name", "id_number", "birth", "sex", "sheet", "number")
    whole = row(number)
    return {name: whole[name] for name in kept} | values
