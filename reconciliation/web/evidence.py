"""The comparison of a land user with a candidate, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from landdb.normalise import id_numbers
from parcels.models import LandUser

from ..actions import corrections
from ..matching import evidence as told
from ..matching import ladders
from ..models import Match, Verification
from . import letters
from .letters import Piece

#: The weight column is this wide, with its zero in the middle; bits beyond MOST_BITS fill it.
HALF = 44.0
MOST_BITS = 16.0
NUMBERS = ("number", "former_number")
#: From which probability on a candidate is all but certain, and from which likely.
CERTAIN, LIKELY = 0.95, 0.5
#: Rows that are left out where they say nothing and weigh nothing.
_ONLY_WHERE_TOLD = ("former_number", "household", "status")
_COMPARED = {
    "name": letters.names,
    "birth": letters.births,
    "number": letters.numbers,
    "former_number": letters.numbers,
    "village": letters.names,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what each side has, how they compare, and the bar of its weight.

    `masks` are the three values as they will be hidden again, where numbers are shown in full. `is_remark`
    marks a line that compares no values. `was`: what stands in the register, where `ours` is what is proposed
    in its place; `is_changed` where that is something else.
    """

    title: Any
    ours_raw: str
    ours: list[Piece]
    theirs: list[Piece]
    sign: str
    word: Any
    weight: float
    masks: tuple[str, ...] = ()
    is_remark: bool = False
    was: Sequence[Piece] = ()
    is_changed: bool = False

    @property
    def width(self) -> str:
        return f"{min(abs(self.weight) / MOST_BITS, 1) * HALF:.1f}"

    @property
    def x(self) -> str:
        return f"{HALF if self.weight >= 0 else HALF - min(-self.weight / MOST_BITS, 1) * HALF:.1f}"


def unsettled(person: LandUser, match: Match, candidates: Sequence[Match]) -> list[Any]:
    """What would settle the land user, while neither a person nor a run has accepted anybody."""
    for each in candidates:
        if each.state == Match.State.ACCEPTED or each.outcome == Match.Outcome.ACCEPT:
            return []
    return told.would_settle(told.explain(match, person, match.resident), person)


def lines(match: Match, person: LandUser, *, is_revealed: bool, before: LandUser | None = None) -> list[Line]:
    """The evidence field by field; numbers are masked unless they were asked for.

    `before`: the land user as the register has them, where `person` is how they are proposed to be.
    """
    drawn = []
    stood = told.values(before, match.resident) if before else {}
    for row in told.explain(match, person, match.resident):
        was = stood[row.field][1] if row.field in stood else ""
        if _says_nothing(row) and not was:
            continue
        first = was if before else row.ours_raw
        raw = row.ours_raw
        if row.field in NUMBERS and not is_revealed:
            raw = id_numbers.mask(first) if first else ""
        masks = _masks(row.field, first, row.ours, row.theirs, is_revealed=is_revealed)
        is_changed = before is not None and was != row.ours
        is_marked = row.sign in ("near", "clash")
        ours, theirs = _sides(row.field, row.ours, row.theirs, is_marked=is_marked, is_revealed=is_revealed)
        stands, _new = _sides(row.field, was, row.ours, is_marked=is_changed, is_revealed=is_revealed)
        drawn.append(
            Line(
                title=row.title,
                ours_raw=raw,
                ours=ours,
                theirs=theirs,
                sign=row.sign,
                word=row.word,
                weight=row.weight,
                masks=masks,
                is_remark=row.field == told.COINCIDENCE,
                was=stands,
                is_changed=is_changed,
            )
        )
    return drawn


def _sides(field: str, one: str, other: str, *, is_marked: bool, is_revealed: bool) -> letters.Sides:
    """Two values of a field, with what differs marked; of hidden numbers where, not what."""
    if field in NUMBERS and not is_revealed:
        hidden = id_numbers.mask(one), id_numbers.mask(other)
        return letters.masked(one, other) if is_marked else letters.same(*hidden)
    compare = _COMPARED.get(field, letters.same) if is_marked else letters.same
    return compare(one, other)


def _masks(field: str, *values: str, is_revealed: bool) -> tuple[str, ...]:
    """How numbers that are shown in full will be hidden again; nothing for other fields."""
    if field not in NUMBERS or not is_revealed:
        return ()
    return tuple(id_numbers.mask(value) if value else "–" for value in values)


