"""Opaque keys of lines that leave the house and come back, perhaps retyped from paper.

Twelve characters of Crockford's alphabet (no I, L, O, U), shown in groups of four; the last is a check (Luhn
mod 32), which finds any one character mistyped and nearly all neighbours swapped.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "Đ": "D"})
_FILLING = re.compile(r"[\s\-–—_.'’`:\u200b\ufeff\xad]+")


def new() -> str:
    """A key that nobody can guess from another: 55 random bits and the check."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH - 1))
    return body + _check(body)


def shown(key: str) -> str:
    """The key as it is printed: K7MX-3QHD-9T2R."""
    return "-".join(key[start : start + 4] for start in range(0, len(key), 4))


def parse(raw: str) -> str:
    """The key that a cell means, however it is spaced or cased, O typed for 0; '' where it is none."""
    bare = _FILLING.sub("", raw[:60]).upper().translate(_READ_AS)
    if len(bare) != LENGTH or any(character not in _VALUE for character in bare):
        return ""
    return bare if _check(bare[:-1]) == bare[-1] else ""


def _check(body: str) -> str:
    total = 0
    for place, character in enumerate(reversed(body)):
        doubled = _VALUE[character] * (2 if place % 2 == 0 else 1)
        total += doubled // 32 + doubled % 32
    return ALPHABET[-total % 32]
