"""Communes by name and code, those of today and those they grew out of (re-arrangement of 1 July 2025).

A question has one of three answers: resolved, ambiguous with the candidates, not found. It never guesses.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from landdb.normalise.text import clean, fold, tone_key

_LONGEST = 200  # characters
_REMEMBERED = 65536

_TYPES = {"phuong": "phường", "p": "phường", "f": "phường", "xa": "xã", "x": "xã", "thi tran": "thị trấn",
          "tt": "thị trấn"}  # fmt: skip
_COMMUNE_PREFIX = re.compile(
    r"(phường|phuong|xã|xa|thị\s+trấn|thi\s+tran|tt|[pxf])(?:\s*[.:]\s*|\s+)(?=\S)", re.IGNORECASE
)
_DISTRICT_PREFIX = re.compile(
    r"(?:huyện|huyen|quận|quan|thị\s+xã|thi\s+xa|thành\s+phố|thanh\s+pho|tp|tx|[hq])(?:\s*[.:]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_PLAIN_QUAN = re.compile(r"quan\b", re.IGNORECASE)
_PROVINCE_PREFIX = re.compile(r"(?:tỉnh|tinh|t\.)\s*[.:]?\s*", re.IGNORECASE)
_CODE = re.compile(r"(\d{4,5})\b[\s\-–_.:]*")
_CODE_BEHIND = re.compile(r"[\s\-–_(]+(\d{5})\)?$")


class Found(NamedTuple):
    """`state` is 'resolved', 'ambiguous' or 'not_found'; codes are those of today's communes (5 digits).

    `former_code` is the code of the commune of before the merger, where the words can mean no other.
    """

    state: str
    code: str
    candidates: tuple[str, ...]
    former: bool
    former_code: str = ""


class _Unit(NamedTuple):
    """One name that a commune bears or bore, and today's commune there."""

    own_code: str
    code: str
    name: str
    kind: str
    districts: frozenset[str]
    former: bool


_NOT_FOUND = Found("not_found", "", (), False)


class Gazetteer:
    """Looks up communes; built once from reference rows, then read only."""

    def __init__(self, units: Iterable[_Unit]) -> None:
        self._by_name: dict[str, list[_Unit]] = defaultdict(list)
        self._by_fold: dict[str, list[_Unit]] = defaultdict(list)
        self._by_code: dict[str, list[_Unit]] = defaultdict(list)
        for unit in dict.fromkeys(units):
            self._by_name[tone_key(unit.name)].append(unit)
            self._by_fold[fold(unit.name)].append(unit)
            self._by_code[unit.own_code].append(unit)
        every = [unit for units_there in self._by_code.values() for unit in units_there]
        self.districts = frozenset(district for unit in every for district in unit.districts)
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._find)

    @classmethod
    def from_rows(
        cls,
        units: Iterable[Mapping[str, str]],
        crosswalk: Iterable[Mapping[str, str]],
        history: Iterable[Mapping[str, str]],
    ) -> "Gazetteer":
        """From rows of admin_units.csv, admin_crosswalk.csv and admin_name_history.csv."""
        every: list[_Unit] = []
        for row in units:
            districts = frozenset(district_key(d) for d in row["former_districts"].split("|") if d)
            names = {row["name"], row.get("name_from_2026_09_20") or row["name"]}
            every += [
                _unit(row["code"], row["code"], name, districts, former=False) for name in sorted(names)
            ]
        for row in crosswalk:
            district = frozenset({district_key(row["old_district"])})
            every.append(_unit(row["old_code"], row["new_code"], row["old_name"], district, former=True))
        for row in history:
            if row["new_code"]:
                district = frozenset({district_key(row["district"])})
                every.append(_unit(row["code"], row["new_code"], row["name"], district, former=True))
        return cls(every)

    def find(self, commune: str, district: str = "") -> Found:
        """Today's commune for a name or code of today or of before; a district separates namesakes."""
        if len(commune) > _LONGEST or len(district) > _LONGEST:
            return _NOT_FOUND
        return self._remembered(commune, district)

    def _find(self, commune: str, district: str) -> Found:
        text = clean(commune).strip(" ,;.-")
        coded = _CODE.match(text) or _CODE_BEHIND.search(text)
        if coded:
            return self._find_code(coded[1].zfill(5), text[: coded.start()] + text[coded.end() :], district)
        named, kind = self._named(text)
        return self._choose(named, kind, district_key(district))

    def _named(self, text: str) -> tuple[list[_Unit], str]:
        """Units of that name, and the kind its prefix says. "Xa Lý" is a name: the whole is tried first."""
        prefix = _COMMUNE_PREFIX.match(text)
        spellings = [(text, "")]
        if prefix:
            spellings.append((text[prefix.end() :], _TYPES.get(fold(prefix[1]), "")))
        for table, key in ((self._by_name, tone_key), (self._by_fold, fold)):
            for spelling, kind in spellings:
                if units := table.get(key(spelling)):
                    return units, kind
        return [], ""

    def _find_code(self, code: str, name: str, district: str) -> Found:
        """A code was used again in 2025: a name beside it decides, without one today's commune has it."""
        there = self._by_code.get(code, [])
        if not name.strip():
            current = [unit for unit in there if not unit.former]
            return _answer(current or there)
        named, kind = self._named(name)
        both = [unit for unit in named if unit in there]
        if both:
            return _answer([unit for unit in both if not unit.former] or both)
        found = self._choose(named, kind, district_key(district))
        if not there or found.state == "not_found":
            return found
        # Code and name speak of different communes.
        return Found(
            "ambiguous", "", tuple(sorted({unit.code for unit in there} | set(found.candidates))), False
        )

    def _choose(self, named: list[_Unit], kind: str, district: str) -> Found:
        if not named:
            return _NOT_FOUND
        if district:
            there = [unit for unit in named if district in unit.districts]
            if there:
                # Districts are gone: whoever names one means the commune of before.
                return _answer(_narrow(there, kind), there)
            # Bắc Ninh and Bắc Giang are provinces too, and say nothing then; any other district is elsewhere.
            if district not in ("bac ninh", "bac giang"):
                codes = tuple(sorted({unit.code for unit in named}))
                return Found("ambiguous", "", codes, False) if district in self.districts else _NOT_FOUND
        return _answer(_narrow(named, kind))


