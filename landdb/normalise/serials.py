"""Serial numbers of land-use certificates, and their numbers in the issuing book.

Forms: 1 letter + 6 digits until mid-2004, 2 letters + 6 digits until 2024, 2 letters + 8 digits from 2025
(Circular 10/2024/TT-BTNMT). Đ is a letter of the series.
"""

import re
from datetime import date
from typing import NamedTuple

from landdb.normalise.text import clean, fold

_LONGEST = 2000  # characters
_LONGEST_BOOK_NUMBER = 10  # what MPLIS stores of SOVAOSO

# A well-formed normalised serial, for Python and for PostgreSQL's ~ alike.
PATTERN = "^([A-ZĐ]{1,2} [0-9]{6}|[A-ZĐ]{2} [0-9]{8})$"

_BREAK = re.compile(r"[;,\n\r|]|\s/\s|\bvà\b", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:số (?:phát hành|seri|serial|bìa|gcn)|so phat hanh|seri(?:al)?|gcn|số|so)\b[\s:.]*", re.IGNORECASE
)
_FILLING = re.compile(r"[\s.\-–—_'’`\"*:]+")
_FORM = re.compile(r"([A-ZĐ]{1,2})([0-9]{6,8})")
_LOOKALIKE = re.compile(r"(?=.*[0-9])([A-ZĐ0]{1,2}?)([0-9OILS]{6}|[0-9OILS]{8})")
_NONE_ISSUED = re.compile(r"CHUA ?(?:CO|CAP) ?(?:GIAY|GCN|BIA|SO)?(?:[\s_.\-].*)?")
_PLACEHOLDERS = {
    "khong", "khong co", "khong ro", "n a", "null", "none", "ref", "value", "name", "mat", "that lac",
    "khong xac dinh", "chua ro", "chua xac dinh",
}  # fmt: skip

_PERIODS: dict[str, tuple[date | None, date | None]] = {
    "A": (date(2004, 7, 1), date(2009, 12, 9)),
    "B": (date(2009, 12, 10), date(2024, 12, 31)),
    "C": (date(2014, 7, 1), date(2024, 12, 31)),
    "D": (date(2014, 7, 1), date(2024, 12, 31)),
}


class Serial(NamedTuple):
    """One serial cell. `form` is "1+6", "2+6", "2+8" (letters + digits) where all share a known one."""

    raw: str
    serials: tuple[str, ...]
    form: str
    warnings: tuple[str, ...]
    none_issued: bool


class BookNumber(NamedTuple):
    """The number under which a certificate stands in the issuing book, without dots and spaces."""

    raw: str
    number: str
    placeholder: bool
    warnings: tuple[str, ...]


def parse(raw: str) -> Serial:
    """Read a serial cell; several may stand in it; never raises."""
    text = raw[:_LONGEST].strip()
    if not any(map(str.isalnum, text)):
        return Serial(raw, (), "", ("placeholder",) if text else (), False)
    folded = fold(text)
    if _NONE_ISSUED.fullmatch(folded.upper()):
        return Serial(raw, (), "", (), True)
    if folded in _PLACEHOLDERS or not folded.replace("x", "").replace("0", "").replace(" ", ""):
        return Serial(raw, (), "", ("placeholder",), False)
    serials: dict[str, str] = {}
    warnings: dict[str, None] = {}
    for piece in _BREAK.split(text):
        serial, form, warning = _one(piece)
        if serial:
            serials[serial] = form
            warnings |= dict.fromkeys(filter(None, (warning,)))
    forms = set(serials.values())
    if len(serials) > 1:
        warnings["several"] = None
    return Serial(raw, tuple(serials), forms.pop() if len(forms) == 1 else "", tuple(warnings), False)


def issue_period(serial: str) -> tuple[date | None, date | None] | None:
    """First and last day on which a blank of this series was used (None: open); None where not sure."""
    if not re.fullmatch(PATTERN, serial):
        return None
    letters, digits = serial.split(" ")
    if len(letters) == 1:
        return (None, date(2004, 6, 30))
    return (date(2025, 1, 1), None) if len(digits) == 8 else _PERIODS.get(letters[0])


def parse_book_number(raw: str) -> BookNumber:
    """Drop dots and spaces from a book number, nothing else; `--\\--` and the like are placeholders."""
    text = clean(raw[:_LONGEST])
    number = re.sub(r"[.\s]+", "", text)
    if not any(map(str.isalnum, number)) or fold(text) in _PLACEHOLDERS or not number.strip("0"):
        return BookNumber(raw, "", bool(raw.strip()), ())
    return BookNumber(raw, number, False, ("too_long",) if len(number) > _LONGEST_BOOK_NUMBER else ())


def _one(piece: str) -> tuple[str, str, str]:
    """Normalised serial, its form and a warning, for one serial with its label."""
    text = clean(piece).replace("Ð", "Đ").replace("ð", "đ").replace("Ɖ", "Đ")
    warning = "legacy_letter" if "§" in text else ""
    bare = _FILLING.sub("", _LABEL.sub("", text.replace("§", "Đ"))).upper()
    whole = _FORM.fullmatch(bare)
    if whole:
        letters, digits = whole.groups()
        if len(letters) == 1 and len(digits) == 7 and digits[0] == "0":
            return f"{letters}0 {digits[1:]}", "", "lookalike"
        form = f"{len(letters)}+{len(digits)}"
        known = form in ("1+6", "2+6", "2+8")
        return f"{letters} {digits}", form if known else "", warning or ("" if known else "unknown_form")
    if re.fullmatch("[0-9]{10}", bare):
        return bare, "", "unknown_form"
    alike = _LOOKALIKE.fullmatch(bare)
    if alike and (alike[1] or not bare.isdigit()):
        return f"{alike[1]} {alike[2]}".strip(), "", "lookalike"
    return clean(text.upper()), "", "malformed"
