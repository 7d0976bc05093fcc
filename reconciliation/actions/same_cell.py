"""Whether two cells of a workbook say the same."""

from __future__ import annotations

from landdb.normalise import areas, dates, id_numbers, phones
from landdb.normalise.text import clean
from parcels.importers.form01.cells import shown
from parcels.importers.form01.fields import FIELDS, Kind


def say_the_same(name: str, one: object, other: str) -> bool:
    """Do two cells say the same, whatever a spreadsheet or a clerk made of the writing?"""
    text = clean(shown(one))
    if text == other or text == clean(other):
        return True
    if not text or not other:
        return False
    kind = FIELDS[name].kind
    if kind == Kind.AREA:
        first, second = (
            areas.parse(one if isinstance(one, int | float) else text).value,
            areas.parse(other).value,
        )
        return first is not None and first == second
    if kind == Kind.DATE:
        return bool(first_day := dates.parse(one).iso) and first_day == dates.parse(other).iso
    if kind == Kind.PERSON_NUMBER:
        return bool(number := id_numbers.parse(text).number) and number == id_numbers.parse(other).number
    if kind == Kind.PHONE:
        return bool(number := phones.parse(text).number) and number == phones.parse(other).number
    if kind in (Kind.WHOLE, Kind.COMMUNE):
        return text.lstrip("0") == clean(other).lstrip("0")
    return False