def commune_prefix(text: str) -> re.Match[str] | None:
    """The "Xã", "P." or "TT" at the beginning of a text."""
    return _COMMUNE_PREFIX.match(text)


def district_prefix(text: str) -> re.Match[str] | None:
    """The "Huyện", "TX." or "TP" at the beginning of a text."""
    return _DISTRICT_PREFIX.match(text)


def is_plain_quan(text: str) -> bool:
    """Begins with "quan" without its tone: the district, or a word of a village's name ("Quan Hậu")."""
    return _PLAIN_QUAN.match(text) is not None


def province_prefix(text: str) -> re.Match[str] | None:
    """The "Tỉnh" at the beginning of a text."""
    return _PROVINCE_PREFIX.match(text)


@lru_cache(maxsize=8192)
def district_key(text: str) -> str:
    """Fold of a district's name without Huyện, Thị xã, Thành phố, which change. '' for provinces."""
    text = clean(text).strip(" ,;.-")
    if _PROVINCE_PREFIX.match(text):
        return ""
    prefix = _DISTRICT_PREFIX.match(text)
    return fold(text[prefix.end() :] if prefix else text)


def _unit(own_code: str, code: str, name: str, districts: frozenset[str], *, former: bool) -> _Unit:
    prefix = _COMMUNE_PREFIX.match(name)
    kind = _TYPES.get(fold(prefix[1]), "") if prefix else ""
    return _Unit(own_code, code, name[prefix.end() :] if prefix else name, kind, districts, former)


def _narrow(units: list[_Unit], kind: str) -> list[_Unit]:
    """Today's names before former ones, then those of the kind that was written."""
    for wanted in (
        [unit for unit in units if not unit.former],
        [unit for unit in units if unit.kind == kind],
    ):
        if len({unit.code for unit in units}) > 1 and wanted:
            units = wanted
    return units


def _answer(units: list[_Unit], of_before: list[_Unit] | None = None) -> Found:
    """The answer that units of a name give; `of_before` are those that may be meant as they were before."""
    codes = tuple(sorted({unit.code for unit in units}))
    if len(codes) == 1:
        are_former = all(unit.former for unit in units)
        before = of_before or (units if are_former else [])
        own = {unit.own_code for unit in before if unit.former and unit.code == codes[0]}
        return Found("resolved", codes[0], codes, are_former, own.pop() if len(own) == 1 else "")
    return Found("ambiguous", "", codes, False) if codes else _NOT_FOUND
