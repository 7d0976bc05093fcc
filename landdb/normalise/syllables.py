"""The shape of a Vietnamese syllable: its tone, where the mark stands, whether such a syllable can be."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Combining marks in the order of the dictionary: ngang (none), huyền, hỏi, ngã, sắc, nặng.
TONE_MARKS = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
VOWELS = "aăâeêioôơuưy"
LONGEST_WORD = 24

_TONED = {(v, t): unicodedata.normalize("NFC", v + m) for v in VOWELS for t, m in enumerate(TONE_MARKS)}
_TONE_OF = {char: pair for pair, char in _TONED.items() if pair[1]}
_SHAPE = re.compile(rf"(qu(?=[{VOWELS}])|gi(?=[{VOWELS}])|[^\W\d_{VOWELS}]*)([{VOWELS}]+)([^\W\d_{VOWELS}]*)")

_ONSETS = "ngh|ng|nh|gh|gi|ch|kh|ph|qu|th|tr|[bcdđghklmnprstvx]"
_OPEN_RIMES = """
a ai am an ang anh ao au ay ăm ăn ăng âm ân âng âu ây e em en eng eo ê êm ên ênh êu i ia im in inh iu
iêm iên iêng iêu o oi om on ong oong oa oai oam oan oang oanh oao oay oăm oăn oăng oe oem oen oeo
ô ôi ôm ôn ông ơ ơi ơm ơn u ua ui um un ung uân uâng uây uê uên uênh uôi uôm uôn uông uơ uơn
uy uya uym uyn uynh uyu uyên uyêm ư ưa ưi ưm ưn ưng ưu ươi ươm ươn ương ươu y ynh yêm yên yêng yêu
"""
_STOPPED_RIMES = """
ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich ip it iêc iêp iêt oc op ot ooc oac oach oap oat
oăc oăp oăt oet ôc ôp ôt ơp ơt uc up ut uât uêch uôc uôt uych uyp uyt uyêt ưc ưt ưp ươc ươp ươt yêt yt
"""
# A rime that ends in c, ch, p or t is spoken with sắc or nặng only.
_OPEN = re.compile(rf"(?:{_ONSETS})?(?:{'|'.join(sorted(_OPEN_RIMES.split(), key=len, reverse=True))})")
_STOPPED = re.compile(rf"(?:{_ONSETS})?(?:{'|'.join(sorted(_STOPPED_RIMES.split(), key=len, reverse=True))})")


class Spoken(NamedTuple):
    """A lower-case word without tone marks, the tone's place in dictionary order, how many marks it had."""

    toneless: str
    tone: int
    marks: int


def split_tone(word: str) -> Spoken:
    """Take the tone marks off a lower-case NFC word; ă â ê ô ơ ư đ stay."""
    tone = marks = 0
    letters = []
    for char in word:
        pair = _TONE_OF.get(char)
        if pair:
            char, tone = pair
            marks += 1
        letters.append(char)
    return Spoken("".join(letters), tone, marks)


def respell(word: str) -> str:
    """One spelling for a lower-case NFC word: hoà → hòa, qúy → quý, and y → i where it is the only vowel."""
    spoken = split_tone(word)
    shape = _SHAPE.fullmatch(spoken.toneless)
    if shape is None or spoken.marks > 1:
        return word
    onset, vowels, coda = shape.groups()
    if vowels == "y" and not coda:
        vowels = "i"
    place = _tone_place(vowels, coda)
    toned = _TONED[vowels[place], spoken.tone]
    return onset + vowels[:place] + toned + vowels[place + 1 :] + coda


def _tone_place(vowels: str, coda: str) -> int:
    """Index of the vowel that carries the tone: the last of ăâêôơư, else the last before a coda, else òa."""
    for index in range(len(vowels) - 1, -1, -1):
        if vowels[index] in "ăâêôơư":
            return index
    if coda:
        return len(vowels) - 1
    return 1 if len(vowels) == 3 else 0


def _tone_is_at_home(word: str, spoken: Spoken) -> bool:
    """Does the tone mark stand where either habit of spelling (hòa, hoà) puts it?"""
    shape = _SHAPE.fullmatch(spoken.toneless)
    if shape is None or not spoken.marks:
        return True
    onset, vowels, coda = shape.groups()
    place = len(onset) + _tone_place(vowels, coda)
    newer = place + 1 if vowels in ("oa", "oe", "uy") and not coda else place
    return word[place] in _TONE_OF or word[newer] in _TONE_OF


@lru_cache(maxsize=32768)
def _is_syllable(word: str) -> bool:
    spoken = split_tone(word.lower())
    if spoken.marks > 1 or not _tone_is_at_home(word.lower(), spoken):
        return False
    if spoken.tone in (4, 5) and _STOPPED.fullmatch(spoken.toneless):
        return True
    return _OPEN.fullmatch(spoken.toneless) is not None


def is_syllable(word: str) -> bool:
    """Can this NFC word, in any regular case (an, An, AN), be a Vietnamese syllable with its diacritics?"""
    if not 0 < len(word) <= 8 or not (word.islower() or word.isupper() or word.istitle()):
        return False
    return _is_syllable(word)
