"""Which columns of a sheet a person has to confirm, and how a person is told of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as _more
from itertools import islice
from typing import Any, Self

from django.utils.translation import gettext as _

from landdb.intake.outcome import Refused
from landdb.normalise import id_numbers
from landdb.normalise.text import clean, fold

from . import columns
from .cells import Look, shown
from .fields import FIELDS, Kind
from .headers import Column, Header
from .vocabulary import Doubt, in_order, vocabulary
from .workbook import Sheet

#: From this share of foreign cells on a column is asked about, and from so many filled cells: of fewer, one
#: slip is no sign.
_MIXED, _FEWEST = 0.2, 10
#: So many sure headers over something else are a shifted sheet, which no answer mends.
_SHIFTED = 3
#: Values shown of a column, their length, and the fields offered first.
_SAMPLES, _LONGEST, _OFFERED = 3, 60, 5
#: Of a header as it is shown, and of one that others are compared with.
_LONGEST_TEXT, _LONGEST_COMPARED = 160, 100
#: More columns that nobody knows than this are no layout of the form.
_MOST_ASKED = 200
#: Filled cells among which they are looked for.
_LOOKED_AT = 300
#: Fields that a content speaks for.
_KINDS = {
    Look.PERSON_NUMBER: Kind.PERSON_NUMBER,
    Look.DATE: Kind.DATE,
    Look.SERIAL: Kind.SERIAL,
    Look.SEX: Kind.SEX,
}
#: Digits that may be somebody's number, with the spaces and dots that people put in.
_NUMBER = re.compile(r"\d(?:[ .\-]?\d){8,}")


class TooUnsure(Exception):
    """Without somebody's answer about columns nothing can be read; `missing` says what no sure one holds."""

    def __init__(self, told: list[Told], missing: str) -> None:
        super().__init__(missing)
        self.told, self.missing = told, missing


@dataclass(frozen=True, slots=True)
class Told:
    """A header of the workbook as a person is told of it, and asked.

    `field`: as it is read now; `doubt`: why to ask; `likely`: what to offer first; `unfit`: what its content
    contradicts; `rivals`: letters of columns that are taken for the same; `content`, `percent`: what cells
    look like that the field never holds. `is_mishap`: the header is sure, or a person said what it is, and
    the content is another's: an answer holds for this workbook alone.
    """

    header: str
    path: list[str]
    letter: str
    sheets: list[str]
    field: str
    guess: str
    doubt: str = ""
    likely: list[str] = _more(default_factory=list)
    unfit: list[str] = _more(default_factory=list)
    samples: list[str] = _more(default_factory=list)
    rivals: list[str] = _more(default_factory=list)
    content: str = ""
    percent: int = 0
    is_answered: bool = False
    is_empty: bool = False
    is_mishap: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)


