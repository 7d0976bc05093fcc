"""What a report is made of: figures, tables, pictures and the blocks of its text, each number there once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_noop as _noop

from .report_drawing import Drawing
from .report_words import Words, told_of

Value = int | float | str | dt.date | None
#: How a value is written: a count, a difference with its sign, a share of one in per cent, percentage points,
#: a day, words.
COUNT, CHANGE, SHARE, POINTS, DAY, WORDS = "count", "change", "share", "points", "day", "words"
NUMBERS = (COUNT, CHANGE, SHARE, POINTS)
UNKNOWN = _noop("chưa có số liệu")


def written(value: Value, kind: str) -> str:
    """A value as Vietnamese writes it, whatever language the site is read in."""
    if value is None:
        return "–"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str):
        return value
    scaled = Decimal(str(value)) * (100 if kind == SHARE else 1)
    places = Decimal("0.1") if kind in (SHARE, POINTS) else Decimal(1)
    text = f"{scaled.quantize(places, ROUND_HALF_UP):,}".translate(str.maketrans(",.-", ".,−"))
    plus = "+" if kind in (CHANGE, POINTS) and value > 0 and not _is_nought(text) else ""
    return plus + (text.removeprefix("−") if _is_nought(text) else text)


def _is_nought(text: str) -> bool:
    return not text.strip("−0,.")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the report; `defined` says of what, in words for people."""

    key: str
    named: Words
    value: Value
    defined: Words
    kind: str = COUNT

    @property
    def name(self) -> str:
        """As the report says it."""
        return str(self.named)

    @property
    def definition(self) -> str:
        return str(self.defined)

    @property
    def shown(self) -> str:
        unit = {SHARE: " %", POINTS: " điểm %"}.get(self.kind, "")
        return UNKNOWN if self.value is None else written(self.value, self.kind) + unit


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: str = COUNT

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Table:
    """`note` is what a reader must know of its numbers; it stands in a footnote.

    `about` names the group, rule or commune of each row, for who looks for the lists behind its numbers.
    """

    key: str
    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    foot: tuple[Value, ...] = ()
    note: str = ""
    about: tuple[str, ...] = field(default=(), repr=False)

    def shown(self, row: Sequence[Value]) -> list[str]:
        return [written(value, column.kind) for value, column in zip(row, self.columns, strict=True)]

    @property
    def shown_rows(self) -> list[list[str]]:
        return [self.shown(row) for row in self.rows]

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        """The rows as they are shown, each cell with whether it is a number."""
        kinds = [column.is_number for column in self.columns]
        return [list(zip(row, kinds, strict=True)) for row in self.shown_rows]

    @property
    def foot_cells(self) -> list[tuple[str, bool]]:
        kinds = [column.is_number for column in self.columns]
        return list(zip(self.shown_foot, kinds, strict=True)) if self.foot else []

    @property
    def shown_foot(self) -> list[str]:
        return self.shown(self.foot) if self.foot else []


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text: "part", "head", "text", "item", "fill" (filled in by hand), "table", "picture".

    `text` of a table or a picture is its key.
    """

    kind: str
    text: str


@dataclass(frozen=True)
class Picture:
    caption: str
    drawing: Drawing


@dataclass(frozen=True)
class Letter:
    """What stands around the text of an official report."""

    above: str
    issuer: tuple[str, ...]
    number: str
    place: str
    day: dt.date
    subject: str
    addressees: tuple[str, ...]
    signs: tuple[str, ...]
    recipients: tuple[str, ...]

    @property
    def placed(self) -> str:
        """Place and day; days under ten and the first two months have a nought before them."""
        day, month = self.day.day, self.day.month
        nought = "0" if month < 3 else ""
        return f"{self.place}, ngày {day:02} tháng {nought}{month} năm {self.day.year}"


@dataclass
class Report:
    """A territory's report on a closed week; page, document and workbook take everything from it."""

    week: dt.date
    number: int | None
    revision: int
    letter: Letter
    figures: dict[str, Figure] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    annexes: list[Table] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    note: str = ""
    reasons: list[str] = field(default_factory=list)
    is_rebuilt: bool = False
    #: Of which kinds of figures whom they counted was kept.
    listed: frozenset[str] = frozenset()
    #: The week before, where it was closed.
    before: dt.date | None = None
    #: Tasks of which the figures leave out what communes did that were assigned none of it.
    partial: frozenset[str] = frozenset()
    #: The same of what could not be collected there.
    partly_excluded: frozenset[str] = frozenset()

    @property
    def last(self) -> dt.date:
        """The Sunday."""
        return self.week + dt.timedelta(days=6)

    def add(self, key: str, value: Value, kind: str = COUNT, *, what: str = "", **parts: str | Words) -> None:
        """A figure that is called and defined as `what` is (else as its own key), with the words of its
        group, task or whatever it is of."""
        named, defined = told_of(what or key, **parts)
        self.figures[key] = Figure(key, named, value, defined, kind)

    def value(self, key: str) -> Value:
        return self.figures[key].value

    def say(self, sentence: str) -> str:
        """A sentence with figures in it: "{plots} thửa"."""
        return sentence.format_map({key: figure.shown for key, figure in self.figures.items()})

    @property
    def parts(self) -> list[tuple[Block, Table | Picture | None, int]]:
        """The blocks, a table or a picture with itself and its number, each kind counted from 1."""
        found: list[tuple[Block, Table | Picture | None, int]] = []
        counts = {"table": 0, "picture": 0}
        for block in self.blocks:
            if block.kind in counts:
                counts[block.kind] += 1
            held: Table | Picture | None = None
            if block.kind == "table":
                held = self.tables[block.text]
            elif block.kind == "picture":
                held = self.pictures[block.text]
            found.append((block, held, counts.get(block.kind, 0)))
        return found

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that the report tells, so that one made again can be laid beside the stored one."""
        told = [
            [[each.key, each.name, str(each.value), each.definition] for each in self.figures.values()],
            [repr(each) for each in (*self.tables.values(), *self.annexes)],
            [[each.kind, each.text] for each in self.blocks],
            [repr(each) for each in self.pictures.values()],
            [repr(self.letter), self.note, self.reasons],
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
