"""Entries of the register beside each other, ready to be drawn: a column each, a field in each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from landdb.normalise import id_numbers
from parcels.models import Holding, LandUser

from ..actions import police_words
from ..models import PlotStatus, PoliceWord, Verification
from . import letters
from .letters import Piece

PLOTS_SHOWN = 60


@dataclass(slots=True)
class Column:
    """An entry: whether it is the one to keep, or one that the word is about, and what it holds."""

    person: LandUser
    n: int
    is_kept: bool
    is_ticked: bool
    plots: int = 0
    certificates: int = 0
    police_word: str = ""

    @property
    def police_says(self) -> str:
        return str(PoliceWord(self.police_word).label) if self.police_word else ""

    @property
    def is_live(self) -> bool:
        return self.person.merged_into_id is None


@dataclass(frozen=True, slots=True)
class Cell:
    """What an entry has in a field: differing letters marked, as it was written, what to tick to carry it."""

    pieces: list[Piece]
    raw: str
    carry: str = ""
    is_ticked: bool = False
    mask: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A field of all entries, and in a word how they compare."""

    title: Any
    sign: str
    word: Any
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is shown, compared and carried; `near` gives what suffices for an agreement of sorts."""

    title: Any
    value: Callable[[LandUser], str]
    carried: str = ""
    same: Callable[[LandUser], Any] | None = None
    near: Callable[[LandUser], Any] | None = None
    near_word: Any = ""
    mark: Callable[[str, str], letters.Sides] = field(default=letters.same)
    is_secret: bool = False


FIELDS = (
    Field(
        _lazy("Họ và tên"),
        lambda person: person.name,
        "name_raw",
        lambda person: person.name_key,
        lambda person: person.name_fold,
        _lazy("khác dấu"),
        letters.names,
    ),
    Field(_lazy("Người ghi cùng ô"), lambda person: person.second_name, mark=letters.names),
    Field(
        _lazy("Ngày sinh"),
        lambda person: person.birth_text,
        "birth_raw",
        near=lambda person: person.birth_year,
        near_word=_lazy("cùng năm"),
        mark=letters.births,
    ),
    Field(_lazy("Giới tính"), lambda person: str(person.get_sex_display()) if person.sex else "", "sex_raw"),
    Field(
        _lazy("Số định danh"),
        lambda person: person.id_number,
        "id_number_raw",
        mark=letters.numbers,
        is_secret=True,
    ),
    Field(
        _lazy("Số CMND"),
        lambda person: person.former_number,
        "former_number",
        mark=letters.numbers,
        is_secret=True,
    ),
    Field(
        _lazy("Địa chỉ"),
        lambda person: person.address_raw,
        "address_raw",
        near=lambda person: person.village_fold,
        near_word=_lazy("cùng thôn"),
        mark=letters.names,
    ),
    Field(_lazy("Xã, phường"), lambda person: str(person.commune or person.commune_raw)),
    Field(_lazy("Điện thoại"), lambda person: person.phone, "phone", mark=letters.numbers, is_secret=True),
)


def columns(people: Sequence[LandUser], keep: int, ticked: Collection[int]) -> list[Column]:
    """The entries in the order of their ids, with what they hold."""
    found = {
        person.pk: Column(person, n, person.pk == keep, person.pk in ticked)
        for n, person in enumerate(people, 1)
    }
    held: dict[int, tuple[set[int], set[int]]] = {pk: (set(), set()) for pk in found}
    rows = Holding.objects.filter(land_user__in=list(found), plot__state="live")
    for pk, plot, certificate in rows.values_list("land_user_id", "plot_id", "certificate_id"):
        held[pk or 0][0].add(plot)
        held[pk or 0][1].update({certificate} - {None})
    words = police_words.borne(list(found))
    for pk, column in found.items():
        column.police_word = words.get(pk, "")
        column.plots, column.certificates = len(held[pk][0]), len(held[pk][1])
    return list(found.values())


def rows(entries: Sequence[Column], carry: Collection[str], *, is_revealed: bool) -> list[Row]:
    """Field by field, each entry against the one to keep; numbers and phones are masked unless asked for."""
    kept = next((column.person for column in entries if column.is_kept), entries[0].person)
    return [_row(each, entries, kept, carry, is_revealed) for each in FIELDS if _is_known(each, entries)]


def _is_known(each: Field, entries: Sequence[Column]) -> bool:
    return bool(each.carried) or any(each.value(column.person) for column in entries)


def _row(
    each: Field, entries: Sequence[Column], kept: LandUser, carry: Collection[str], is_revealed: bool
) -> Row:
    sign, word = _compared(each, [column.person for column in entries])
    cells = []
    for column in entries:
        own, base = each.value(column.person), each.value(kept)
        mask = id_numbers.mask(own) if each.is_secret and own else ""
        if each.is_secret and not is_revealed:
            own, base = mask, id_numbers.mask(base)
        mark = each.mark if own and base and sign in ("near", "clash") else letters.same
        pieces = mark(base, own)[1] if not column.is_kept else letters.same(base, own)[1]
        name = f"{each.carried}:{column.person.pk}"
        may_carry = bool(each.carried) and column.is_live and not column.is_kept
        differs = may_carry and getattr(column.person, each.carried) not in ("", getattr(kept, each.carried))
        raw = "" if each.is_secret else str(getattr(column.person, each.carried or "pk"))
        cells.append(
            Cell(
                pieces if own else [],
                raw if raw != own and each.carried else "",
                name if differs else "",
                name in carry,
                mask if is_revealed else "",
            )
        )
    return Row(each.title, sign, word, cells)


def _compared(each: Field, people: Sequence[LandUser]) -> tuple[str, str]:
    values = [each.value(person) for person in people]
    same = {(each.same or each.value)(person) for person, own in zip(people, values, strict=True) if own}
    if not same:
        return "none", _("không ghi")
    is_whole = all(values)
    if len(same) == 1:
        return ("exact", _("giống nhau")) if is_whole else ("near", _("có bản ghi thiếu"))
    near = {each.near(person) for person in people if each.near and each.value(person)}
    if len(near) == 1 and near != {""}:
        return "near", str(each.near_word)
    return "clash", _("khác nhau")


@dataclass(frozen=True, slots=True)
class Held:
    """A plot with the entries that hold it, by their places."""

    holding: Holding
    places: list[int]
    group: int | None


def plots(entries: Sequence[Column], holdings: Sequence[Holding]) -> list[Held]:
    """Each plot and certificate once, with who holds it; what several hold comes first."""
    place = {column.person.pk: column.n for column in entries}
    together: dict[tuple[int, int | None], list[Holding]] = {}
    for holding in holdings:
        together.setdefault((holding.plot_id, holding.certificate_id), []).append(holding)
    groups = dict(
        PlotStatus.objects.filter(plot__in={plot for plot, _paper in together}).values_list(
            "plot_id", "group"
        )
    )
    found = [
        Held(same[0], sorted({place[h.land_user_id or 0] for h in same}), groups.get(plot))
        for (plot, _paper), same in together.items()
    ]
    found.sort(key=lambda held: (-len(held.places), held.places, held.holding.pk))
    return found


def likeliest_to_keep(people: Sequence[LandUser], suggested: Collection[int] = ()) -> int:
    """The entry to keep unless somebody chooses: the one suggested, verified, with most filled fields."""

    def rank(person: LandUser) -> tuple[bool, bool, int, int]:
        verification = getattr(person, "verification", None)
        is_matched = verification is not None and verification.outcome == Verification.Outcome.MATCHED
        filled = sum(bool(each.value(person)) for each in FIELDS) + (person.birth_on is not None)
        return person.pk in suggested, is_matched, filled, -person.pk

    return max(people, key=rank).pk