def _says_nothing(row: told.Row) -> bool:
    """A row beside the usual ones without a weight, where neither side has anything to compare."""
    if row.weight or row.field not in _ONLY_WHERE_TOLD:
        return False
    return not (row.ours_raw or row.ours or row.theirs) or (
        row.field == "household" and row.level == "missing"
    )


@dataclass(frozen=True, slots=True)
class Own:
    """A line of what the register says of somebody for whom there is nobody to compare with."""

    title: Any
    raw: str
    read: str
    masks: tuple[str, ...] = ()


def own(person: LandUser, *, is_revealed: bool, before: LandUser | None = None) -> list[Own]:
    """The land user's own entry; numbers are masked unless they were asked for.

    `before`: the entry as the register has it, which stands in place of what was written in it.
    """
    drawn = []
    stood = {field: read for field, _title, _raw, read in told.own(before)} if before else {}
    for field, title, written, read in told.own(person):
        raw = stood.get(field, "") if before else written
        masks: tuple[str, ...] = ()
        if field in NUMBERS:
            masks = tuple(id_numbers.mask(value) if value else "–" for value in (raw, read))
            if not is_revealed:
                raw, read = (mask.strip("–") for mask in masks)
        drawn.append(Own(title, raw, read, masks if is_revealed else ()))
    return drawn


def sentence(person: LandUser, match: Match | None) -> str:
    """The answer first: is it the same person, and what stands against it."""
    if match is None:
        verification = getattr(person, "verification", None)
        if verification is not None and verification.outcome == Verification.Outcome.UNVERIFIABLE:
            return _("Chưa đủ thông tin để đối chiếu")
        return _("Không tìm thấy ai giống trong dữ liệu dân cư")
    return in_words(match, against(told.signs(match), match, getattr(person, "verification", None)))


def against(
    compared: Iterable[told.Sign], match: Match, verification: Verification | None
) -> list[told.Sign]:
    """The fields that keep a candidate from being the land user as they stand: those that speak against it,
    and those in which the one who was found differs."""
    differs: list[str] = []
    if verification is not None and verification.resident_id == match.resident_id:
        differs = verification.differs.split(",")
    return [each for each in compared if each.sign == "clash" or each.field in differs]


def in_words(match: Match, fields: Sequence[told.Sign]) -> str:
    """The verdict with what stands against it; where that is one field, with how it differs."""
    said = verdict(match, [str(each.title).lower() for each in fields])
    if len(fields) == 1:
        return _("%(sentence)s: %(word)s") % {"sentence": said, "word": fields[0].word}
    return said


def verdict(match: Match, against: Sequence[str]) -> str:
    """How sure it is that a candidate is the land user, and the fields that speak against it."""
    if match.state == Match.State.ACCEPTED:
        start = _("Đã kết luận cùng người")
    elif match.state == Match.State.REJECTED:
        start = _("Đã kết luận khác người")
    elif match.probability >= CERTAIN:
        start = _("Gần như chắc cùng người")
    elif match.probability >= LIKELY:
        start = _("Có lẽ cùng người")
    else:
        start = _("Chưa đủ căn cứ là cùng người")
    return (
        _("%(start)s, chưa khớp %(fields)s") % {"start": start, "fields": ", ".join(against)}
        if against
        else start
    )


@dataclass(frozen=True, slots=True)
class Mend:
    """A field that "same person" would correct: what the register has, and the registry's in its place.

    `masks` as of a `Line`.
    """

    title: Any
    old: list[Piece]
    new: list[Piece]
    masks: tuple[str, ...]


def mends(person: LandUser, match: Match, *, is_revealed: bool) -> list[Mend]:
    """What "same person" would correct in the register; what differs is marked as in the evidence."""
    fields = {
        "name_raw": ladders.NAME,
        "birth_raw": ladders.BIRTH,
        "sex_raw": ladders.SEX,
        "id_number_raw": ladders.NUMBER,
    }
    found = []
    for change in corrections.from_registry(person, match.resident):
        if ladder := fields.get(change.field):
            old, new = str(getattr(person, change.field)), str(change.new)
            old_pieces, new_pieces = _sides(ladder.field, old, new, is_marked=True, is_revealed=is_revealed)
            masks = _masks(ladder.field, old, new, is_revealed=is_revealed)
            found.append(Mend(ladder.title, old_pieces, new_pieces, masks))
    return found
