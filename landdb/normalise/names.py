"""Names of land users as clerks wrote them: honorifics, couples, the dead, organisations, old fonts."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from landdb.normalise import couples, honorifics, legacy_fonts, organisations
from landdb.normalise.text import clean, fold_word, tone_key, tone_word
from landdb.normalise.text import fold as fold_text

_LONGEST = 1000  # characters: what follows is a list or an accident, not a name

_PLACEHOLDERS = {
    "khong", "khong co", "khong ten", "khong biet", "chua co", "chua biet", "chua co ten", "vo danh",
    "vo chu", "n a", "null", "none", "nan", "ref", "value", "name", "div 0", "num", "test", "abc", "xyz",
    "khong co ten", "chua ke khai", "chua dang ki", "dang cap nhat", "cap nhat sau", "tong", "tong cong",
    "tong dt", "tong dien tich",
}  # fmt: skip
_PLACEHOLDER_STARTS = ("khong xac dinh", "chua xac dinh", "khong ro", "chua ro")
_CROSSED_OUT = re.compile(r"[xX\W\d_]*")
_DECEASED = re.compile(
    r"[(\[]?\s*\b(?:đã|da)\s+(?:mất|chết|qua đời|từ trần|mat|chet|qua doi)\b(?:\s+năm\s+\d{4})?\s*[)\]]?"
    r"|[(\[]\s*(?:mất|chết|chet|†)(?:\s+năm\s+\d{4})?\s*[)\]]|†",
    re.IGNORECASE,
)
_DEATH_WORDS = frozenset(("mat", "chet", "doi", "tran"))
_DIGIT = re.compile(r"\d")
_LINE_BREAK = re.compile(r"[\r\n\v\f\u2028\u2029]")
_ASIDE = re.compile(
    r"[(,;-]?\s*\b(?:sinh\s+năm|sinh\s+nam|năm\s+sinh|sinh\s+ngày|sn|ns)\s{0,5}[:.]?\s{0,5}\d[\d/]{3,9}\b\s?\)?"
    r"|\(\s?\d{4}\s?\)"
    r"|[(,;-]?\s*\b(?:cccd|cmnd|cmt|cmtnd)\s{0,5}(?:số|so)?\s{0,5}[:.]?\s{0,5}\d[\d ]{7,14}\d\s?\)?",
    re.IGNORECASE,
)
_EDGES = " \t.,:;-–—_/\\|*'\"“”‘’`()[]{}<>+&=~!?#"


# A name with none of these is simply somebody's name. First words, then words anywhere; marked and unmarked,
# so that the surnames Hồ, Võ and Chu stay out.
def _read_telling_words() -> dict[str, frozenset[str]]:
    with (Path(__file__).parent / "data" / "telling_words.csv").open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {p: frozenset(r["word"] for r in rows if r["place"] == p) for p in ("first", "anywhere")}


_TELLING = _read_telling_words()
_TELLING_FIRST, _TELLING_ANYWHERE = _TELLING["first"], _TELLING["anywhere"]


class PersonName(NamedTuple):
    """A name cell. `name` is the first-named person (or the organisation); `key` and `fold` belong to it."""

    raw: str
    name: str
    key: str
    fold: str
    honorific: str
    sex_hint: str
    kind: str
    second: str
    second_role: str
    deceased: bool
    legacy: str
    placeholder: bool


def parse(raw: str) -> PersonName:
    """Read one name cell; never raises."""
    text = raw if len(raw) <= _LONGEST else raw[:_LONGEST]
    mended = legacy_fonts.repair(text)
    legacy = mended.legacy.value if mended.legacy else ""
    if mended.confident:
        text = mended.text
    tidy = clean(text).replace("Ð", "Đ")
    words = tidy.lower().split(" ")
    honorific, sex_hint = _bare_title(words)
    if honorific:
        del words[0]
        tidy = tidy.partition(" ")[2]
    plain = (honorific or words[0] not in _TELLING_FIRST) and _TELLING_ANYWHERE.isdisjoint(words)
    if plain and "".join(words).isalpha() and "\n" not in text and not _CROSSED_OUT.fullmatch(tidy):
        key = " ".join([tone_word(word) for word in words])
        folded = " ".join([fold_word(word) for word in words])
        name = spell(tidy)
        return PersonName(
            raw, name, key, folded, honorific, sex_hint, "individual", "", "", False, legacy, False
        )
    return _parse_fully(raw, text, legacy)


def _bare_title(words: list[str]) -> tuple[str, str]:
    """Honorific and sex of "ông" or "bà" before a surname, the commonest of titles."""
    if words[0] not in ("ông", "bà") or len(words) < 3 or words[1] in ("văn", "thị"):
        return "", ""
    if fold_word(words[1]) not in honorifics.SURNAMES:
        return "", ""
    return ("Ông", "M") if words[0] == "ông" else ("Bà", "F")


def spell(name: str) -> str:
    """Title case for a name typed all in capitals or all in small letters; others stay as they are.

    So does one with a letter that has no capital of its own (ß): it would be spelt otherwise.
    """
    titled = name.title() if name.isupper() or name.islower() else name
    return titled if titled.lower() == name.lower() else name


def _parse_fully(raw: str, text: str, legacy: str) -> PersonName:
    lines = filter(None, map(clean, _LINE_BREAK.split(text)))
    text = "\n".join(lines).replace("Ð", "Đ")
    folded = fold_text(text)
    if _is_placeholder(text, folded):
        return PersonName(raw, "", "", "", "", "", "individual", "", "", False, legacy, bool(raw.strip()))
    kind = organisations.kind(text, folded)
    if kind:
        name = clean(text)
        return PersonName(raw, name, tone_key(name), folded, "", "", kind, "", "", False, legacy, False)
    living = text if _DEATH_WORDS.isdisjoint(folded.split()) and "†" not in text else _DECEASED.sub(" ", text)
    rest = _ASIDE.sub(" ", living) if _DIGIT.search(living) else living
    title = honorifics.strip(rest)
    first, second, role = couples.split(title.rest, together=title.couple)
    name = spell(clean(first).strip(_EDGES))
    sex_hint = title.sex_hint or {"wife": "M", "husband": "F"}.get(role, "")
    return PersonName(
        raw,
        name,
        tone_key(name),
        fold_text(name),
        title.honorific,
        sex_hint,
        "household" if title.household else "individual",
        spell(clean(honorifics.strip(second).rest).strip(_EDGES)),
        role,
        living != text,
        legacy,
        not name and bool(raw.strip()),
    )


def _is_placeholder(text: str, folded: str) -> bool:
    return (
        folded in _PLACEHOLDERS
        or folded.startswith(_PLACEHOLDER_STARTS)
        or _CROSSED_OUT.fullmatch(text) is not None
    )
