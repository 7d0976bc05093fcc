"""Arrow columns from numpy arrays, the way COPY wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .draw import Days, Flags, Floats, Ints


def same(value: Any, count: int) -> pa.Array:
    """One value all the way down."""
    return pa.repeat(pa.scalar(value), count)


def picked(words: Sequence[str], index: Ints) -> pa.Array:
    """`words[index]`."""
    return pa.array(list(words), pa.string()).take(pa.array(index))


def integers(values: Ints, missing: Flags | None = None) -> pa.Array:
    """Whole numbers, null where missing."""
    return pa.array(values, pa.int64(), mask=missing)


def decimals(values: Floats, missing: Flags | None = None) -> pa.Array:
    """Numbers of two places, null where missing."""
    return pa.array(np.round(values, 2), pa.float64(), mask=missing)


def days(values: Days, missing: Flags | None = None) -> pa.Array:
    """Dates, null where missing or not a day."""
    unknown = np.isnat(values)
    return pa.array(
        values.astype("datetime64[D]"),
        pa.date32(),
        mask=unknown | missing if missing is not None else unknown,
    )


def texts(values: Any, missing: Flags | None = None) -> pa.Array:
    """Text; empty (not null) where missing."""
    column = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    return column if missing is None else pc.if_else(pa.array(missing), "", column)


def blank_unless(values: pa.Array, present: Flags) -> pa.Array:
    """The text where it is present, else empty."""
    return pc.if_else(pa.array(present), values, "")


def padded(values: Ints, width: int) -> pa.Array:
    """Whole numbers with leading zeros."""
    return pc.utf8_lpad(pa.array(values, pa.int64()).cast(pa.string()), width, "0")


def joined(*parts: Any) -> pa.Array:
    """Columns and words, one after the other."""
    return pc.binary_join_element_wise(*parts, "")


def written_day(values: Days) -> pa.Array:
    """dd/mm/yyyy; empty where there is no day."""
    return pc.fill_null(pc.strftime(pa.array(values.astype("datetime64[s]")), "%d/%m/%Y"), "")
