"""Certificates with their scans, as they stand beside an evidence: the newest of a land user or of a plot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from landdb.models import User
from parcels.models import Certificate, Scan

# Papers and scans in one statement, with no more than is shown of them.
_NEWEST = """
    SELECT paper.*, s.id, s.kind, s.file_name, s.stored <> ''
    FROM (
        SELECT id, serial, serial_raw, issued_on, issued_raw, book_number, state FROM parcels_certificate
        WHERE id = ANY (ARRAY({held}))
        AND (%(communes)s::bigint[] IS NULL OR commune_id = ANY (%(communes)s::bigint[]))
        ORDER BY issued_on DESC, id LIMIT %(most)s
    ) AS paper
    LEFT JOIN parcels_scan AS s ON s.certificate_id = paper.id
    ORDER BY paper.issued_on DESC, paper.id, s.id
"""
_OF_LAND_USER = "SELECT certificate_id FROM parcels_holding WHERE land_user_id = %(pk)s"
_OF_PLOT = """
    SELECT certificate_id FROM parcels_holding WHERE plot_id = %(pk)s
    AND (%(communes)s::bigint[] IS NULL OR commune_id = ANY (%(communes)s::bigint[]))
"""


@dataclass(frozen=True, slots=True)
class PaperScan:
    """A scan of a certificate; its file is kept here, or only its name is known."""

    pk: int
    kind: str
    file_name: str
    is_stored: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate of the list; `flaw` says what it is where it is not valid any more."""

    pk: int
    name: str
    issued_on: dt.date | None
    issued_raw: str
    book_number: str
    flaw: str
    scans: list[PaperScan]

    def __str__(self) -> str:
        return self.name


def of_land_user(user: User, pk: int, most: int) -> list[Paper]:
    """The newest certificates of the user's territory that name a land user."""
    return _read(user, _OF_LAND_USER, pk, most)


def of_plot(user: User, pk: int, most: int) -> list[Paper]:
    """The newest certificates of the user's territory that holdings of a plot there name."""
    return _read(user, _OF_PLOT, pk, most)


def _read(user: User, held: str, pk: int, most: int) -> list[Paper]:
    ids = user.commune_ids()
    values = {"pk": pk, "most": most, "communes": None if ids is None else list(ids)}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST.format(held=held), values)
        rows = cursor.fetchall()
    papers: dict[int, Paper] = {}
    for *paper, scan, kind, file_name, is_stored in rows:
        if paper[0] not in papers:
            papers[paper[0]] = _paper(paper)
        if scan is not None:
            found = PaperScan(scan, str(Scan.Kind(kind).label), file_name, is_stored)
            papers[paper[0]].scans.append(found)
    return list(papers.values())


def _paper(row: Sequence[Any]) -> Paper:
    pk, serial, serial_raw, issued_on, issued_raw, book_number, state = row
    name = str(Certificate(pk=pk, serial=serial, serial_raw=serial_raw))
    flaw = "" if state == Certificate.State.VALID else str(Certificate.State(state).label)
    return Paper(pk, name, issued_on, issued_raw, book_number, flaw, [])
