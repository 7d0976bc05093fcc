"""The commune that the cells of a row speak of. Runs in import processes: no Django models here."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from landdb.normalise.gazetteer import Found, Gazetteer
from landdb.reference.gazetteer import gazetteer


class Place(NamedTuple):
    """Today's commune ('' where the cells leave it open), and that of before the merger, where one is meant.

    `wrong` holds what is wrong with the cells: the problem, the column and the text at fault of each.
    """

    code: str
    former_code: str
    wrong: tuple[tuple[str, str, str], ...]


_NOTHING = Found("not_found", "", (), False)


@lru_cache(maxsize=65536)
def place_of(code: str, commune: str, old_commune: str, old_district: str) -> Place:
    """The commune by code and name; where these leave a doubt, by the former names. It never guesses.

    A code that no commune bears is told and left aside. The cells come without blanks around them.
    """
    units: Gazetteer = gazetteer()
    wrong = []
    if code and units.find(code).state == "not_found":
        wrong.append(("code_unknown", "commune_code", code))
        code = ""
    by_code = units.find(code).candidates if code else ()
    by_name = units.find(commune) if commune else _NOTHING
    found = units.find(f"{code} {commune}".strip()) if code or commune else _NOTHING
    former = units.find(old_commune, old_district) if old_commune else _NOTHING
    if commune and found.state != "resolved":
        if by_name.state == "not_found":
            wrong.append(("commune_unknown", "commune", commune))
        elif by_code and not set(by_code) & set(by_name.candidates):
            wrong.append(("code_contradicts_name", "commune_code", f"{code}, {commune}"))
    meant = found.candidates or by_code
    chosen = found
    if found.state != "resolved" and old_commune and (not meant or former.code in meant):
        chosen = former
    is_told = any(problem != "code_unknown" for problem, _column, _text in wrong)
    if chosen.state != "resolved" and not is_told and (code or commune or old_commune):
        unclear = "commune_ambiguous" if chosen.state == "ambiguous" else "commune_unknown"
        said = ", ".join(filter(None, (code, commune, old_commune, old_district)))
        wrong.append((unclear, "commune", said))
    elif old_commune and former.state == "not_found":
        wrong.append(("commune_unknown", "old_commune", _joined(old_commune, old_district)))
    elif old_commune and chosen.code and chosen.code not in former.candidates:
        wrong.append(("former_commune_elsewhere", "old_commune", _joined(old_commune, old_district)))
    own = former.former_code if chosen.code and former.code == chosen.code else ""
    return Place(chosen.code, own, tuple(wrong))


def _joined(*names: str) -> str:
    return ", ".join(filter(None, names))
