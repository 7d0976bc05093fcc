"""What fingers and ears do to a word."""

from __future__ import annotations

import re
import unicodedata

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    key: [row[at + step] for step in (-1, 1) if 0 <= at + step < len(row)]
    for row in _KEYS
    for at, key in enumerate(row)
}
_TONES = "\u0300\u0301\u0309\u0303\u0323"
#: The tone taken for another: huyền and sắc, hỏi and ngã; the dot below for nothing like it.
_CONFUSED = dict(zip(_TONES, "\u0301\u0300\u0303\u0309\u0309", strict=True))
_SOUNDS = (
    ("L", "N"),
    ("N", "L"),
    ("Tr", "Ch"),
    ("Ch", "Tr"),
    ("S", "X"),
    ("X", "S"),
    ("D", "Gi"),
    ("Gi", "D"),
)
_PLACED = [
    ("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("õa", "oã"), ("ọa", "oạ"), ("òe", "oè"), ("óe", "oé"),
    ("ỏe", "oẻ"), ("ùy", "uỳ"), ("úy", "uý"), ("ủy", "uỷ"), ("ũy", "uỹ"), ("ụy", "uỵ"),
]  # fmt: skip
_PLACES = dict(_PLACED) | {new: old for old, new in _PLACED}
_PLACE = re.compile(rf"(?<![qQ])({'|'.join(_PLACES)})\b")
_I_Y = {**dict(zip("yýỳỷỹỵ", "iíìỉĩị", strict=True)), **dict(zip("iíìỉĩị", "yýỳỷỹỵ", strict=True))}
_LAST_Y = re.compile(r"\b((?:[HKLMSTVhklmstv]|[Qq]u)[yýỳỷỹỵ]|[LMTKVlmtkv][iíìỉĩị])\b")


def plain(text: str) -> str:
    """Without any diacritics."""
    bare = text.replace("đ", "d").replace("Đ", "D")
    return "".join(sign for sign in unicodedata.normalize("NFD", bare) if not unicodedata.combining(sign))


def decomposed(text: str, pick: int = 0) -> str:
    return unicodedata.normalize("NFD", text)


def mark_lost(text: str, pick: int) -> str:
    signs = list(unicodedata.normalize("NFD", text))
    marked = [at for at, sign in enumerate(signs) if unicodedata.combining(sign) or sign in "đĐ"]
    if not marked:
        return text
    at = marked[pick % len(marked)]
    signs[at] = {"đ": "d", "Đ": "D"}.get(signs[at], "")
    return unicodedata.normalize("NFC", "".join(signs))


def tone_wrong(text: str, pick: int) -> str:
    signs = list(unicodedata.normalize("NFD", text))
    toned = [at for at, sign in enumerate(signs) if sign in _CONFUSED]
    if not toned:
        return text
    at = toned[pick % len(toned)]
    signs[at] = _CONFUSED[signs[at]]
    return unicodedata.normalize("NFC", "".join(signs))


def tone_placed(text: str, pick: int = 0) -> str:
    return _PLACE.sub(lambda found: _PLACES[found.group()], text)


def i_y(text: str, pick: int = 0) -> str:
    return _LAST_Y.sub(lambda found: found.group()[:-1] + _I_Y[found.group()[-1]], text)


def sound(text: str, pick: int) -> str:
    words = text.split(" ")
    at = pick % len(words)
    for heard, written in _SOUNDS:
        if words[at].startswith(heard) and words[at][len(heard) :][:1] not in ("h", "g"):
            words[at] = written + words[at][len(heard) :]
            break
    return " ".join(words)


def letter_dropped(text: str, pick: int) -> str:
    at = _letter(text, pick)
    return text[:at] + text[at + 1 :]


def letter_doubled(text: str, pick: int) -> str:
    at = _letter(text, pick)
    return text[: at + 1] + text[at].lower() + text[at + 1 :]


def letters_swapped(text: str, pick: int) -> str:
    at = _letter(text, pick)
    if at + 1 >= len(text) or text[at + 1] == " ":
        at -= 1
    if at < 0 or text[at] == " ":
        return text
    pair = text[at + 1] + text[at]
    # The capital stays in front, as correcting programs have it.
    pair = pair.capitalize() if text[at].isupper() else pair
    return text[:at] + pair + text[at + 2 :]


def letter_beside(text: str, pick: int) -> str:
    at = _letter(text, pick)
    beside = _BESIDE.get(text[at].lower())
    if not beside:
        return text
    other = beside[pick // 64 % len(beside)]
    return text[:at] + (other.upper() if text[at].isupper() else other) + text[at + 1 :]


def any_slip(text: str, pick: int) -> str:
    """One of the slips above."""
    slips = (letter_dropped, letter_doubled, letters_swapped, letter_beside, mark_lost, tone_wrong)
    return slips[pick % len(slips)](text, pick // len(slips))


def _letter(text: str, pick: int) -> int:
    """The place of a letter; later ones more often than the first of a word, which is looked at."""
    letters = [at for at, sign in enumerate(text) if sign.isalpha()]
    at = letters[pick % len(letters)]
    if (at == 0 or text[at - 1] == " ") and pick // 7 % 3 and at + 1 < len(text) and text[at + 1].isalpha():
        return at + 1
    return at
