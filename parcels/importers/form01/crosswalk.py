"""From the numbers printed on a certificate to today's, through the former commune of the plot's address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace

from landdb.models import AdminUnit
from landdb.normalise import addresses
from landdb.normalise.gazetteer import commune_prefix, district_key
from landdb.normalise.text import fold
from landdb.reference.gazetteer import gazetteer
from parcels.models import SheetCrosswalk
from parcels.models.sheets import LookUp, SheetAnswer

from . import problems
from .entries import Entry, Reading


class FormerUnits:
    """The units that grew into today's communes, by name and district."""

    def __init__(self, communes: set[int]) -> None:
        self._units: dict[tuple[int, str], list[AdminUnit]] = defaultdict(list)
        units = AdminUnit.objects.former().filter(successor__in=communes).prefetch_related("names")
        for unit in units:
            names = {unit.short_name, *(_short(name.name) for name in unit.names.all())}
            for name in {fold(name) for name in names}:
                self._units[unit.successor_id or 0, name].append(unit)
        self._today = {
            (pk, fold(name))
            for pk, name in AdminUnit.objects.filter(pk__in=communes).values_list("pk", "short_name")
        }

    def named(self, commune: int, address: str) -> AdminUnit | None:
        """The one former unit that an address names; a name that is also today's needs its district."""
        where = addresses.parse(address, gazetteer())
        if not where.commune_text:
            return None
        name, district = fold(_short(where.commune_text)), district_key(where.district_text)
        found = self._units.get((commune, name), [])
        if district:
            found = [unit for unit in found if district_key(unit.district) == district]
        elif (commune, name) in self._today:
            return None
        return found[0] if len(found) == 1 else None


def _short(name: str) -> str:
    """The name without Xã, Phường, Thị trấn."""
    prefix = commune_prefix(name)
    return name[prefix.end() :] if prefix else name


class Sheets:
    """`SheetCrosswalk.look_up`, asked once per former sheet where plot numbers did not change."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, SheetAnswer] = {}
        self._by_plot = set(
            SheetCrosswalk.objects.filter(old_plot__isnull=False)
            .values_list("old_unit_id", "old_sheet")
            .distinct()
        )

    def look_up(self, unit: AdminUnit, sheet: int, plot: int) -> SheetAnswer:
        asked = plot if (unit.pk, sheet) in self._by_plot else None
        key = (unit.pk, sheet, asked)
        if key not in self._answers:
            self._answers[key] = SheetCrosswalk.objects.look_up(unit, sheet, plot=asked)
        return self._answers[key]


def locate(reading: Reading) -> None:
    """Give entries that only know the printed numbers today's, where one answer is certain."""
    waiting = [
        e
        for e in reading.entries
        if e.known is None and not e.plot.is_located and e.holding.certificate_sheet
    ]
    _from_same_certificate(reading.entries, waiting)
    waiting = [entry for entry in waiting if not entry.plot.is_located]
    if not waiting:
        return
    units, sheets = FormerUnits({entry.commune for entry in waiting}), Sheets()
    for entry in waiting:
        _look_up(entry, units, sheets, reading)


def _from_same_certificate(entries: list[Entry], waiting: list[Entry]) -> None:
    """Husband's row has today's numbers, the wife's only those of their certificate."""
    known: dict[Hashable, set[tuple[int | None, int | None]]] = defaultdict(set)
    for entry in entries:
        if entry.plot.is_located and entry.certificate and entry.holding.certificate_plot:
            known[_printed(entry)].add((entry.plot.sheet, entry.plot.number))
    for entry in waiting:
        found = known.get(_printed(entry), set()) if entry.certificate else set()
        if len(found) == 1:
            sheet, number = next(iter(found))
            entry.plot = replace(entry.plot, sheet=sheet, number=number, is_inferred=True)


def _printed(entry: Entry) -> Hashable:
    serial = entry.certificate.serial if entry.certificate else ""
    return entry.commune, serial, entry.holding.certificate_sheet, entry.holding.certificate_plot


def _look_up(entry: Entry, units: FormerUnits, sheets: Sheets, reading: Reading) -> None:
    plot, printed = entry.plot, (entry.holding.certificate_sheet, entry.holding.certificate_plot)
    unit = units.named(entry.commune, plot.address) if plot.address else None
    if unit is None or not all(text.isascii() and text.isdigit() and len(text) < 8 for text in printed):
        reading.warn(entry, problems.SHEET_NOT_FOUND, "certificate_sheet", printed[0])
        return
    sheet, number = map(int, printed)
    answer = sheets.look_up(unit, sheet, number)
    here = [row for row in answer.rows if row.commune_id == entry.commune]
    if answer.state == LookUp.RESOLVED and here:
        sheet, number = here[0].sheet, here[0].plot or number
        entry.plot = replace(plot, sheet=sheet, number=number, is_inferred=True)
        return
    code = problems.SHEET_AMBIGUOUS if answer.state == LookUp.AMBIGUOUS else problems.SHEET_NOT_FOUND
    reading.warn(entry, code, "certificate_sheet", sheet)
