"""What the name of a scanned file says: the serials it may belong to, the commune, the kind of paper.

The habits of the communes: `{serial}-GCN.pdf`, `{serial}-GT.pdf`, `{commune}_GCN_{serial}.pdf`,
`{serial}.pdf`; for plots without a certificate `CHUACOGIAY_{commune}_{sheet}_{plot}-DDK.pdf`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from landdb.normalise import serials

#: The letters by which file names say what they show (`24_GCN_AA123456.pdf`, `AA 123456-GT.pdf`).
KIND = re.compile(r"(?:^|[-_ .])(GCN|GT|DDK|TBXN|CCCD|CMND)(?=[-_ .]|$)", re.IGNORECASE)
#: Those letters → `Scan.Kind`.
KINDS = {"GCN": "GCN", "GT": "GT", "CCCD": "GT", "CMND": "GT", "DDK": "DDK", "TBXN": "TBXN"}
_NO_PAPER = re.compile(
    r"CHUA[_ ]?(?:CO|CAP)[_ ]?GIAY[_\- ](\d{5})[_\- ](\d{1,5})[_\- ](\d{1,6})", re.IGNORECASE
)
_WORD = re.compile(r"[_\-\s.()]+")
_COMMUNE = re.compile(r"^(\d{5})[_\-\s]")
#: What a copy of a file is called: "(1)", "- Copy", "trang 2".
_COPY = re.compile(
    r"(?:\s*\(\d{1,2}\)|\s*-\s*(?:copy|bản sao)|[_\-\s](?:trang|tr|p|page)?\s?\d{1,2})$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ScanName:
    """`serial` normalised, '' where there is none; `plot`: commune, sheet, number of one without a paper."""

    serial: str = ""
    commune: str = ""
    kind: str = ""
    plot: tuple[str, int, int] | None = None


def parse(name: str) -> ScanName:
    """Read a file name, with or without folders before it; never raises."""
    stem = PurePosixPath(unicodedata.normalize("NFC", name[:400]).replace("\\", "/")).stem
    bare = _COPY.sub("", stem) if not re.search(r"\d{6}$", stem) else stem
    without = _NO_PAPER.search(stem)
    if without:
        commune, sheet, number = without.groups()
        return ScanName("", commune, _kind(_NO_PAPER.sub("", stem)), (commune, int(sheet), int(number)))
    code = _COMMUNE.match(bare)
    rest = bare[code.end() :] if code else bare
    kind = _kind(rest)
    words = [word for word in _WORD.split(rest) if word and word.upper() not in KINDS]
    found = serials.parse(" ".join(words)).serials
    known = [serial for serial in found if re.fullmatch(serials.PATTERN, serial)]
    return ScanName(known[0] if len(known) == 1 else "", code[1] if code else "", kind)


def _kind(text: str) -> str:
    """The kind of the one word that names it; a bare serial is the certificate itself."""
    found = {KINDS[each.upper()] for each in KIND.findall(text)}
    return found.pop() if len(found) == 1 else "" if found else "GCN"
