"""Certificates and their scans: serials and book numbers of their time, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import columns as col
from .draw import Days, Flags, Ints, scrambled, weighted
from .land import Land
from .rates import Kind
from .register import Register

_LETTERS = "ABCDĐEGHIKLMNOPQRSTUVX"
#: Kind of certificate, first and last day, digits, first letters, share (domain.md 3.3).
_PERIODS = (
    ("GCN QSDĐ (Luật 1993)", "1995-01-01", "2004-06-30", 6, "", 0.12),
    ("GCN QSDĐ (Luật 2003)", "2004-07-01", "2009-12-09", 6, "A", 0.25),
    ("GCN (Nghị định 88/2009)", "2009-12-10", "2014-06-30", 6, "B", 0.25),
    ("GCN (Nghị định 43/2014)", "2014-07-01", "2024-12-31", 6, "CD", 0.33),
    ("GCN (Luật 2024)", "2025-01-01", "2025-10-31", 8, _LETTERS, 0.05),
)
_BOOK_PREFIXES = ("", "H", "CH", "CS", "VP")


@dataclass(slots=True)
class Certificates:
    """Certificates of a commune; `of_run` leads from a run to its certificate, −1 where none was issued."""

    run: Ints
    of_run: Ints
    extra_of_plot: dict[int, int]
    period: Ints
    issued: Days
    serial: pa.Array

    def __len__(self) -> int:
        return len(self.run)


def issue(rng: np.random.Generator, land: Land) -> Certificates:
    """A certificate for every run that has one, and a second one for every plot in conflict."""
    register = land.register
    conflicts = np.flatnonzero((register.kind == Kind.CONFLICT) & (register.run >= 0))
    runs = len(register.party)
    issued_runs = np.flatnonzero(~register.run_defects["certificate_missing"])
    run = np.r_[issued_runs, register.run[conflicts]].astype(np.int64)
    of_run = np.full(runs, -1, dtype=np.int64)
    of_run[issued_runs] = np.arange(len(issued_runs))
    period = weighted(rng, len(run), [row[5] for row in _PERIODS])
    starts = np.array([row[1] for row in _PERIODS], dtype="datetime64[D]")
    ends = np.array([row[2] for row in _PERIODS], dtype="datetime64[D]")
    span = (ends - starts).astype(np.int64) + 1
    issued = starts[period] + (rng.random(len(run)) * span[period]).astype(np.int64)
    serial = _serials(land.first.certificate + np.arange(len(run)), period, land.seed)
    extra = {int(plot): len(issued_runs) + turn for turn, plot in enumerate(conflicts)}
    return Certificates(run, of_run, extra, period, issued, serial)


def _serials(index: Ints, period: Ints, seed: int) -> pa.Array:
    """Letters of the period, then digits; no serial is given twice."""
    letters = np.array(list(_LETTERS))
    first = np.array([_letter(kind, 0) for kind in range(len(_PERIODS))])
    slots = scrambled(index, 22_000_000, seed)
    second, digits = slots // 1_000_000, slots % 1_000_000
    head = np.where(period == 0, letters[second], np.char.add(first[period], letters[second]))
    late = np.where((period == 3) & (digits % 2 == 1), np.char.add("D", letters[second]), head)
    digits = np.where(period == 4, digits * 100 + index % 100, digits)
    width = np.where(period == 4, 8, 6)
    short = col.padded(digits, 6)
    long = col.padded(digits, 8)
    return col.joined(col.texts(late.tolist()), " ", pc.if_else(pa.array(width == 8), long, short))


def _letter(period: int, turn: int) -> str:
    return _PERIODS[period][4][turn : turn + 1]


def _faults(register: Register, certificates: Certificates, name: str) -> Flags:
    return register.run_defects[name][certificates.run]


def table(rng: np.random.Generator, land: Land, made: Certificates) -> pa.Table:
    """Rows of parcels_certificate."""
    register, count = land.register, len(made)
    faulty = {name: _faults(register, made, name) for name in register.run_defects}
    serial_raw, serial = _with_faults(made, faulty)
    odd = rng.random(count)
    spaced = pc.if_else(pa.array(odd < 0.15), pc.replace_substring(serial_raw, " ", ""), serial_raw)
    issued = made.issued.copy()
    wrong = faulty["certificate_date_impossible"]
    issued[wrong] = np.where(odd[wrong] < 0.5, np.datetime64("2031-05-20"), np.datetime64("1969-03-14"))
    no_date = faulty["issue_date_missing"]
    book_raw, book = _book_numbers(rng, made, faulty)
    state = np.where(faulty["certificate_superseded"], 1, 0)
    return pa.table(
        {
            "id": col.integers(land.first.certificate + np.arange(count)),
            "commune_id": col.same(land.commune_id, count),
            "source_key": col.same("", count),
            "serial_raw": spaced,
            "serial": serial,
            "kind": col.picked([row[0] for row in _PERIODS], made.period),
            "issued_raw": col.texts(col.written_day(issued), no_date),
            "issued_on": col.days(issued, no_date),
            "book_number_raw": book_raw,
            "book_number": book,
            "state": col.picked(("valid", "superseded"), state),
            "file_id": col.same(land.file, count),
        }
    )


def _with_faults(made: Certificates, faulty: dict[str, Flags]) -> tuple[pa.Array, pa.Array]:
    """Serials as written and as read."""
    count = len(made)
    before = np.maximum(np.arange(count) - 1, 0)
    serial = pc.if_else(pa.array(faulty["serial_shared"]), made.serial.take(pa.array(before)), made.serial)
    shortened = pc.utf8_slice_codeunits(serial, 0, 6)
    serial = pc.if_else(pa.array(faulty["serial_malformed"]), shortened, serial)
    serial = col.texts(serial, faulty["serial_missing"])
    return serial, serial


def _book_numbers(
    rng: np.random.Generator, made: Certificates, faulty: dict[str, Flags]
) -> tuple[pa.Array, pa.Array]:
    """Numbers in the issuing book, as written (dots, spaces, placeholders) and as read."""
    count = len(made)
    number = col.joined(
        col.picked(_BOOK_PREFIXES, made.period), col.padded(rng.integers(1, 99_000, count), 5)
    )
    dotted = pc.replace_substring_regex(number, r"^([A-Z]+)(\d\d)", r"\1 \2.")
    raw = pc.if_else(pa.array(rng.random(count) < 0.06), dotted, number)
    filler = faulty["book_number_placeholder"]
    raw = pc.if_else(pa.array(filler), "--\\--", raw)
    long = pa.array(faulty["book_number_long"])
    raw, number = (pc.if_else(long, col.joined(number, "/QĐ-UBND"), text) for text in (raw, number))
    missing = faulty["book_number_missing"]
    return col.texts(raw, missing), col.texts(number, missing | filler)


def scans(rng: np.random.Generator, land: Land, made: Certificates) -> pa.Table:
    """Rows of parcels_scan: the certificate itself, and for some the identity papers of its holders."""
    register = land.register
    present = np.flatnonzero(~_faults(register, made, "scan_missing"))
    papers = present[rng.random(len(present)) < 0.3]
    which = np.r_[present, papers]
    kind = np.r_[np.zeros(len(present), dtype=np.int64), np.ones(len(papers), dtype=np.int64)]
    serial = pc.replace_substring(made.serial.take(pa.array(which)), " ", "")
    count = len(which)
    names = col.joined(f"{land.commune.code}_", col.picked(("GCN", "GT"), kind), "_", serial, ".pdf")
    return pa.table(
        {
            "certificate_id": col.integers(land.first.certificate + which),
            "commune_id": col.same(land.commune_id, count),
            "file_name": names,
            "sha256": col.same("", count),
            "kind": col.picked(("GCN", "GT"), kind),
            "is_linked": pa.array(~_faults(register, made, "scan_unlinked")[which]),
            "is_signed": pa.array(~_faults(register, made, "scan_unsigned")[which]),
        }
    )