@dataclass(slots=True)
class _Seen:
    """A column on its way: what its cells look like, and what became of it."""

    column: Column
    looks: Counter[Look]
    field: str
    doubt: Doubt
    rivals: list[str] = _more(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.looks

    @property
    def is_sure(self) -> bool:
        return self.column.is_answered or not self.column.doubt

    @property
    def is_mixed(self) -> bool:
        """Does the content only half fit what the header says for sure, and nobody said so yet?"""
        is_taken_at_its_word = not self.column.doubt and not self.column.is_answered
        return is_taken_at_its_word and columns.share(self.looks, self.field, _FEWEST) >= _MIXED


def settle(sheet: Sheet, header: Header) -> tuple[Header, list[Told]]:
    """The header with nothing read from columns that cannot be read unasked, and all its columns told.

    Refused where the columns are shifted, or too many are strange.
    """
    seen = [
        _Seen(column, columns.looks(sheet, header, column), column.field, column.doubt)
        for column in header.columns
    ]
    for each in seen:
        # A column without values is asked about once it has some; until then a guess stays a guess.
        if each.is_empty and each.doubt:
            each.field, each.doubt = "", Doubt.NONE
    _check_content(seen, is_ours="row_key" in header.fields)
    _check_claims(seen)
    if (asked := sum(bool(each.doubt) for each in seen)) > _MOST_ASKED:
        raise _too_many(asked)
    taken = {each.field for each in seen if each.field and not each.doubt}
    told = [_told(sheet, header, each, taken) for each in seen]
    return replace(header, columns=tuple(replace(each.column, field=each.field) for each in seen)), told


def _check_content(seen: Sequence[_Seen], *, is_ours: bool) -> None:
    """Columns with something else inside; of those that we laid out half of it is no reason to ask."""
    shifted = []
    for each in seen:
        if not each.field:
            continue
        if columns.share(each.looks, each.field) >= columns.SHARE:
            if each.is_sure:
                shifted.append(each)
            each.field, each.doubt = "", Doubt.MISPLACED
        elif not is_ours and each.is_mixed:
            each.doubt = Doubt.MIXED
    if len(shifted) >= _SHIFTED:
        raise columns.shifted(shifted[0].column, shifted[0].looks)


def _check_claims(seen: Sequence[_Seen]) -> None:
    """Columns taken for the same: the one that is sure, or alone has values, stays what it is."""
    claims = defaultdict(list)
    for each in seen:
        if each.field:
            claims[each.field].append(each)
    for rivals in claims.values():
        filled = [each for each in rivals if not each.is_empty] or rivals[:1]
        sure = [each for each in filled if each.is_sure]
        for each in rivals:
            if each not in filled:
                each.field, each.doubt = "", Doubt.NONE
            elif len(filled) > 1 and sure != [each]:
                each.field, each.doubt = "", Doubt.CLAIMED
                each.rivals = [other.column.letter for other in filled if other is not each]


def _told(sheet: Sheet, header: Header, seen: _Seen, taken: set[str]) -> Told:
    column, total = seen.column, seen.looks.total()
    unfit = [name for name in FIELDS if columns.share(seen.looks, name) >= columns.SHARE]
    guess = column.field
    told = Told(
        column.header,
        [text[:_LONGEST_TEXT] for text in column.path],
        column.letter,
        [sheet.name],
        seen.field,
        guess,
        seen.doubt.value,
        unfit=unfit,
        samples=list(_samples(sheet, header, seen)),
        rivals=seen.rivals,
        is_answered=column.is_answered,
        is_empty=seen.is_empty,
        is_mishap=seen.doubt == Doubt.MISPLACED and seen.is_sure,
    )
    if seen.doubt:
        offered = (
            name for name in _likely(seen) if name not in unfit and (name == guess or name not in taken)
        )
        told = replace(told, likely=list(islice(dict.fromkeys(offered), _OFFERED)))
    if seen.doubt in (Doubt.MIXED, Doubt.MISPLACED):
        percent = round(100 * columns.share(seen.looks, guess)) if total else 0
        told = replace(told, content=columns.most_foreign(seen.looks, guess).value, percent=percent)
    return told


def _likely(seen: _Seen) -> Iterator[str]:
    """What a column may be: the guess, what its header means elsewhere, similar headers, its content."""
    if seen.column.field:
        yield seen.column.field
    yield from seen.column.likely
    own = fold(seen.column.path[-1])
    yield from in_order(vocabulary().headers.get(own, ()))
    if seen.doubt == Doubt.UNKNOWN and len(own) <= _LONGEST_COMPARED:
        yield from vocabulary().similar(own)
    most, count = seen.looks.most_common(1)[0] if seen.looks else (Look.OTHER, 0)
    if most in _KINDS and count >= seen.looks.total() * columns.SHARE:
        yield from (name for name in FIELDS if FIELDS[name].kind == _KINDS[most])


def _samples(sheet: Sheet, header: Header, seen: _Seen) -> Iterator[str]:
    """Different values of a column, first one that does not fit it; numbers of people masked."""
    place, name = seen.column.place, seen.column.field
    cells = (row[place] for row in sheet.rows[header.first_data_row :])
    values: Iterable[object] = islice((cell for cell in cells if cell != "" and shown(cell)), _LOOKED_AT)
    if seen.doubt in (Doubt.MIXED, Doubt.MISPLACED):
        first, *others = sorted(values, key=lambda value: not columns.is_foreign(value, name))
        values = [first, *sorted(others, key=lambda value: columns.is_foreign(value, name))]
    found: list[str] = []
    for value in values:
        text = clean(shown(value)[:200])
        if text and text not in found:
            found.append(text)
            yield _NUMBER.sub(_masked, text)[:_LONGEST]
        if len(found) == _SAMPLES:
            return


def _masked(found: re.Match[str]) -> str:
    return id_numbers.mask("".join(filter(str.isdigit, found[0])))


def together(told: Iterable[Told]) -> list[Told]:
    """The columns of all sheets, each header once: what is asked on any of them comes first.

    Columns without values that mean nothing are not worth a word. Refused where too much would be asked.
    """
    found: dict[str, Told] = {}
    for each in told:
        if each.is_empty and not each.field and not each.is_answered:
            continue
        before = found.get(each.header)
        if before is None:
            found[each.header] = each
            continue
        kept, other = (each, before) if _weight(each) > _weight(before) else (before, each)
        found[each.header] = replace(
            kept,
            sheets=[*before.sheets, *each.sheets],
            unfit=[name for name in FIELDS if name in {*kept.unfit, *other.unfit}],
        )
    if (asked := sum(bool(each.doubt) for each in found.values())) > _MOST_ASKED:
        raise _too_many(asked)
    return list(found.values())


def _too_many(asked: int) -> Refused:
    return Refused(
        _("Tệp có %(asked)s cột lạ, nhiều hơn mức %(limit)s; hãy bỏ các cột không thuộc Biểu mẫu 01.")
        % {"asked": asked, "limit": _MOST_ASKED}
    )


def _weight(told: Told) -> tuple[bool, bool, bool]:
    return bool(told.doubt), not told.is_empty, bool(told.field)
