"""The files that a real office would hold, in the interchange formats (blueprint 10)."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from landdb import bulk

from . import columns as col
from .draw import Flags
from .places import communes
from .province import Ids, Size, people_only

#: Residents and land users in the sample that lies beside a demo.
SAMPLE = 50_000


class _Both:
    """One table as CSV and as Parquet, batch by batch."""

    def __init__(self, folder: Path, name: str) -> None:
        self.csv_path, self.parquet_path = folder / f"{name}.csv", folder / f"{name}.parquet"
        self.stack = contextlib.ExitStack()
        self.csv: Any = None
        self.parquet: Any = None
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        if self.csv is None:
            self.csv = self.stack.enter_context(pa_csv.CSVWriter(self.csv_path, table.schema))
            self.parquet = self.stack.enter_context(pq.ParquetWriter(self.parquet_path, table.schema))
        self.csv.write_table(table)
        self.parquet.write_table(table)
        self.rows += table.num_rows

    def close(self) -> None:
        self.stack.close()


def write(folder: Path, size: Size) -> dict[str, Any]:
    """Land users, residents and the truth about them, without any database; rows per file."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: _Both(folder, name) for name in ("land_users", "residents", "truth")}
    codes = {commune.code: commune.number for commune in communes()}
    for part in people_only(size, Ids(codes, {}, 0, 0)):
        files["land_users"].add(land_users(part.tables["parcels_landuser"]))
        residents = part.tables["citizens_resident"]
        residents = residents.append_column("commune_code", col.same(part.commune.code, residents.num_rows))
        files["residents"].add(registry(residents))
        files["truth"].add(part.truth.rename_columns(["owner_id", "resident_id", "case"]))
    for file in files.values():
        file.close()
    return {"folder": str(folder), **{name: file.rows for name, file in files.items()}}


def from_database(folder: Path, *, every: bool) -> None:
    """The registry extract and the list of land users as CSV: a sample, or all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    limit = None if every else SAMPLE
    users = bulk.read_here(
        "SELECT source_key, name_raw, birth_raw, sex_raw, id_number_raw, village, address_raw, commune_raw "
        "FROM parcels_landuser ORDER BY id LIMIT %s",
        [limit],
    )
    pa_csv.write_csv(land_users(users), folder / "nguoi-su-dung-dat.csv")
    residents = bulk.read_here(
        "SELECT r.*, u.code AS commune_code FROM citizens_resident r "
        "JOIN landdb_adminunit u ON u.id = r.commune_id ORDER BY r.id LIMIT %s",
        [limit],
        types={"birth_on": pa.date32(), "died_on": pa.date32()},
    )
    pa_csv.write_csv(registry(residents), folder / "trich-xuat-dan-cu.csv")


def land_users(rows: pa.Table) -> pa.Table:
    """Columns of parcels_landuser as an interchange list, the address taken apart as clerks type it."""
    parts = pc.split_pattern(rows["address_raw"], ", ")
    parts = parts.combine_chunks() if isinstance(parts, pa.ChunkedArray) else parts
    unit, district = _part(parts, 1), _part(parts, 2)
    in_unit = pc.fill_null(pc.match_substring_regex(unit, "^(Xã|Phường|Thị trấn) "), fill_value=False)
    in_district = pc.fill_null(
        pc.match_substring_regex(district, "^(Huyện|Thành phố|Thị xã) "), fill_value=False
    )
    return pa.table(
        {
            "owner_id": rows["source_key"],
            "full_name": rows["name_raw"],
            "birth": rows["birth_raw"],
            "sex": rows["sex_raw"],
            "id_number": rows["id_number_raw"],
            "village": rows["village"],
            "commune": _bare(pc.if_else(in_unit, unit, rows["commune_raw"])),
            "district": pc.if_else(in_district, district, ""),
        }
    )


def _bare(units: Any) -> pa.Array:
    """Every sixth commune without the word Xã or Phường."""
    which: Flags = np.arange(len(units)) % 6 == 5
    return pc.if_else(pa.array(which), pc.replace_substring_regex(units, "^(Xã|Phường) ", ""), units)


def _part(parts: pa.ListArray, place: int) -> pa.Array:
    """One element of every list, null where the list is shorter."""
    lengths = pc.list_value_length(parts)
    padded = pc.if_else(pc.greater(lengths, place), parts, None)
    return pc.list_element(pc.fill_null(padded, pa.scalar([""] * (place + 1), parts.type)), place)


def _births(rows: pa.Table) -> pa.Array:
    """The day of birth, or the year where only that is known."""
    days, years = (rows[column].cast(pa.string()) for column in ("birth_on", "birth_year"))
    return pc.coalesce(days, years)


def registry(rows: pa.Table) -> pa.Table:
    """Columns of citizens_resident (and `commune_code`) as a registry extract."""
    former = pc.split_pattern(rows["former_commune_raw"], ", ", max_splits=1)
    former = former.combine_chunks() if isinstance(former, pa.ChunkedArray) else former
    return pa.table(
        {
            "resident_id": rows["resident_key"],
            "full_name": rows["name"],
            "dob": _births(rows),
            "sex": pc.if_else(pc.equal(rows["sex"], "M"), "Nam", "Nữ"),
            "cccd": rows["id_number"],
            "cmnd": rows["former_number"],
            "village": rows["village"],
            "commune_code": rows["commune_code"],
            "commune": rows["commune_raw"],
            "old_commune": _part(former, 0),
            "old_district": _part(former, 1),
            "status": rows["status"],
            "died_on": rows["died_on"],
        }
    )
