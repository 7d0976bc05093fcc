"""Plot identification codes read by the database: twelve characters of geohash (WGS 84)."""

from __future__ import annotations

ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
#: A well-formed code, for PostgreSQL's ~.
PATTERN = f"^[{ALPHABET}]{{12}}$"
#: Nine characters are a cell of about 4.8 m: near enough to see whether a code lies on its plot.
_USED = 9
_METRES_PER_DEGREE = 111_320


def distance_sql(code: str, lon: str, lat: str) -> str:
    """SQL for the metres between a code's point and another point; the code must be well-formed."""
    x, y = _degrees(code, 360, 0), _degrees(code, 180, 1)
    return f"{_METRES_PER_DEGREE} * sqrt((({x} - {lon}) * cos(radians({lat}))) ^ 2 + ({y} - {lat}) ^ 2)"


def _degrees(code: str, span: int, axis: int) -> str:
    """SQL for the middle of the code's cell along an axis: 0 longitude, 1 latitude.

    The five bits of a character belong to longitude and latitude in turn, beginning with longitude.
    """
    bits = [n for n in range(_USED * 5) if n % 2 == axis]
    parts = []
    for place in range(_USED):
        own = [n for n in bits if n // 5 == place]
        steps = [
            sum(((value >> (4 - n % 5)) & 1) * span / 2 ** (bits.index(n) + 1) for n in own)
            for value in range(32)
        ]
        listed = ",".join(repr(step) for step in steps)
        parts.append(f"('{{{listed}}}'::float8[])[strpos('{ALPHABET}', substr({code}, {place + 1}, 1))]")
    return f"({' + '.join(parts)} - {span / 2 - span / 2 ** (len(bits) + 1)})"
