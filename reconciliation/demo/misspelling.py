"""How clerks spell one name: the dirt of domain.md 5, one function per habit."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from landdb import normalise

#: hòa → hoà: the tone moves to the second vowel of oa, oe, uy at the end of a word.
_TONES = {
    old: new
    for pair, second in (("o", "a"), ("o", "e"), ("u", "y"))
    for old, new in (
        (
            unicodedata.normalize("NFC", pair + mark + second),
            unicodedata.normalize("NFC", pair + second + mark),
        )
        for mark in "\u0300\u0301\u0309\u0303\u0323"
    )
}
_Y_TO_I = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")
_NEAR_KEYS = {"n": "m", "m": "n", "h": "g", "g": "h", "t": "r", "o": "p", "a": "s", "i": "u", "c": "v"}


@lru_cache(maxsize=1)
def _tcvn3() -> dict[int, str]:
    table = Path(normalise.__file__).parent / "data" / "tcvn3.csv"
    with table.open(encoding="utf8", newline="") as rows:
        return {
            int(row["unicode_codepoint"], 16): chr(int(row["legacy_codepoint"], 16))
            for row in csv.DictReader(rows)
        }


def tone_moved(name: str, rng: np.random.Generator) -> str:
    """Hoà for Hòa."""
    for old, new in _TONES.items():
        if name.lower().endswith(old) or old + " " in name.lower():
            name = name.replace(old, new).replace(old.capitalize(), new.capitalize())
    return name


def respelt(name: str, rng: np.random.Generator) -> str:
    """Lí for Lý, Mĩ for Mỹ: y as the only vowel of a word."""
    return " ".join(
        word.translate(_Y_TO_I) if len(word) <= 3 and not set(word.lower()) & set("aeouâêôơưuủ") else word
        for word in name.split(" ")
    )


def in_tcvn3(name: str, rng: np.random.Generator) -> str:
    """Typed in a .VnTime font and read as Latin-1."""
    return name.translate(_tcvn3())


def mistyped(name: str, rng: np.random.Generator) -> str:
    """A letter dropped, doubled, swapped with the next or taken from the key beside it; not the first one."""
    if len(name) < 5:
        return name + " "
    place = int(rng.integers(1, len(name) - 2))
    if name[place] == " " or name[place + 1] == " ":
        place = len(name) - 2
    letter = name[place]
    how = int(rng.integers(0, 4))
    if how == 0:
        return name[:place] + name[place + 1 :]
    if how == 1:
        return name[:place] + letter + name[place:]
    if how == 2:
        return name[:place] + name[place + 1] + letter + name[place + 2 :]
    return name[:place] + _NEAR_KEYS.get(letter, "e") + name[place + 1 :]


def with_lost_letters(name: str, rng: np.random.Generator) -> str:
    """Nguy?n: letters that a program could not write."""
    return "".join(char if ord(char) < 256 else "?" for char in name)


def loose(name: str, rng: np.random.Generator) -> str:
    """Blanks too many."""
    return "  ".join(name.split(" ")) + " "


def decomposed(name: str, rng: np.random.Generator) -> str:
    """NFD, as some programs write it."""
    return unicodedata.normalize("NFD", name)


HABITS: dict[str, Callable[[str, np.random.Generator], str]] = {
    "tone": tone_moved,
    "respelt": respelt,
    "tcvn3": in_tcvn3,
    "typo": mistyped,
    "lost_letters": with_lost_letters,
    "spaces": loose,
    "nfd": decomposed,
}
