"""The rows of a CSV or Parquet file as text, a batch at a time: the file may be larger than memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from .cells import texts
from .headers import Column, Located, key, locate
from .outcome import Refused
from .rows import Layout
from .sources import Kind, Source

#: Rows per batch.
BATCH = 10_000
#: Characters of a CSV cell beyond which a quotation mark must have been left open.
LONGEST_CELL = 16 * 2**20


class Batch(NamedTuple):
    """Consecutive rows, each with as many cells as it has; `first` is the number of the first row."""

    first: int
    rows: list[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose columns are found. Reading its rows raises Refused where the file breaks off."""

    source: Source
    headers: tuple[str, ...]
    located: Located
    columns: tuple[Column, ...]
    delimiter: str = ","

    @property
    def layout(self) -> Layout:
        """What `rows.pick` needs to know of this file."""
        places = self.located.places
        if self.source.kind == Kind.PARQUET:
            places = {field: place for place, field in enumerate(places)}
        width = len(places) if self.source.kind == Kind.PARQUET else len(self.headers)
        return Layout(width, tuple((c.field, places.get(c.field, -1), c.longest) for c in self.columns))

    def batches(self) -> Iterator[Batch]:
        """All rows below the header, in the order of the file."""
        return _parquet_rows(self) if self.source.kind == Kind.PARQUET else _csv_rows(self)


def open_table(source: Source, columns: Sequence[Column]) -> Table:
    """Find the columns of a file; Refused where one is missing or the file cannot be read."""
    if source.kind == Kind.PARQUET:
        headers = tuple(_schema(source.path).names)
        return Table(source, headers, locate(headers, columns), tuple(columns))
    known = frozenset().union(*(column.keys for column in columns))
    best: tuple[str, ...] = ()
    chosen, most = ",", (-1, -1)
    for delimiter in ",;\t":
        headers = _first_row(source.path, delimiter)
        rank = (sum(key(header) in known for header in headers), len(headers))
        if rank > most:
            best, chosen, most = headers, delimiter, rank
    return Table(source, best, locate(best, columns), tuple(columns), chosen)


def _first_row(path: Path, delimiter: str) -> tuple[str, ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = csv.reader(file, delimiter=delimiter)
            return tuple(next((row for row in rows if any(map(str.strip, row))), ()))
        except csv.Error:
            raise Refused(_("Dòng tiêu đề của tệp CSV không đọc được.")) from None


def _csv_rows(table: Table) -> Iterator[Batch]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        with table.source.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=table.delimiter)
            number = 1
            while not any(cell.strip() for cell in next(reader)):
                number += 1
            rows: list[Sequence[str]] = []
            for row in reader:
                rows.append(row)
                if len(rows) == BATCH:
                    yield Batch(number + 1, rows)
                    number, rows = number + len(rows), []
            if rows:
                yield Batch(number + 1, rows)
    except (csv.Error, UnicodeDecodeError):
        raise Refused(
            _("Tệp CSV hỏng ở khoảng dòng %(line)s: có lẽ thiếu một dấu ngoặc kép đóng.")
            % {"line": reader.line_num}
        ) from None
    finally:
        csv.field_size_limit(before)


def _schema(path: Path) -> pa.Schema:
    try:
        return pq.ParquetFile(path).schema_arrow
    except (pa.ArrowException, OSError, ValueError):
        raise _broken() from None


def _broken() -> Refused:
    return Refused(_("Tệp Parquet hỏng hoặc chép chưa xong, không đọc được."))


def _parquet_rows(table: Table) -> Iterator[Batch]:
    number = 1
    names = [table.headers[place] for place in table.located.places.values()]
    try:
        for batch in pq.ParquetFile(table.source.path).iter_batches(batch_size=BATCH, columns=names):
            columns = [texts(batch.column(batch.schema.get_field_index(name)), name) for name in names]
            yield Batch(number, list(zip(*columns, strict=True)))
            number += batch.num_rows
    except (pa.ArrowException, OSError, ValueError):
        raise _broken() from None
