"""The number as a clerk wrote it down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .draws import Dirt, Flags, Ints, chosen
from .families import People
from .holders import Holders

#: Keys around each key of the number pad and of the row of digits.
_BESIDE = {
    "0": "19",
    "1": "24",
    "2": "135",
    "3": "26",
    "4": "157",
    "5": "2468",
    "6": "359",
    "7": "48",
    "8": "579",
    "9": "68",
}
_FILLERS = (
    "0",
    "000000000",
    "000000000000",
    "123456789",
    "111111111",
    "999999999",
    "không có",
    "Không",
    "x",
    "-",
    "...",
    "chưa có",
)
_TWO = ("{}; {}", "{}, {}", "{} - {}", "{}/{}", "{}\n{}", "{} ({})")


@dataclass(frozen=True)
class Issued:
    """The numbers of everyone in the commune."""

    citizen: list[str]
    former: list[str]


def issued(citizen: pa.Array, former: pa.Array) -> Issued:
    return Issued(citizen.to_pylist(), former.to_pylist())


def write_numbers(
    dirt: Dirt, holders: Holders, everyone: People, numbers: Issued
) -> tuple[list[str], Flags, Flags]:
    """The cells, which of them hold a twelve-digit number, and which a former one."""
    none, former = _kinds(dirt, holders, numbers)
    twelve = ~none & ~former
    people = _people(dirt, holders, everyone, none)
    cells = [
        ""
        if missing
        else numbers.former[person] or numbers.citizen[person]
        if old
        else numbers.citizen[person]
        for person, missing, old in zip(people.tolist(), none.tolist(), former.tolist(), strict=True)
    ]
    dirt.spoil("number_digit", cells, _digit, ~none)
    dirt.spoil("number_swapped", cells, _swapped, ~none)
    dirt.spoil("number_beside", cells, _beside, ~none)
    dirt.spoil("number_malformed", cells, _malformed, ~none)
    dirt.spoil("number_zero_lost", cells, lambda cell, pick: cell.lstrip("0"), twelve)
    _two(dirt, holders, everyone, numbers, cells, ~none)
    dirt.spoil("number_form", cells, _form, ~none)
    dirt.spoil("number_placeholder", cells, lambda cell, pick: _FILLERS[pick % len(_FILLERS)], none)
    return cells, twelve, former


def _kinds(dirt: Dirt, holders: Holders, numbers: Issued) -> tuple[Flags, Flags]:
    """Old records have fewer numbers, and more often the former one."""
    era = holders.era
    none = dirt.hits("number_missing", scale=np.select([era < 2004, era < 2014], [1.9, 1.15], 0.4))
    has = np.array([bool(numbers.former[person]) for person in holders.person.tolist()], bool)
    # The long dead never got twelve digits.
    scale = np.where(
        holders.stranger & holders.dead, 3.0, np.select([era < 2004, era < 2014], [2.1, 1.6], 0.55)
    )
    former = dirt.hits("number_former", has & ~none, scale=scale)
    return dirt.count("number_missing", none), dirt.count("number_former", former)


def _people(dirt: Dirt, holders: Holders, everyone: People, none: Flags) -> Ints:
    """Whose number it is: the spouse's or another's of the family now and then."""
    spouse, relative = everyone.spouse[holders.person], everyone.relative[holders.person]
    other = np.where((spouse >= 0) & (dirt.picks("number_family") % 4 > 0), spouse, relative)
    wrong = dirt.count("number_family", dirt.hits("number_family", ~none & (other != holders.person)))
    return np.where(wrong, other, holders.person)


def _two(
    dirt: Dirt, holders: Holders, everyone: People, numbers: Issued, cells: list[str], among: Flags
) -> None:
    """The former number behind the new one, or the spouse's behind one's own."""
    hit, picks = dirt.count("number_two", dirt.hits("number_two", among)), dirt.picks("number_two")
    for at in chosen(hit):
        person, pick = int(holders.person[at]), int(picks[at])
        spouse = int(everyone.spouse[person])
        of_spouse = spouse >= 0 and pick % 2
        second = numbers.citizen[spouse] if of_spouse else numbers.former[person] or numbers.citizen[person]
        if second == cells[at]:
            second = numbers.citizen[person]
        cells[at] = _TWO[pick // 2 % len(_TWO)].format(cells[at], second)


def _digit(cell: str, pick: int) -> str:
    at = pick % len(cell)
    return cell[:at] + str((int(cell[at]) + 1 + pick // 16 % 9) % 10) + cell[at + 1 :]


def _swapped(cell: str, pick: int) -> str:
    at = pick % (len(cell) - 1)
    return cell[:at] + cell[at + 1] + cell[at] + cell[at + 2 :]


def _beside(cell: str, pick: int) -> str:
    at = pick % len(cell)
    keys = _BESIDE[cell[at]]
    return cell[:at] + keys[pick // 16 % len(keys)] + cell[at + 1 :]


def _malformed(cell: str, pick: int) -> str:
    at = pick % len(cell)
    if pick // 16 % 3 == 0:
        return cell[:at] + cell[at] + cell[at:]
    return cell[:at] + cell[at + 1 + pick // 64 % 2 :]


def _form(cell: str, pick: int) -> str:
    forms = ("{c}", "'{c}", "CCCD {c}", "Số {c}", "{c}.0", "{c} ", "CMND: {c}", "{d}", "{s}", "{s}")
    spaced = " ".join(cell[at : at + 3] for at in range(0, len(cell), 3))
    return forms[pick % len(forms)].format(c=cell, s=spaced, d=spaced.replace(" ", "."))
