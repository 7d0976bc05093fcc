"""Addresses of two or three levels, split into village, commune, district and province."""

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from landdb.normalise import legacy_fonts
from landdb.normalise.gazetteer import Found as Found
from landdb.normalise.gazetteer import Gazetteer as Gazetteer
from landdb.normalise.gazetteer import (
    commune_prefix,
    district_key,
    district_prefix,
    is_plain_quan,
    province_prefix,
)
from landdb.normalise.text import clean, fold

_LONGEST = 500  # characters

with (Path(__file__).parent / "data" / "birth_places.csv").open(encoding="utf8", newline="") as _rows:
    _PROVINCES = frozenset(fold(r["name"]) for r in csv.DictReader(_rows) if r["kind"] == "province") | {
        "hue"
    }

_COMMA = re.compile(r"[,;\n\r]")
_DASH = re.compile("[-–—]")
_BREAK = re.compile(
    r"[,;\n\r]|(?<=\s)[-–—]+|[-–—]+(?=\s)|[-–—](?=(?:xã|phường|huyện|tỉnh|tp|tx|tt|p|x|h)[. ])", re.IGNORECASE
)
_HIDDEN_BREAK = re.compile(
    r"(?<!thị)(?<!thi)\s+(?=(?:xã|phường|thị trấn|huyện|thị xã|tỉnh|quận|thành phố)\s+\S)"
    r"|\s+(?=(?:tp|tx|tt|[pxhtq])\s?\.\s*[^\W\d_])",
    re.IGNORECASE,
)
_UNIT_WORDS = "to dan pho|khu dan cu|khu pho|thon|xom|tdp|kdc|kp|ap|khu"
_VILLAGE_PREFIX = re.compile(rf"(?:(?:{_UNIT_WORDS})(?: |(?=\d))|to (?=\d))(?:so )?0*(?=\w)")
_IS_VILLAGE = re.compile(rf"(?:{_UNIT_WORDS})\b|(?:kp|tdp|kdc|to) ?\d")
_NAME_FOLLOWS = re.compile(rf"(?:.* )?(?:{_UNIT_WORDS})")
_UNASKED = Found("", "", (), False)
_NOT_FOUND = Found("not_found", "", (), False)


class Address(NamedTuple):
    """An address cell. `state` and the codes are the gazetteer's answer; `state` is '' where none was
    asked."""

    raw: str
    village: str
    village_fold: str
    commune_text: str
    district_text: str
    province_text: str
    code: str
    state: str
    former_code: str = ""


def parse(raw: str, gazetteer: Gazetteer | None = None, *, is_village: bool = False) -> Address:
    """Split an address and look its commune up; never raises.

    "Phường" or "Huyện" before a name counts where the gazetteer knows such a unit, or where the words stand
    in the place of one. In the cell of the village (`is_village`) the last place is the village's own.
    """
    mended = legacy_fonts.repair(raw[:_LONGEST])
    village, village_fold, commune, district, province = _split(
        mended.text if mended.confident else raw[:_LONGEST], gazetteer, is_village
    )
    found = _UNASKED
    if gazetteer is not None:
        found = _NOT_FOUND if not commune or is_elsewhere(province) else gazetteer.find(commune, district)
    return Address(
        raw, village, village_fold, commune, district, province, found.code, found.state, found.former_code
    )


@lru_cache(maxsize=65536)
def village_key(text: str) -> str:
    """Fold of a village's name without thôn, xóm, khu phố, tổ dân phố, TDP, ấp, khu; 03 as 3."""
    key = fold(text)
    while prefix := _VILLAGE_PREFIX.match(key):
        key = key[prefix.end() :]
    return key


def is_elsewhere(province: str) -> bool:
    """A province is named that is neither old nor new Bắc Ninh."""
    name = fold(province).removeprefix("tinh ").removeprefix("thanh pho ")
    return name in _PROVINCES and name not in ("bac ninh", "bac giang")


class _Part(NamedTuple):
    """What stands between two commas, and what its first word says it is."""

    text: str
    fold: str
    level: str


