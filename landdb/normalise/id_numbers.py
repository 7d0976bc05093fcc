"""Identity numbers of people, and tax codes.

A citizen's number has 12 digits: 3 of the place of birth registration, 1 of century and sex, 2 of the year of
birth, 6 at random; no check digit (Law on Identity 2023, Circular 07/2016/TT-BCA annex 1).
"""

import csv
import re
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from landdb.normalise.text import fold

_LONGEST = 400  # characters


class Kind(StrEnum):
    """What a number cell holds."""

    CITIZEN = "citizen"
    CMND = "cmnd"
    PASSPORT = "passport"
    MILITARY = "military"
    TAX = "tax"
    SEVERAL = "several"
    MALFORMED = "malformed"
    EMPTY = "empty"
    PLACEHOLDER = "placeholder"


class IdNumber(NamedTuple):
    """One number cell. `province` is the 3-digit code of the place where the birth was registered."""

    raw: str
    number: str
    kind: Kind
    warnings: tuple[str, ...]
    province: str
    sex: str
    birth_year: int | None


with (Path(__file__).parent / "data" / "birth_places.csv").open(encoding="utf8", newline="") as _rows:
    BIRTH_PLACES = {row["code"]: row["name"] for row in csv.DictReader(_rows)}

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_PLACEHOLDER_NUMBERS = {
    "0123456789", "1234567890", "123456789", "987654321", "012345678", "12345678", "0987654321",
    "123456789012", "012345678901", "123456789123", "012345678910",
}  # fmt: skip
_PLACEHOLDER_WORDS = {
    "khong", "khong co", "khong ro", "chua co", "chua ro", "chua cap", "chua xac dinh", "khong xac dinh",
    "n a", "null", "none", "nan", "x", "xx", "xxx", "ref", "value", "khong cung cap", "chua cung cap",
    "khong co so", "that lac", "mat", "da mat", "da chet",
}  # fmt: skip
_SCIENTIFIC = re.compile(r"([1-9])(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"(\d+)[.,]0{1,2}")
_LABELS = re.compile(
    r"(?P<military>cmqđ|cmqd|cmsq|cmqn|quân đội|quan doi|sĩ quan|sỹ quan|si quan|qđnd)"
    r"|(?P<passport>hộ chiếu|ho chieu|passport)"
    r"|(?P<tax>mst|mã số thuế|ma so thue|mã số dn|mã số doanh nghiệp)"
    r"|cccd|căn cước(?: công dân)?|can cuoc(?: cong dan)?|thẻ cc|cmnd|cmtnd|cmt|chứng minh(?: nhân dân| thư)?"
    r"|đdcn|ddcn|số định danh(?: cá nhân)?|so dinh danh(?: ca nhan)?|số giấy tờ|giấy tờ|n/a-",
    re.IGNORECASE,
)
_FILLING = re.compile(r"\b(?:số|so|no)\b|[\s.\-–—_:'’`\"*\u200b\ufeff\xad]+", re.IGNORECASE)
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,8}")
_DIGIT_RUN = re.compile(r"\d[\d.\-]*")
_HARD_BREAK = re.compile(r"[;,/\\|\n\r()&+]|\bvà\b|\bva\b|\bhoặc\b", re.IGNORECASE)
_LETTER_FOR_DIGIT = re.compile(r"[\dOoIlSB]{9,13}")


def parse(raw: object, *, of_organisation: bool = False) -> IdNumber:
    """Read a number cell: text, or the number that a spreadsheet made of it; never raises.

    Ten digits `of_organisation` are a tax code or nothing: no zero of a person's number was lost.
    """
    hint = "tax" if of_organisation else ""
    if isinstance(raw, str):
        text = raw
    elif isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        text = str(int(raw))
    else:
        text = "" if raw is None else f"{raw:.17g}" if isinstance(raw, float) else _str(raw)
    if 9 <= len(text) <= 12 and text.isascii() and text.isdigit():
        found = _single(text, text, hint)
        if found is not None:
            return found
    return _parse_text(text, text[:_LONGEST].strip(), hint)


def tax_code_valid(code: str) -> bool:
    """Is this a tax code, 10 digits or 10-3 for a branch, whose tenth digit agrees with the nine before?"""
    head = code[:10]
    if not re.fullmatch(r"[0-9]{10}(?:-?[0-9]{3})?", code):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, head, strict=False))
    return 10 - total % 11 == int(head[9])


def contradicts(number: str, birth_year: int | None, sex: str) -> tuple[str, ...]:
    """Which of 'year', 'sex' and 'century' in a 12-digit number disagree with what is known otherwise."""
    if len(number) != 12 or not (number.isascii() and number.isdigit()):
        return ()
    century = 19 + int(number[3]) // 2
    found = []
    if birth_year is not None and birth_year % 100 != int(number[4:6]):
        found.append("year")
    if sex in ("M", "F") and sex != "MF"[int(number[3]) % 2]:
        found.append("sex")
    if birth_year is not None and birth_year // 100 != century:
        found.append("century")
    return tuple(found)


def mask(number: str) -> str:
    """The number with only its last four characters shown; short ones are hidden whole."""
    shown = "•" * (len(number) - 4) + number[-4:] if len(number) >= 8 else "•" * len(number)
    start = len(shown) % 4
    groups = [shown[:start]] if start else []
    return " ".join(groups + [shown[i : i + 4] for i in range(start, len(shown), 4)])


