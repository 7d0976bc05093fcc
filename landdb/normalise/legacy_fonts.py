"""Text typed for fonts of before Unicode (TCVN3/ABC in the north, VNI in the south), or broken on its way.

TCVN3 shares code points with valid Vietnamese, so a value is judged as a whole: it is legacy where its words
cannot be Vietnamese as they stand and become Vietnamese syllables when read in the old table.
"""

import csv
import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from landdb.normalise.syllables import is_syllable as is_syllable
from landdb.normalise.text import MODERN

_DATA = Path(__file__).parent / "data"
_LONGEST = 2000  # characters; a longer value is no name, serial or address

_LATIN_1_WORD = re.compile(r"[^\s!-@\[-`{-~]+")
_LOST = re.compile(r"\?[^\W\d]|[^\W\d]\?\s+[^\W\d]|\ufffd")
_MOJIBAKE_HINT = re.compile("[\u00c2-\u00c6\u00e1\u00cc][\u0080-\u009f\u00a1-\u00bf\u0152-\u2122]")
# What clean Vietnamese never holds, so that it betrays TCVN3 or VNI even beside letters of Unicode.
_IMPOSSIBLE = re.compile(
    "[\u00a1-\u00bf\u00c4-\u00c7\u00cb\u00ce\u00cf\u00d0\u00d1\u00d6-\u00d8\u00db\u00dc\u00de"
    "\u00df\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb\u00fc\u00fe]"
)
_BYTE_OF = {
    ord(bytes([b]).decode("cp1252")): chr(b) for b in range(0x80, 0xA0) if b not in (129, 141, 143, 144, 157)
}


class Legacy(StrEnum):
    """What happened to the text."""

    TCVN3 = "tcvn3"
    VNI = "vni"
    MOJIBAKE = "mojibake"  # UTF-8 bytes read as Windows-1252
    LOST = "lost"  # letters replaced by question marks: nothing can bring them back


class Repair(NamedTuple):
    """The text as it was meant. Not confident: show both to a person before using it."""

    text: str
    legacy: Legacy | None
    confident: bool


def _read_tcvn3() -> dict[int, str]:
    with (_DATA / "tcvn3.csv").open(encoding="utf8", newline="") as rows:
        return {
            int(r["legacy_codepoint"], 16): chr(int(r["unicode_codepoint"], 16)) for r in csv.DictReader(rows)
        }


def _read_vni() -> dict[str, str]:
    with (_DATA / "vni.csv").open(encoding="utf8", newline="") as rows:
        table = {r["legacy_text"]: r["unicode_char"] for r in csv.DictReader(rows)}
    # A capital base is often typed with the mark of the small letter: "Aùnh".
    mixed = {k[0].upper() + k[1]: v.upper() for k, v in table.items() if len(k) == 2 and k.islower()}
    return mixed | table


_TCVN3 = _read_tcvn3()
_VNI = _read_vni()
_VNI_SIGNS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))


def detect(text: str) -> Legacy | None:
    """Which old font or accident the text shows; None for sound Vietnamese and for what cannot be told."""
    return repair(text).legacy


def repair(text: str) -> Repair:
    """The text in Unicode. Give it the raw value: cleaning may already have taken signs that were letters."""
    if text.isascii():
        return (
            Repair(text, Legacy.LOST, False)
            if "?" in text and _LOST.search(text)
            else Repair(text, None, True)
        )
    if len(text) > _LONGEST:
        return Repair(text, None, True)
    if MODERN.search(text):
        if _IMPOSSIBLE.search(text):
            return _repair_mixed(text)
    else:
        mended = _from_mojibake(text)
        if mended is not None:
            return Repair(mended, Legacy.MOJIBAKE, True)
        found = _from_font(text)
        if found is not None:
            return found
    lost = ("?" in text or "\ufffd" in text) and _LOST.search(text)
    return Repair(text, Legacy.LOST, False) if lost else Repair(text, None, True)


def _from_mojibake(text: str) -> str | None:
    """The UTF-8 text whose bytes were read one by one, or None."""
    if not _MOJIBAKE_HINT.search(text):
        # "LÃ" before a no-break space reads as à too: only whole syllables count then.
        read = _read_bytes(text) if "Ã\xa0" in text else None
        return read if read and all(is_syllable(w) for w in read.split() if not w.isascii()) else None
    # The second byte of à is a no-break space, which programs turn into a space or join to the next one.
    for candidate in (text, text.replace("Ã ", "Ã\xa0"), text.replace("Ã ", "Ã\xa0 ")):
        read = _read_bytes(candidate)
        if read is not None:
            return _from_mojibake(read) or read
    return None


def _read_bytes(text: str) -> str | None:
    """The text as UTF-8 where its characters are the bytes of Windows-1252, or None."""
    try:
        read = text.translate(_BYTE_OF).encode("latin-1").decode("utf8")
    except UnicodeError:
        return None
    return read if len(read) < len(text) else None


def _from_font(text: str) -> Repair | None:
    """The better reading of TCVN3 and VNI, where the words as they stand are not Vietnamese."""
    words = [w for w in _LATIN_1_WORD.findall(text) if not w.isascii()]
    # A sign by itself, such as a raised dot, is no evidence.
    if max(map(len, words), default=0) < 2 or all(map(is_syllable, words)):
        return None
    found: list[tuple[int, Repair]] = []
    for legacy in (Legacy.TCVN3, Legacy.VNI):
        good = sum(is_syllable(_read_word(word, legacy)) for word in words)
        if 2 * good > len(words):
            found.append((good, Repair(_convert(text, legacy), legacy, good == len(words))))
    if not found:
        return None
    best = max(found, key=lambda scored: scored[0])[1]
    # "Nhö" is Nhử in one table and Như in the other.
    doubtful = len(found) > 1 and found[0][0] == found[1][0]
    return best._replace(confident=False) if doubtful else best


def _repair_mixed(text: str) -> Repair:
    """Unicode with single words of an old font in it, such as a typed "Hộ ông:" before an imported name."""
    changed: Legacy | None = None
    sure = True
    parts = re.split(r"(\s+)", text)
    for index, part in enumerate(parts):
        if len(part) > 1 and not part.isascii() and not MODERN.search(part):
            found = _from_font(part)
            if found is not None:
                parts[index], changed, sure = found.text, found.legacy, sure and found.confident
    return Repair("".join(parts), changed, changed is None)


def _convert(text: str, legacy: Legacy) -> str:
    converted = _LATIN_1_WORD.sub(lambda m: m[0] if m[0].isascii() else _read_word(m[0], legacy), text)
    # Fonts with H (.VnTimeH) draw the codes of small letters as capitals.
    typed = "".join(c for c in text if c.isascii() and c.isalpha())
    return converted.upper() if typed.isupper() and re.search("[A-Z]{2}", text) else converted


@lru_cache(maxsize=16384)
def _read_word(word: str, legacy: Legacy) -> str:
    if legacy is Legacy.VNI:
        return _VNI_SIGNS.sub(lambda m: _VNI[m[0]], word)
    read = word.translate(_TCVN3)
    if not re.search("[a-z]", word) and not (read.islower() or read.istitle()):
        read = read.upper()
    # Programs drop the soft hyphen that was ư; what cannot be said with ơ alone has lost one.
    if not is_syllable(read):
        restored = re.sub("([ơờớởỡợ])", r"ư\1", read)
        return restored if is_syllable(restored) else read
    return read
