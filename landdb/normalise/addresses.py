"""Addresses of two or three levels, split into village, commune, district and province."""

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from landdb.normalise import legacy_fonts
from landdb.normalise.gazetteer import Found as Found
from landdb.normalise.gazetteer import Gazetteer as Gazetteer
from landdb.normalise.gazetteer import commune_prefix, district_prefix, province_prefix
from landdb.normalise.text import clean, fold

_LONGEST = 500  # characters

with (Path(__file__).parent / "data" / "birth_places.csv").open(encoding="utf8", newline="") as _rows:
    _PROVINCES = frozenset(fold(r["name"]) for r in csv.DictReader(_rows) if r["kind"] == "province") | {
        "hue"
    }

_BREAK = re.compile(
    r"[,;\n\r]|\s[-–—]+|[-–—]+\s|[-–—](?=(?:xã|phường|huyện|tỉnh|tp|tx|tt|p|x|h)[. ])", re.IGNORECASE
)
_HIDDEN_BREAK = re.compile(
    r"(?<!thị)(?<!thi)\s+(?=(?:xã|phường|thị trấn|huyện|thị xã|tỉnh|quận|thành phố)\s+\S)"
    r"|\s+(?=(?:tp|tx|tt|[pxhtq])\s?\.\s*[^\W\d_])",
    re.IGNORECASE,
)
_UNIT_WORDS = "to dan pho|khu dan cu|khu pho|thon|xom|tdp|kdc|kp|ap|khu"
_VILLAGE_PREFIX = re.compile(rf"(?:(?:{_UNIT_WORDS})(?: |(?=\d))|to (?=\d))(?:so )?0*(?=\w)")
_IS_VILLAGE = re.compile(rf"(?:{_UNIT_WORDS})\b|(?:kp|tdp|kdc|to) ?\d")
_UNASKED = Found("", "", (), False)
_NOT_FOUND = Found("not_found", "", (), False)


class Address(NamedTuple):
    """An address cell. `code` and `state` are the gazetteer's answer; `state` is '' where none was asked."""

    raw: str
    village: str
    village_fold: str
    commune_text: str
    district_text: str
    province_text: str
    code: str
    state: str


def parse(raw: str, gazetteer: Gazetteer | None = None) -> Address:
    """Split an address and look its commune up; never raises."""
    mended = legacy_fonts.repair(raw[:_LONGEST])
    village, village_fold, commune, district, province = _split(mended.text, gazetteer)
    found = _UNASKED
    if gazetteer is not None:
        found = _NOT_FOUND if not commune or _is_elsewhere(province) else gazetteer.find(commune, district)
    return Address(raw, village, village_fold, commune, district, province, found.code, found.state)


@lru_cache(maxsize=65536)
def village_key(text: str) -> str:
    """Fold of a village's name without thôn, xóm, khu phố, tổ dân phố, TDP, ấp, khu; 03 as 3."""
    key = fold(text)
    while prefix := _VILLAGE_PREFIX.match(key):
        key = key[prefix.end() :]
    return key


def _split(text: str, gazetteer: Gazetteer | None) -> tuple[str, str, str, str, str]:
    """(village, its key, commune, district, province), read from the right."""
    pieces = [piece for part in _BREAK.split(text) for piece in _HIDDEN_BREAK.split(part)]
    parts = [part for part in (clean(piece).strip(" .:") for piece in pieces) if part]
    if parts and fold(parts[-1]) in ("viet nam", "vn"):
        parts.pop()
    province = district = commune = ""
    while parts:
        part = parts[-1]
        if not province and not (district or commune) and _is_province(part, len(parts)):
            province = part
        elif not (district or commune) and _is_district(parts, gazetteer):
            district = part
        elif not commune and _is_commune(part, parts, district or province, gazetteer):
            commune = part
        else:
            break
        parts.pop()
    villages = [part for part in parts if _IS_VILLAGE.match(fold(part))]
    chosen = villages[-1] if villages else parts[-1] if parts else ""
    return ", ".join(parts), village_key(chosen), commune, district, province


def _is_province(part: str, count: int) -> bool:
    if province_prefix(part):
        return True
    prefix = district_prefix(part)
    return count > 2 and not prefix and fold(part) in _PROVINCES


def _is_district(parts: list[str], gazetteer: Gazetteer | None) -> bool:
    """By its prefix; a bare name too where a commune of that district stands before it."""
    if district_prefix(parts[-1]):
        return True
    if len(parts) < 2 or commune_prefix(parts[-1]) or _IS_VILLAGE.match(fold(parts[-1])):
        return False
    if gazetteer is None:
        return commune_prefix(parts[-2]) is not None
    known = fold(parts[-1]) in gazetteer.districts
    return known and gazetteer.find(parts[-2], parts[-1]).state == "resolved"


def _is_commune(part: str, parts: list[str], above: str, gazetteer: Gazetteer | None) -> bool:
    """By its prefix; or a bare name below a district or province, or one that the gazetteer knows."""
    if commune_prefix(part):
        return True
    if _IS_VILLAGE.match(fold(part)) or not part[:1].isalpha():
        return False
    if gazetteer is None:
        return bool(above)
    return (bool(above) or len(parts) > 1) and gazetteer.find(part).state != "not_found"


def _is_elsewhere(province: str) -> bool:
    """A province is named that is neither old nor new Bắc Ninh."""
    name = fold(province).removeprefix("tinh ").removeprefix("thanh pho ")
    return name in _PROVINCES and name not in ("bac ninh", "bac giang")
