"""What a list says of the files that it can be taken away as."""

from __future__ import annotations

from dataclasses import dataclass

#: Rows of each kind of file: a workbook is made while somebody waits, CSV is sent while it is read.
MOST = {"xlsx": 2000, "csv": 50_000}


@dataclass(frozen=True, slots=True)
class FileLink:
    """A kind of file, and how many of the list's rows it holds."""

    kind: str
    rows: int
    is_cut: bool


def of(total: int) -> list[FileLink]:
    """The files of a list of so many rows."""
    return [FileLink(kind, min(total, most), total > most) for kind, most in MOST.items()]
