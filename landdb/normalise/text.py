"""Plain text: cleaning, and the keys under which two spellings are held to be one."""

import re
import sys
import unicodedata
from functools import lru_cache

from landdb.normalise.syllables import LONGEST_WORD, respell, split_tone

# Letters that only Unicode Vietnamese has: none of them is in Latin-1 or Windows-1252.
MODERN = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")

_LONG_VALUE = 512
_NOT_WORD = re.compile(r"[\W_]+")
_SPACES = re.compile(r"(\s+)")
_INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_SPACE_LIKE = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)

_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(32), 127))
_CONTROLS |= {ord(char): None for char in _INVISIBLE} | {ord(char): " " for char in _SPACE_LIKE}
# A soft hyphen is TCVN3's ư, the C1 controls are bytes of broken UTF-8: rubbish only beside modern letters.
_LEGACY_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(128, 160), 173))
_SURROGATES = re.compile("[\ud800-\udfff]")


def _unmarked(code: int) -> str:
    """The base letters of one character, without its marks."""
    return "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))


_MARKS: dict[int, str | None] = {
    code: _unmarked(code)
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if _unmarked(code) != chr(code)
}
_MARKS |= dict.fromkeys(range(768, 880))
_MARKS |= {ord("đ"): "d", ord("Đ"): "D", ord("Ð"): "D", ord("ð"): "d"}
_FOLDS = _MARKS | {ord(char): None for char in _INVISIBLE + "\xad"}

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER: dict[int, str | None] = {ord(letter): chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}
_ORDER |= {code: base and _ORDER.get(ord(base[0])) for code, base in _MARKS.items() if code not in _ORDER}


def nfc(text: str) -> str:
    """NFC; words of over 512 characters stay as they are: sorting long runs of marks is quadratic."""
    if text.isascii():
        return text
    if len(text) <= _LONG_VALUE:
        return unicodedata.normalize("NFC", text)
    words = _SPACES.split(text)
    return "".join(w if len(w) > _LONG_VALUE else unicodedata.normalize("NFC", w) for w in words)


def clean(raw: str) -> str:
    """NFC without control or invisible characters, spaces collapsed.

    Soft hyphens and C1 controls go only where the text has letters of modern Vietnamese: elsewhere they may
    be remains of TCVN3 or of broken UTF-8, which `legacy_fonts.repair` needs.
    """
    if raw.isascii():
        return " ".join(raw.split()) if raw.isprintable() else " ".join(raw.translate(_CONTROLS).split())
    text = nfc(raw)
    if not text.isprintable():
        text = _SURROGATES.sub("\ufffd", text).translate(_CONTROLS)
        if MODERN.search(text):
            text = text.translate(_LEGACY_CONTROLS)
        # Marks may have met their letters now that nothing stands between.
        text = nfc(text)
    return " ".join(filter(None, text.split(" ")))


def strip_marks(text: str) -> str:
    """The text without diacritics, đ as d, in its own case."""
    return text if text.isascii() else text.translate(_MARKS)


def fold(text: str) -> str:
    """The search key: lower case, no diacritics, punctuation as spaces, ly = li."""
    return " ".join(filter(None, [fold_word(word) for word in text.split()]))


def tone_key(text: str) -> str:
    """The key for "equal but for spelling habits": case, hoà = hòa, Lý = Lí; diacritics count."""
    return " ".join(filter(None, [tone_word(word) for word in clean(text).split(" ")]))


def sort_key(text: str) -> str:
    """Vietnamese dictionary order for plain byte comparison: the letters of all words, then their tones."""
    words = [_sort_word(word) for word in clean(text).split(" ")]
    return " ".join(w[0] for w in words) + "\t" + "".join(w[1] for w in words)


def fold_word(word: str) -> str:
    """`fold` for what stands between two spaces, remembered."""
    return _fold_word(word) if len(word) <= LONGEST_WORD else _fold_word.__wrapped__(word)


@lru_cache(maxsize=65536)
def _fold_word(word: str) -> str:
    folded = word.lower().translate(_FOLDS)
    if not folded.isalpha():
        folded = " ".join(_final_i(part) for part in _NOT_WORD.sub(" ", folded).split())
        return sys.intern(folded)
    return sys.intern(_final_i(folded))


def _final_i(word: str) -> str:
    """ly → li, quy → qui, where y is the only vowel and the last letter; the u of qu is none."""
    if word.endswith("y") and not any(vowel in word[:-1].removeprefix("qu") for vowel in "aeiouy"):
        return word[:-1] + "i"
    return word


def tone_word(word: str) -> str:
    """`tone_key` for one cleaned word, remembered."""
    return _cached_tone_word(word) if len(word) <= LONGEST_WORD else nfc(_lowered(word))


@lru_cache(maxsize=65536)
def _cached_tone_word(word: str) -> str:
    return sys.intern(respell(nfc(_lowered(word))))


def _lowered(word: str) -> str:
    return word.casefold().translate(_LEGACY_CONTROLS).replace("ð", "đ")


def _sort_word(word: str) -> tuple[str, str]:
    return _cached_sort_word(word) if len(word) <= LONGEST_WORD else _cached_sort_word.__wrapped__(word)


@lru_cache(maxsize=65536)
def _cached_sort_word(word: str) -> tuple[str, str]:
    spoken = split_tone(word.lower())
    return spoken.toneless.translate(_ORDER), str(spoken.tone)
