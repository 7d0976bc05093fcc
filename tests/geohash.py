"""The plot identification code of a point, worked out apart from the code under test."""

from __future__ import annotations


def geohash(lat: float, lon: float, length: int = 12) -> str:
    """The plot identification code of a point (WGS 84, degrees)."""
    alphabet = "0123456789bcdefghjkmnpqrstuvwxyz"
    spans = [[-180.0, 180.0], [-90.0, 90.0]]
    code, digit = "", 0
    for bit in range(length * 5):
        span, value = spans[bit % 2], (lon, lat)[bit % 2]
        middle = (span[0] + span[1]) / 2
        upper = value >= middle
        span[0 if upper else 1] = middle
        digit = digit * 2 + upper
        if bit % 5 == 4:
            code, digit = code + alphabet[digit], 0
    return code
