"""Reading the certificate of a row and the names of its scans."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone

from landdb.normalise import dates, serials
from parcels.models import Scan
from parcels.scan_names import KIND, KINDS

from . import problems
from .entries import CertificatePart, ScanPart
from .fields import CERTIFICATE
from .row import Row

#: Before it no certificate was issued to anybody (Land Law of 1987).
_FIRST_PAPER = dt.date(1988, 1, 1)
_BETWEEN_FILES = re.compile(r"[,;\n\r|]+")
_FILLING = re.compile(r"[\W_]+")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{2,4}$")


def read_certificate(row: Row) -> CertificatePart | None:
    """The certificate; None where none was issued or the row says nothing of one."""
    if row.leaves(CERTIFICATE):
        return None
    raw = row.text("serial", 120)
    read = serials.parse(row.raw("serial", 2000)) if raw else None
    if read and len(read.serials) > 1:
        raise row.reject(problems.SEVERAL_SERIALS, "serial")
    if read and read.none_issued:
        return None
    serial = read.serials[0] if read and read.serials else ""
    if read and not serial:
        row.warn(problems.SERIAL_PLACEHOLDER, "serial")
    elif read and not re.match(serials.PATTERN, serial):
        row.warn(problems.SERIAL_LETTERS if serial.isdigit() else problems.SERIAL_MALFORMED, "serial")
    book_raw = row.text("book_number", 60)
    issued = dates.parse(row.value("issued"))
    if row.value("issued") is not None and issued.year is None:
        row.warn(problems.DATE_UNREADABLE, "issued")
    elif issued.on and not _FIRST_PAPER <= issued.on <= timezone.localdate():
        row.warn(problems.DATE_IMPOSSIBLE, "issued")
    elif "swapped" in issued.warnings:
        row.warn(problems.DATE_SWAPPED, "issued")
    issued_raw, kind = row.text("issued", 40), row.text("certificate_kind", 80)
    if not (serial or book_raw or issued_raw or row.is_settled):
        return None
    book = serials.parse_book_number(book_raw)
    if "too_long" in book.warnings:
        row.warn(problems.BOOK_NUMBER_LONG, "book_number")
    return CertificatePart(raw, serial[:20], kind, issued_raw, issued.on, book_raw, book.number[:40])


def read_scans(row: Row, serial: str) -> tuple[ScanPart, ...]:
    """The scans that column AX lists. A name does not tell whether its file is signed."""
    text = row.raw("scans", 2000)
    names = dict.fromkeys(name.strip()[-160:] for name in _BETWEEN_FILES.split(text) if name.strip())
    return tuple(ScanPart(name, _scan_kind(name, serial), _carries(name, serial)) for name in names)


def _scan_kind(name: str, serial: str) -> str:
    told = KIND.search(_SUFFIX.sub("", name))
    if told:
        return KINDS[told[1].upper()]
    # A name that is the serial alone shows the certificate itself.
    is_serial = bool(serial) and _bare(_SUFFIX.sub("", name)) == _bare(serial)
    return Scan.Kind.CERTIFICATE.value if is_serial else Scan.Kind.OTHER.value


def _carries(name: str, serial: str) -> bool:
    return bool(serial) and _bare(serial) in _bare(name)


def _bare(text: str) -> str:
    """Letters and digits alone; file names often write D for Đ."""
    return _FILLING.sub("", text.upper()).replace("Đ", "D")
