"""One person of a list, normalised column by column: what importers store beside the raw values."""

from datetime import date
from typing import NamedTuple

from landdb.normalise import addresses, dates, id_numbers, names
from landdb.normalise.gazetteer import Gazetteer
from landdb.normalise.text import fold_word

_SEXES = dict.fromkeys(("nam", "m", "male", "1", "ong", "true", "trai", "chong", "anh", "nam gioi"), "M")
_SEXES |= dict.fromkeys(("nu", "f", "female", "0", "ba", "false", "gai", "vo", "chi", "nu gioi", "2"), "F")
_SEXES_AS_TYPED = {"Nam": "M", "Nữ": "F"}


class PersonKeys(NamedTuple):
    """Plain columns of a person; '' and None where nothing is known. Warnings read "column.code"."""

    name: str
    name_key: str
    name_fold: str
    second_name: str
    honorific: str
    kind: str
    deceased: bool
    legacy: str
    birth_on: date | None
    birth_year: int | None
    birth_precision: str
    sex: str
    id_number: str
    id_kind: str
    former_number: str
    village: str
    village_fold: str
    warnings: tuple[str, ...]
    sex_hint: str


def person(
    name: str,
    birth: object,
    sex: object,
    id_number: object,
    village: str,
    former_number: object = "",
    *,
    gazetteer: Gazetteer | None = None,
) -> PersonKeys:
    """Normalise one person; never raises. Sex is what its own column says, `sex_hint` what the name says.

    `village` may be a whole address; the gazetteer then tells the communes and districts in it.
    """
    who = names.parse(name or "")
    born = dates.parse(birth, birth=True)
    number = id_numbers.parse(id_number, of_organisation=who.kind == "organisation")
    former = id_numbers.parse(former_number) if former_number else None
    where = addresses.parse(village, gazetteer, is_village=True) if village else None
    said_sex = parse_sex(sex)
    warnings = _warnings(who, born, number, former, said_sex)
    return PersonKeys(
        who.name,
        who.key,
        who.fold,
        who.second,
        who.honorific,
        who.kind,
        who.deceased,
        who.legacy,
        born.on if born.precision == "day" else None,
        born.year,
        born.precision,
        said_sex,
        number.number,
        number.kind.value,
        former.number if former else "",
        where.village if where else "",
        where.village_fold if where else "",
        warnings,
        who.sex_hint,
    )


def parse_sex(raw: object) -> str:
    """'M', 'F' or '' from Nam, Nữ, M, F, 1, 0, Ông, Bà and the like."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = raw if isinstance(raw, str) else str(raw) if isinstance(raw, (bool, int)) and abs(raw) < 10 else ""
    return _SEXES_AS_TYPED.get(text) or _SEXES.get(fold_word(text.strip()) if len(text) < 20 else "", "")


def _warnings(
    who: names.PersonName,
    born: dates.PartialDate,
    number: id_numbers.IdNumber,
    former: id_numbers.IdNumber | None,
    sex: str,
) -> tuple[str, ...]:
    found: list[str] = []
    if who.legacy:
        found.append(f"name.{who.legacy}")
    if who.placeholder:
        found.append("name.placeholder")
    if born.warnings:
        found += [f"birth.{code}" for code in born.warnings]
    if number.warnings:
        found += [f"id_number.{code}" for code in number.warnings]
    if number.kind is id_numbers.Kind.MALFORMED or number.kind is id_numbers.Kind.PLACEHOLDER:
        found.append(f"id_number.{number.kind.value}")
    if number.birth_year is not None and (number.birth_year != born.year or number.sex != sex):
        found += [
            f"id_number.contradicts_{what}" for what in id_numbers.contradicts(number.number, born.year, sex)
        ]
    if former is not None:
        found += [f"former_number.{code}" for code in former.warnings]
    return tuple(dict.fromkeys(found)) if found else ()
