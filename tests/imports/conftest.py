from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from landdb.reference import units

Write = Callable[..., Path]


@pytest.fixture
def communes(db: None) -> None:
    """The 99 communes of today."""
    units.load()


@pytest.fixture
def write_csv(tmp_path: Path) -> Write:
    def write(
        rows: Iterable[Mapping[str, Any]],
        name: str = "list.csv",
        delimiter: str = ",",
        encoding: str = "utf-8",
    ) -> Path:
        rows = list(rows)
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def write_parquet(tmp_path: Path) -> Write:
    def write(rows: Iterable[Mapping[str, Any]], name: str = "list.parquet") -> Path:
        path = tmp_path / name
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
        return path

    return write


def resident(number: int = 1, **values: Any) -> dict[str, Any]:
    """A made-up row of an extract."""
    return {
        "resident_id": f"R{number}",
        "full_name": "Nguyễn Thị Lan",
        "dob": "1971-05-03",
        "sex": "Nữ",
        "cccd": f"0271710{number:05d}",
        "cmnd": "",
        "village": "Thôn Đông",
        "commune_code": "07822",
        "commune": "",
        "old_commune": "Xã Đồng Tiến",
        "old_district": "Huyện Hiệp Hòa",
        "status": "alive",
    } | values


def land_user(number: int = 1, **values: Any) -> dict[str, Any]:
    """A made-up row of a list of land users."""
    return {
        "owner_id": f"L{number}",
        "full_name": "Ông Trần Văn Bình",
        "birth": "1960",
        "sex": "Nam",
        "id_number": f"0270600{number:05d}",
        "village": "Thôn Đoài",
        "commune": "Xã Đồng Tiến",
        "district": "Huyện Hiệp Hòa",
    } | values
