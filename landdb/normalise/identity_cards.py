"""The text in the QR code of a citizen's identity card, as a scanner types it.

`number|former number|name|ddmmyyyy|sex|address|ddmmyyyy`: the layout of the cards with a chip since 2021;
cards since July 2024 put further fields behind. Scanners type as keyboards do: their layout matters.
"""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from landdb.normalise import id_numbers, legacy_fonts
from landdb.normalise.people import parse_sex
from landdb.normalise.text import clean, fold

_LONGEST = 1_000  # characters
_FIELDS = 7
_CERTIFICATE = re.compile(r"\d{2}-\d{2}-\d{4}-\d{2}-\d{2}-\d{2}\|")
#: What becomes of the bar between fields on a keyboard of another layout.
_OTHER_BARS = re.compile(r"[¦ǀ│~\\]")
#: Letters that a Telex or VNI input method swallows: two marks of a tone side by side, a digit in a name.
_SWALLOWED = re.compile(r"\d|[<>{}\[\]=+*]")


class Wrong(StrEnum):
    """Why a text is no code of a card."""

    EMPTY = "empty"
    CERTIFICATE = "certificate"
    BARS = "bars"
    SHORT = "short"
    NUMBER = "number"
    FORMER = "former"
    NAME = "name"
    GARBLED = "garbled"
    BIRTH = "birth"
    SEX = "sex"
    CONTRADICTS = "contradicts"
    ISSUED = "issued"


class Card(NamedTuple):
    """What a card says; `former_number` is '' where there was none."""

    number: str
    former_number: str
    name: str
    born_on: date
    sex: str
    address: str
    issued_on: date


def parse(raw: str) -> Card | Wrong:
    """Read the text of a code; never raises and never guesses."""
    text = raw[:_LONGEST].strip().strip("\ufeff\x02\x03")
    if not text:
        return Wrong.EMPTY
    if _CERTIFICATE.match(text):
        return Wrong.CERTIFICATE
    if text.count("|") < _FIELDS - 1:
        return (
            Wrong.BARS if "|" not in text and len(_OTHER_BARS.findall(text)) >= _FIELDS - 1 else Wrong.SHORT
        )
    number, former, name, born, sex, address, issued = (clean(part) for part in text.split("|")[:_FIELDS])
    if not re.fullmatch(r"[0-9]{12}", number):
        return Wrong.NUMBER
    if former and not re.fullmatch(r"[0-9]{9}|[0-9]{12}", former):
        return Wrong.FORMER
    if wrong := _wrong_name(name):
        return wrong
    born_on, issued_on, read_sex = _day(born), _day(issued), parse_sex(sex)
    if born_on is None or born_on > date.today():
        return Wrong.BIRTH
    if not read_sex:
        return Wrong.SEX
    if id_numbers.contradicts(number, born_on.year, read_sex):
        return Wrong.CONTRADICTS
    if issued_on is None or not born_on <= issued_on <= date.today():
        return Wrong.ISSUED
    return Card(number, former if len(former) == 9 else "", name, born_on, read_sex, address, issued_on)


def _wrong_name(name: str) -> Wrong | None:
    if len(name) < 2 or not fold(name):
        return Wrong.NAME
    if _SWALLOWED.search(name) or legacy_fonts.detect(name):
        return Wrong.GARBLED
    return None


def _day(text: str) -> date | None:
    """ddmmyyyy, with or without signs between."""
    found = re.fullmatch(r"(\d{2})[/.\-]?(\d{2})[/.\-]?(\d{4})", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None
