"""Cells of typed columns as the text that somebody would have typed."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from .outcome import Refused


def texts(column: pa.Array, name: str) -> list[str]:
    """A text for each cell, '' for none; days as yyyy-mm-dd, whole numbers without a decimal point."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.dictionary_decode(), name)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise Refused(
            _("Cột %(name)s của tệp Parquet không phải văn bản, số hay ngày.") % {"name": name[:60]}
        )
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        column = pc.strftime(column, format="%Y-%m-%d")
    if pa.types.is_floating(kind):
        return [_number(value) for value in column.to_pylist()]
    return ["" if value is None else value for value in column.cast(pa.large_string()).to_pylist()]


def _number(value: Any) -> str:
    if value is None or math.isnan(value):
        return ""
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)
