"""A row of the form as it is read: raw values kept, what they mean beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from landdb.intake.outcome import Problem
from landdb.normalise.people import PersonKeys

from .asking import Told
from .showing import Subject, area

#: Of cells by which a person knows whose row it is: where an organisation has them.
_OF_ORGANISATION = {"name": "organisation_name", "id_number": "organisation_number"}


@dataclass(frozen=True, slots=True)
class PlotPart:
    """The plot: its numbers on today's map where they are known, code, area (m²), address.

    `is_inferred`: the numbers were found out from the printed ones; nobody wrote them.
    """

    sheet: int | None = None
    number: int | None = None
    code: str = ""
    legal_area: Decimal | None = None
    address: str = ""
    is_inferred: bool = False

    @property
    def is_located(self) -> bool:
        return self.sheet is not None and self.number is not None


@dataclass(frozen=True, slots=True)
class PersonPart:
    """The land user as written, and as `landdb.normalise.people` reads it."""

    kind: str
    name: str
    birth: str
    sex: str
    id_number: str
    address: str
    commune: str
    district: str
    phone: str
    keys: PersonKeys


@dataclass(frozen=True, slots=True)
class CertificatePart:
    """The certificate; `serial` is empty where none is written."""

    serial_raw: str
    serial: str
    kind: str
    issued_raw: str
    issued_on: dt.date | None
    book_number_raw: str
    book_number: str


@dataclass(frozen=True, slots=True)
class UsePart:
    """A line of land use, area in m²."""

    line: int
    purpose_raw: str
    purpose: str
    area: Decimal | None
    origin_raw: str
    origin: str
    transfer_origin: str
    form: str
    term_raw: str
    term_kind: str
    term_until: dt.date | None


@dataclass(frozen=True, slots=True)
class AssetPart:
    """A house, flat or works; areas in m²."""

    kind: str
    estate: str
    building: str
    flat_number: str
    built_area: Decimal | None
    floor_area: Decimal | None
    ownership_form: str
    ownership_term: str
    grade: str


@dataclass(frozen=True, slots=True)
class ScanPart:
    """A scanned paper by its file name; `is_linked`: the name carries the row's serial."""

    file_name: str
    kind: str
    is_linked: bool


@dataclass(frozen=True, slots=True)
class HoldingPart:
    """What the row says of the right itself; sheet and plot number are those printed on the certificate."""

    guid: str = ""
    certificate_sheet: str = ""
    certificate_plot: str = ""
    legal_form: str = ""
    role: str = ""
    current_user_name: str = ""
    current_user_number: str = ""
    current_user_address: str = ""
    change_reason: str = ""
    plot_class: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Of a row that we gave out: what it is about, and which of its cells somebody changed or cleared.

    All its other cells are those of the register as it stands: they say nothing new. `is_settled`: nobody
    touched what tells which records it is about, and the register has them all; no other row of the workbook
    has to be told apart from it, so that nothing but its changed cells is read. `shown`: all its cells.
    """

    subject: Subject
    changed: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()
    is_settled: bool = False
    shown: Mapping[str, str] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """A cell of the person or the plot as the register shows it; the organisation's where it is one."""
        return self.shown.get(name, "") or self.shown.get(_OF_ORGANISATION.get(name, ""), "")

    def says(self, cells: frozenset[str]) -> bool:
        return not self.changed.isdisjoint(cells)


def place_beside(sheet: str, other: str, row: int) -> str:
    """A row of the sheet `other` as a reader of `sheet` finds it: its number, and its sheet where needed."""
    return str(row) if other == sheet else f"{other[:60]} · {row}"


@dataclass(slots=True)
class Entry:
    """One good row of the form; `known`: one that we gave out and that came back."""

    sheet: str
    row: int
    commune: int
    plot: PlotPart
    person: PersonPart | None
    certificate: CertificatePart | None
    holding: HoldingPart
    uses: tuple[UsePart, ...] = ()
    asset: AssetPart | None = None
    scans: tuple[ScanPart, ...] = ()
    uncollectable: str = ""
    known: Known | None = None

    @property
    def is_settled(self) -> bool:
        """Are its records known without looking for any?"""
        return self.known is not None and self.known.is_settled

    def beside(self, other: Entry) -> str:
        """Another row as a reader of this one finds it: its number, and its sheet where that is another."""
        return place_beside(self.sheet, other.sheet, other.row)

    def named(self) -> list[tuple[str, str]]:
        """The cells by which a person knows whose row it is: field and text, empty ones left out."""
        person, plot = self.person, self.plot
        told = [
            ("name", person.name if person else ""),
            ("birth", person.birth if person else ""),
            ("id_number", person.id_number if person else ""),
            ("serial", self.certificate.serial_raw if self.certificate else ""),
            ("sheet", str(plot.sheet or "")),
            ("number", str(plot.number or "")),
            ("legal_area", area(plot.legal_area)),
        ]
        if self.known is not None and self.known.is_settled:
            told = [
                (name, text if name in self.known.changed else self.known.cell(name)) for name, text in told
            ]
        return [(name, text) for name, text in told if text]


@dataclass(slots=True)
class Reading:
    """A workbook read: `rows = len(entries) + left + rejected + ignored`. Nothing is written yet.

    `left` are rows that whoever amends them set aside. `titles`: (sheet, field) → the column's letter and
    header, for reports. `columns`: every header, where somebody can be asked about them.
    """

    entries: list[Entry] = field(default_factory=list)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown_headers: list[str] = field(default_factory=list)
    columns: list[Told] = field(default_factory=list)
    left: int = 0
    rejected: int = 0
    ignored: int = 0

    @property
    def open_questions(self) -> list[Told]:
        """Columns that somebody has to say something about."""
        return [each for each in self.columns if each.doubt]

    @property
    def rows(self) -> int:
        return len(self.entries) + self.left + self.rejected + self.ignored

    def warn(
        self, entry: Entry, code: str, name: str, value: object = "", about: Entry | None = None
    ) -> None:
        """Something to look at that only shows once rows are laid side by side; `about`: the other row."""
        title = self.titles.get((entry.sheet, name), "")
        text = "" if value is None else str(value)[:200]
        other = "" if about is None else entry.beside(about)
        self.problems.append(Problem("warning", entry.row, code, title, text, entry.sheet[:60], other))
