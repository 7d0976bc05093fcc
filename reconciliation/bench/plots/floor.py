"""The floor: what it costs to read the same columns out with COPY, and to COPY the same results in.

No rule is asked and no difference looked for. As many connections as the job has workers take the tables, the
longest first, so that the floor is as low as the machine allows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import psycopg
from django.db import connection

from landdb import bulk

Asked = TypeVar("Asked")

#: As many as the worker has processes.
CONNECTIONS = 2
_BLOCK = 1 << 20

#: Everything that the rules look at, a query for each table; the longest first.
INPUTS = (
    "SELECT id, commune_id, sheet, number, code, legal_area, measured_area, address, geometry IS NOT NULL,"
    " geometry_fault, overlap_area, map_source, lon, lat, box, state FROM parcels_plot",
    "SELECT id, plot_id, purpose, purpose_raw, area, origin, origin_raw, term_kind, term_raw, term_until"
    " FROM parcels_landuse",
    "SELECT id, plot_id, certificate_id, land_user_id, legal_form, certificate_sheet, certificate_plot,"
    " current_user_name, current_user_number, change_reason FROM parcels_holding",
    "SELECT id, serial, serial_raw, issued_on, issued_raw, book_number, book_number_raw, state"
    " FROM parcels_certificate",
    "SELECT certificate_id, kind, is_linked, is_signed FROM parcels_scan",
    "SELECT id, kind, name, name_fold, birth_on, birth_year, sex, id_number, id_kind, id_number_raw, phone,"
    " address_raw, warnings, merged_into_id FROM parcels_landuser",
    "SELECT land_user_id, outcome, differs, resident_id FROM reconciliation_verification",
    "SELECT r.id, r.id_number, r.died_on, r.status, r.extract_id FROM citizens_resident r"
    " JOIN reconciliation_verification v ON v.resident_id = r.id",
    "SELECT plot_id, state FROM parcels_registration",
)
#: What a run from nothing writes.
RESULTS = (
    "reconciliation_finding",
    "reconciliation_plotstatus",
    "reconciliation_groupmove",
    "reconciliation_tally",
)


@dataclass(frozen=True)
class Floor:
    """Seconds of reading and of writing."""

    out: float
    into: float

    @property
    def seconds(self) -> float:
        return round(self.out + self.into, 2)


def measure() -> Floor:
    """Read the inputs out and the present results in, into tables like theirs with the same indexes."""
    with TemporaryDirectory(prefix="landdb-floor-") as made:
        folder = Path(made)
        out = _timed(_read, INPUTS)
        _side_by_side(_keep, ((folder, table) for table in RESULTS))
        try:
            with connection.cursor() as cursor:
                for table in RESULTS:
                    cursor.execute(f"DROP TABLE IF EXISTS {_like(table)}")
                    cursor.execute(f"CREATE TABLE {_like(table)} (LIKE {table} INCLUDING ALL)")
                cursor.execute("CHECKPOINT")
            into = _timed(_write, [(folder, table) for table in RESULTS])
        finally:
            with connection.cursor() as cursor:
                for table in RESULTS:
                    cursor.execute(f"DROP TABLE IF EXISTS {_like(table)}")
    return Floor(out, into)


def _timed(work: Callable[[Asked], None], asked: Iterable[Asked]) -> float:
    started = time.monotonic()
    _side_by_side(work, asked)
    return round(time.monotonic() - started, 2)


def _side_by_side(work: Callable[[Asked], None], asked: Iterable[Asked]) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(work, asked))


def _read(query: str) -> None:
    with _connected() as own, own.cursor().copy(f"COPY ({query}) TO STDOUT") as copy:
        for _block in copy:
            pass


def _keep(asked: tuple[Path, str]) -> None:
    folder, table = asked
    with (
        _connected() as own,
        (folder / table).open("wb") as file,
        own.cursor().copy(f"COPY {table} TO STDOUT") as copy,
    ):
        for block in copy:
            file.write(block)


def _write(asked: tuple[Path, str]) -> None:
    folder, table = asked
    with (
        _connected() as own,
        (folder / table).open("rb") as file,
        own.cursor().copy(f"COPY {_like(table)} FROM STDIN") as copy,
    ):
        while block := file.read(_BLOCK):
            copy.write(block)


def _connected() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(bulk.conninfo(), autocommit=True)


def _like(table: str) -> str:
    return table.replace("reconciliation_", "floor_")
