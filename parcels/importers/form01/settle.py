"""Rows that speak of one record are laid together; what they say is compared with what the register has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models

from landdb.intake.outcome import Difference

from . import problems
from .entries import CertificatePart, Entry, HoldingPart, PersonPart, PlotPart, Reading, UsePart
from .facets import Facet

Part = TypeVar("Part", PlotPart, PersonPart, CertificatePart, HoldingPart, UsePart)


@dataclass(slots=True)
class Settled(Generic[Part]):
    """One record as the whole file tells it: the first word on every facet counts, and who said it.

    `cleared_by`: facets that a row of ours takes away.
    """

    part: Part
    first: int
    said_by: dict[str, int] = field(default_factory=dict)
    cleared_by: dict[str, int] = field(default_factory=dict)

    @property
    def says_anything(self) -> bool:
        """Rows of ours often leave a record as the register has it."""
        return bool(self.said_by or self.cleared_by)


def lay_together(
    reading: Reading,
    ids: Sequence[int | None],
    part_of: Callable[[Entry], Part | None],
    facets: Iterable[Facet[Part]],
) -> dict[int, Settled[Part]]:
    """Record id → what the rows say of it. A later row that contradicts an earlier one gets a warning."""
    told = tuple(facets)
    cells = frozenset[str]().union(*(facet.cells for facet in told))
    settled: dict[int, Settled[Part]] = {}
    for place, (entry, pk) in enumerate(zip(reading.entries, ids, strict=True)):
        part = part_of(entry)
        if pk is None or part is None:
            continue
        record = settled.setdefault(pk, Settled(part, place))
        if entry.known is not None and not entry.known.says(cells):
            continue
        for facet in told:
            if entry.known is not None and not entry.known.says(facet.cells):
                continue
            if entry.known is not None and not entry.known.cleared.isdisjoint(facet.cells):
                record.cleared_by.setdefault(facet.field, place)
                continue
            says = facet.says(part)
            if not says:
                continue
            if facet.field not in record.said_by:
                record.said_by[facet.field] = place
                if record.first != place:
                    record.part = facet.take(record.part, part)
            elif says != facet.says(record.part) and not _adds_nothing(facet, says, record.part):
                about = reading.entries[record.said_by[facet.field]]
                reading.warn(entry, problems.CONTRADICTS, facet.field, _shown(facet, part), about)
    return settled


def _adds_nothing(facet: Facet[Part], says: Any, part: Part) -> bool:
    known: Any = facet.says(part)
    return facet.agrees(says, known) or facet.agrees(known, says)


def _shown(facet: Facet[Part], part: Part) -> object:
    """The value as written, for the report."""
    return next(iter(facet.columns.values()))(part)


def differences(
    model: type[models.Model],
    settled: Mapping[int, Settled[Part]],
    facets: Iterable[Facet[Part]],
    records: Iterable[Mapping[str, Any]],
    entries: Sequence[Entry],
) -> list[tuple[int, Difference]]:
    """Where the register has another value, or none: (place of the row that says so, the proposal)."""
    told = tuple(facets)
    label = model._meta.label_lower
    found: list[tuple[int, Difference]] = []
    for record in records:
        said = settled.get(record["pk"])
        if said is None:
            continue
        for facet in told:
            if facet.field not in said.said_by:
                if facet.field in said.cleared_by:
                    place = said.cleared_by[facet.field]
                    found += _cleared(label, record, facet, place, entries[place])
                continue
            says = facet.says(said.part)
            if not says or facet.agrees(says, facet.knows(record)):
                continue
            place = said.said_by[facet.field]
            pairs = {column: (record[column], value(said.part)) for column, value in facet.columns.items()}
            if any(_is_blank(new) and not _is_blank(old) for old, new in pairs.values()):
                continue
            entry = entries[place]
            found += [
                (place, Difference(label, record["pk"], column, old, new, entry.row, entry.sheet))
                for column, (old, new) in pairs.items()
                if old != new
            ]
    return found


def _cleared(
    label: str, record: Mapping[str, Any], facet: Facet[Part], place: int, entry: Entry
) -> list[tuple[int, Difference]]:
    """The columns of a facet emptied, as somebody said in so many words."""
    return [
        (
            place,
            Difference(
                label, record["pk"], column, record[column], "" if isinstance(record[column], str) else None,
                entry.row, entry.sheet,
            ),
        )
        for column in facet.columns
        if not _is_blank(record[column])
    ]  # fmt: skip


def _is_blank(value: Any) -> bool:
    """Nothing was written, or nothing could be read: no reason to take a value away."""
    return value is None or value == ""