@lru_cache(maxsize=65536)
def _parts(text: str, gazetteer: Gazetteer | None) -> tuple[_Part, ...]:
    """The parts of a text without commas: "thôn Đông xã Tam Đa" holds two, "thôn Quận Hậu" one."""
    texts: list[str] = []
    for piece in _HIDDEN_BREAK.split(text):
        tidy = clean(piece).strip(" .:")
        if texts and _NAME_FOLLOWS.fullmatch(fold(texts[-1])) and not _is_known(tidy, gazetteer):
            texts[-1] += f" {tidy}"
        elif tidy:
            texts.append(tidy)
    return tuple(_Part(tidy, fold(tidy), _level(tidy)) for tidy in texts)


def _is_known(text: str, gazetteer: Gazetteer | None) -> bool:
    """The unit that a prefix announces is one of today's or of before."""
    if prefix := province_prefix(text):
        return fold(text[prefix.end() :]) in _PROVINCES
    if gazetteer is None:
        return False
    if district_prefix(text):
        return district_key(text) in gazetteer.districts
    return commune_prefix(text) is not None and gazetteer.find(text).state != "not_found"


def _level(text: str) -> str:
    if province_prefix(text):
        return "province"
    if district_prefix(text):
        return "" if is_plain_quan(text) else "district"
    if commune_prefix(text):
        return "commune"
    return "village" if _IS_VILLAGE.match(fold(text)) or not text[0].isalpha() else ""


@lru_cache(maxsize=65536)
def _split(text: str, gazetteer: Gazetteer | None, is_village: bool) -> tuple[str, str, str, str, str]:
    """(village, its key, commune, district, province), read from the right."""
    between_breaks = _BREAK.split(text) if _DASH.search(text) else _COMMA.split(text)
    parts = [part for between in between_breaks for part in _parts(between, gazetteer)]
    if parts and parts[-1].fold in ("viet nam", "vn"):
        parts.pop()
    # Something to the left of a part leaves the part the place of a unit, except where all is the village's.
    has_place = gazetteer is None or not is_village
    province = district = commune = ""
    while parts:
        part = parts[-1]
        below = bool(district or commune)
        if not province and not below and _is_province(parts, gazetteer, has_place=has_place):
            province = part.text
        elif not below and _is_district(parts, province, gazetteer):
            district = part.text
        elif not commune and _is_commune(parts, district or province, gazetteer, has_place=has_place):
            commune = part.text
        else:
            break
        parts.pop()
    villages = [part for part in parts if _IS_VILLAGE.match(part.fold)] or parts
    return (
        ", ".join([p.text for p in parts]),
        village_key(villages[-1].text) if villages else "",
        commune,
        district,
        province,
    )


def _is_province(parts: list[_Part], gazetteer: Gazetteer | None, *, has_place: bool) -> bool:
    part = parts[-1]
    if part.level == "province":
        return _is_known(part.text, gazetteer) or (has_place and len(parts) > 1)
    return not part.level and len(parts) > 1 and part.fold in _PROVINCES


def _is_district(parts: list[_Part], province: str, gazetteer: Gazetteer | None) -> bool:
    """By its prefix, if it is known or stands below a province or above a commune; a bare name where a
    commune of that district stands before it. "Quan" without its tone is a word of names too: unknown, it
    counts only above a commune of another province."""
    part = parts[-1]
    has_commune = len(parts) > 1 and parts[-2].level == "commune"
    if part.level == "district":
        return has_commune or bool(province) or _is_known(part.text, gazetteer)
    if part.level:
        return False
    if gazetteer is None:
        return has_commune
    if is_plain_quan(part.text):
        return _is_known(part.text, gazetteer) or (has_commune and is_elsewhere(province))
    if len(parts) < 2:
        return False
    return part.fold in gazetteer.districts and gazetteer.find(parts[-2].text, part.text).state == "resolved"


def _is_commune(parts: list[_Part], above: str, gazetteer: Gazetteer | None, *, has_place: bool) -> bool:
    """By its prefix, if it is known or stands below a district or province or after a village; a bare name
    below a district or province, or one that the gazetteer knows."""
    part = parts[-1]
    if part.level == "commune":
        return bool(above) or (has_place and len(parts) > 1) or _is_known(part.text, gazetteer)
    if part.level:
        return False
    if gazetteer is None:
        return bool(above)
    return (bool(above) or len(parts) > 1) and gazetteer.find(part.text).state != "not_found"
