"""The twelve-character plot code (GeoHash of a point, TT 09/2024), many at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .draw import Floats

ALPHABET = np.frombuffer(b"0123456789bcdefghjkmnpqrstuvwxyz", dtype=np.uint8)
LENGTH = 12
_BITS = 5 * LENGTH // 2

Bits = npt.NDArray[np.uint64]


def encode(lat: Floats, lon: Floats) -> npt.NDArray[np.bytes_]:
    """Codes of points in WGS 84 (degrees), as ASCII."""
    size = 1 << _BITS
    across = np.clip((lon + 180) / 360 * size, 0, size - 1).astype(np.uint64)
    up = np.clip((lat + 90) / 180 * size, 0, size - 1).astype(np.uint64)
    # The first bit is of the longitude, so it stands one place higher.
    woven = (_spread(across) << np.uint64(1)) | _spread(up)
    shifts = np.arange(5 * (LENGTH - 1), -1, -5, dtype=np.uint64)
    letters = ALPHABET[(woven[:, None] >> shifts) & np.uint64(31)]
    return np.ascontiguousarray(letters).view(f"S{LENGTH}").ravel()


def _spread(values: Bits) -> Bits:
    """The 32 low bits of every value, with a zero bit between each two."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):  # fmt: skip
        values = (values | (values << np.uint64(shift))) & np.uint64(mask)
    return values