def _str(raw: object) -> str:
    """Text of any cell value; whole numbers of thousands of digits have none in Python."""
    try:
        return str(raw)
    except ValueError:
        return ""


def _parse_text(raw: str, text: str, hint: str) -> IdNumber:
    if not text:
        return IdNumber(raw, "", Kind.EMPTY, (), "", "", None)
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific:
        return _from_scientific(raw, scientific)
    whole = _WHOLE_FLOAT.fullmatch(text)
    label = _LABELS.search(text)
    hint = (label.lastgroup if label else "") or hint
    bare = whole[1] if whole else _FILLING.sub("", _LABELS.sub(" ", text))
    found = _single(raw, bare.upper(), hint)
    if found is not None:
        return found
    if fold(text) in _PLACEHOLDER_WORDS or not any(map(str.isalnum, text)):
        return IdNumber(raw, "", Kind.PLACEHOLDER, (), "", "", None)
    if hint != "tax" and not _LETTER_FOR_DIGIT.fullmatch(bare):
        several = _several(raw, text)
        if several is not None:
            return several
    return IdNumber(raw, "", Kind.MALFORMED, _why(bare), "", "", None)


def _single(raw: str, bare: str, hint: str) -> IdNumber | None:
    """One number without its label and separators, or None where it has no known form."""
    if not (bare.isascii() and bare.isdigit()):
        if _PASSPORT.fullmatch(bare) and (hint != "military"):
            return IdNumber(raw, bare, Kind.PASSPORT, (), "", "", None)
        return None
    size = len(bare)
    if bare in _PLACEHOLDER_NUMBERS or bare == bare[:1] * size:
        return IdNumber(raw, "", Kind.PLACEHOLDER, (), "", "", None)
    if hint == "military" and 6 <= size <= 12:
        return IdNumber(raw, bare, Kind.MILITARY, (), "", "", None)
    if size == 12:
        return _citizen(raw, bare, ())
    if size == 9:
        return IdNumber(raw, bare, Kind.CMND, (), "", "", None)
    if size == 13 and tax_code_valid(bare):
        return IdNumber(raw, f"{bare[:10]}-{bare[10:]}", Kind.TAX, (), "", "", None)
    if size in (10, 11):
        return _padded_or_tax(raw, bare, hint)
    return None


def _padded_or_tax(raw: str, bare: str, hint: str) -> IdNumber | None:
    """10 or 11 digits: a citizen's number that a spreadsheet robbed of its zeros, or a tax code."""
    is_tax = tax_code_valid(bare)
    if is_tax and (hint == "tax" or bare[0] == "0"):
        return IdNumber(raw, bare, Kind.TAX, (), "", "", None)
    if bare[0] == "0" or hint == "tax":
        return None
    citizen = _citizen(raw, bare.zfill(12), ("padded",))
    if not is_tax:
        return citizen
    if len(citizen.warnings) > 1:
        return IdNumber(raw, bare, Kind.TAX, (), "", "", None)
    return citizen._replace(warnings=("padded", "could_be_tax_code"))


def _citizen(raw: str, number: str, warnings: tuple[str, ...]) -> IdNumber:
    century = int(number[3])
    year = 1900 + century // 2 * 100 + int(number[4:6])
    province = number[:3]
    if province not in BIRTH_PLACES:
        warnings += ("unknown_province",)
    if century > 1 and year > date.today().year:
        warnings += ("future_birth",)
    return IdNumber(raw, number, Kind.CITIZEN, warnings, province, "MF"[century % 2], year)


def _from_scientific(raw: str, found: re.Match[str]) -> IdNumber:
    """2.7085E+10 has lost digits; 2.7085001234E+10 has not."""
    decimals = found[2] or ""
    if len(decimals) != int(found[3]):
        return IdNumber(raw, "", Kind.MALFORMED, ("digits_lost",), "", "", None)
    number = _single(raw, found[1] + decimals, "")
    return number or IdNumber(raw, "", Kind.MALFORMED, ("wrong_length",), "", "", None)


def _several(raw: str, text: str) -> IdNumber | None:
    """Two or more numbers in a cell: taken only where all say the same."""
    pieces = _HARD_BREAK.split(text)
    numbers = [n for n in (_piece(piece) for piece in pieces) if n is not None]
    if len(numbers) < 2:
        numbers = [n for n in (_piece(run) for run in _DIGIT_RUN.findall(text)) if n is not None]
    if not numbers:
        return None
    if len(numbers) == 1:
        only = numbers[0]
        # A phone number beside words would be padded into somebody's number.
        return (
            None
            if "padded" in only.warnings
            else only._replace(raw=raw, warnings=(*only.warnings, "extra_text"))
        )
    if len({n.number for n in numbers}) == 1:
        return numbers[0]._replace(raw=raw, warnings=(*numbers[0].warnings, "repeated"))
    return IdNumber(raw, "", Kind.SEVERAL, ("several",), "", "", None)


def _piece(text: str) -> IdNumber | None:
    bare = _FILLING.sub("", _LABELS.sub(" ", text))
    if not 8 <= len(bare) <= 13:
        return None
    found = _single(text, bare.upper(), "")
    return found if found is not None and found.number else None


def _why(bare: str) -> tuple[str, ...]:
    if bare.isascii() and bare.isdigit():
        return ("wrong_length",)
    return ("lookalike",) if _LETTER_FOR_DIGIT.fullmatch(bare) else ("not_a_number",)
