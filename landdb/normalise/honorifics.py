"""What stands before a name: "Hộ ông:", "Bà", "Vợ chồng anh". Ong, Ông and Hồ are surnames too."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from landdb.normalise.text import fold_word

with (Path(__file__).parent / "data" / "surnames.csv").open(encoding="utf8", newline="") as _rows:
    SURNAMES = frozenset(fold_word(row["surname"]) for row in csv.DictReader(_rows))

_MIDDLE_WORDS = {"van", "thi"}

_HOUSEHOLD = (
    r"hộ\s+gia\s+đình|hộ\s+gđ|hgđ|gia\s+đình|chủ\s+hộ|hộ"
    r"|ho\s+gia\s+dinh|gia\s+dinh|chu\s+ho|hgd|ho(?=\s+(?:ong|ba)\s)"
)
_COUPLE = r"(?:hai\s+)?(?:vợ\s+chồng|vo\s+chong)"
_SURE = r"ông|bà"
_SOFT = r"anh|chị|cụ|cô|chú|bác|em|cháu|mr|mrs|ms"
_FRONT = re.compile(
    r"[\s.,:;*+\-–_/'\"()\[\]\d]*"
    r"(?:(?:chủ\s+sử\s+dụng(?:\s+đất)?|người\s+sử\s+dụng(?:\s+đất)?|họ\s+và\s+tên|họ\s+tên|tên\s+chủ)\s*:\s*)?"
    rf"(?P<house>(?:{_HOUSEHOLD})(?![^\W\d_])[\s:.,\-]*)?"
    rf"(?P<couple>{_COUPLE}(?![^\W\d_])[\s:.,\-]*)?"
    rf"(?P<one>(?:{_SURE}|{_SOFT}|ong|ba|chi|cu)(?![^\W\d_]))?"
    r"(?P<other>\s*[(/,\-]?\s*(?:ông|bà|ong|ba)(?![^\W\d_])\s*\)?)?"
    r"(?P<end>[\s:.,\-]*)",
    re.IGNORECASE,
)
_SEX = {
    "ong": "M",
    "anh": "M",
    "chu": "M",
    "mr": "M",
    "ba": "F",
    "chi": "F",
    "co": "F",
    "mrs": "F",
    "ms": "F",
}
_SHOWN = {
    "ong": "Ông", "ba": "Bà", "anh": "Anh", "chi": "Chị", "cu": "Cụ", "co": "Cô", "chu": "Chú", "bac": "Bác",
    "em": "Em", "chau": "Cháu", "mr": "Mr", "mrs": "Mrs", "ms": "Ms",
}  # fmt: skip


class Title(NamedTuple):
    """A name without what stood before it."""

    rest: str
    honorific: str
    sex_hint: str
    household: bool
    couple: bool


def strip(text: str) -> Title:
    """Take the honorifics off a cleaned name."""
    front = _FRONT.match(text)
    if front is None or not (front["house"] or front["couple"] or front["one"]):
        return Title(text, "", "", False, False)
    rest = text[front.end() :]
    household, couple = bool(front["house"]), bool(front["couple"])
    if not front["one"]:
        if couple or _is_household(front["house"], front["end"], rest):
            return Title(rest, "", "", household, couple)
        return Title(text, "", "", False, False)
    honorific = fold_word(front["one"])
    if front["other"] and rest:
        other = fold_word(front["other"]).strip()
        if other != honorific:
            return Title(rest, f"{_SHOWN[honorific]}/{_SHOWN[other]}", "", household, couple)
    sure = couple or (household and front["house"].lower() != "ho") or ":" in front["end"]
    if sure or _is_honorific(front["one"], rest):
        return Title(rest, _SHOWN[honorific], _SEX.get(honorific, ""), household, couple)
    return Title(text, "", "", False, False)


def _is_household(house: str, end: str, rest: str) -> bool:
    """Hộ A is a household; "Ho" without marks is more often the surname Hồ, so it is not in the list."""
    return ":" in house + end or (bool(rest) and not house.isascii()) or len(house.split()) > 1


def _is_honorific(word: str, rest: str) -> bool:
    """Ông Nguyễn Văn An: yes. Ong Văn Minh, Ông Văn Minh, Ba Văn Lan, Anh Tuấn: part of the name."""
    following = [fold_word(part) for part in rest.split()]
    if not following:
        return False
    surname_follows = len(following) > 1 and following[0] in SURNAMES and following[0] not in _MIDDLE_WORDS
    lowered = word.lower()
    if lowered == "ông" and len(following) == 2 and following[0] in _MIDDLE_WORDS:
        return False
    if lowered in ("ông", "bà"):
        return True
    if word.isascii() and not rest.isascii() and lowered in ("ong", "ba", "chi", "cu"):
        return False
    return surname_follows
