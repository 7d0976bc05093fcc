"""Land-use purposes, origins, terms and forms: codes, official words and the signs of old certificates."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from landdb.normalise import dates
from landdb.normalise.land_origins import OriginTable as OriginTable
from landdb.normalise.land_origins import parse_origin as parse_origin
from landdb.normalise.text import clean, fold

_LONGEST = 1000  # characters
_BREAK = re.compile(r"[+;/&\n\r]|\bvà\b", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*")
_AREA = re.compile(r"[:=(\s-]*\d[\d.,]*\s*(?:m2|m²|ha)?\)?\s*$", re.IGNORECASE)

_DATE_START = re.compile(r"(?:\b(?:ngày|tháng|năm)\s+)?\d", re.IGNORECASE)

# Words and signs of old certificates, folded: what they most likely mean, for a person to confirm.
_UNSURE = {
    "t": "OTC", "tho cu": "OTC", "dat tho cu": "OTC", "nha o": "OTC", "dat nha o": "OTC", "o": "OTC",
    "v": "CLN", "vuon": "CLN", "dat vuon": "CLN", "vuon tap": "CLN", "cay lau nam": "CLN",
    "ao": "NTS", "dat ao": "NTS", "a": "NTS", "lua": "LUA", "dat lua": "LUA", "2 lua": "LUC", "2l": "LUC",
    "hai lua": "LUC", "1 lua": "LUK", "1l": "LUK", "mot lua": "LUK", "mau": "HNK", "dat mau": "HNK",
    "m": "HNK", "rung": "RSX", "dat rung": "RSX",
}  # fmt: skip


class Purpose(NamedTuple):
    """One purpose of use; `code` is '' where the text names none that the table knows."""

    raw: str
    code: str
    warnings: tuple[str, ...]


class Term(NamedTuple):
    """How long the land may be used: 'long' (lâu dài), 'until' a day, for 'years', 'unknown' or ''."""

    raw: str
    kind: str
    until: date | None
    years: int | None


class PurposeTable:
    """The reviewed table of purpose codes and their wordings."""

    def __init__(self, codes: dict[str, tuple[str, ...]], words: dict[str, str]) -> None:
        self.codes = codes
        self.words = words

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> "PurposeTable":
        """From rows of reference/land_use_codes.csv."""
        codes: dict[str, tuple[str, ...]] = {}
        words: dict[str, str] = {}
        for row in rows:
            notes = ("superseded",) if row["in_tt08_2024"] == "no" else ()
            codes[row["code"].upper()] = notes + (("group_code",) if row["level"] != "leaf" else ())
            for name in (row["name_vi"], row.get("name_vi_before_2024", "")):
                for wording in filter(None, (fold(name), fold(name).removeprefix("dat "))):
                    words.setdefault(wording, row["code"].upper())
        return cls(codes, words)

    def find(self, text: str) -> Purpose | None:
        """One purpose by its code or its words."""
        code = text.strip(" .*()").upper()
        if code in self.codes:
            return Purpose(text, code, self.codes[code])
        wording = fold(text)
        if wording in _UNSURE:
            return Purpose(text, _UNSURE[wording], ("unsure",))
        if wording in self.words:
            return Purpose(text, self.words[wording], self.codes[self.words[wording]])
        return None


def parse_purpose(raw: str, table: PurposeTable) -> tuple[Purpose, ...]:
    """The purposes that a cell names, in its order; never raises."""
    text = clean(raw[:_LONGEST].replace("\n", ";"))
    whole = table.find(text) if text else None
    if whole:
        return (whole,)
    found: list[Purpose] = []
    for piece in _BREAK.split(text):
        bare = _AREA.sub("", piece).strip(" .,:-")
        if bare:
            found += _between_commas(bare, table)
    return tuple(found)


def _between_commas(text: str, table: PurposeTable) -> list[Purpose]:
    """Official names hold commas, lists do too: the longest run that the table knows wins."""
    pieces = [piece for piece in _COMMA.split(text) if piece]
    found: list[Purpose] = []
    start = 0
    while start < len(pieces):
        for end in range(min(len(pieces), start + 6), start, -1):
            run = _AREA.sub("", ", ".join(pieces[start:end])).strip(" .:-")
            purpose = table.find(run)
            if purpose:
                break
        else:
            end = start + 1
            purpose = Purpose(pieces[start], "", ("unknown_purpose",))
        found.append(purpose)
        start = end
    return found


def parse_term(raw: str) -> Term:
    """Read a term of use; a year alone ends with its last day; never raises."""
    text = fold(raw[:_LONGEST])
    if not text:
        return Term(raw, "unknown" if raw.strip() else "", None, None)
    is_long = "lau dai" in text or text in ("ld", "on dinh")
    years = re.search(r"\b(\d{1,3}) nam\b(?! \d)", text)
    until = _until(clean(raw[:_LONGEST]))
    if is_long and until is None and years is None:
        return Term(raw, "long", None, None)
    if until is not None and not is_long:
        return Term(raw, "until", until, None)
    if years is not None and not is_long:
        return Term(raw, "years", None, int(years[1]))
    return Term(raw, "unknown", None, None)


def _until(text: str) -> date | None:
    """The last day named by "Đến ngày 01/08/2074", "đến 01 tháng 8 năm 2074", "2043"; None for two days."""
    start = _DATE_START.search(text)
    bare = text[start.start() :].strip(" .") if start else ""
    if re.search(r"\d{1,3} năm$", bare, re.IGNORECASE):
        return None
    read = dates.parse(bare)
    if read.precision == "year" and read.year:
        return date(read.year, 12, 31)
    if read.precision == "month" and read.year and read.month:
        return date(read.year, read.month, monthrange(read.year, read.month)[1])
    return read.on


def parse_form(raw: str) -> str:
    """'private' (sử dụng riêng), 'common' (sử dụng chung) or '' where neither or both are said."""
    words = set(fold(raw[:_LONGEST]).split())
    private, common = bool(words & {"rieng", "r"}), bool(words & {"chung", "c"})
    return "" if private == common else "private" if private else "common"
