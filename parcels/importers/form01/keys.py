"""Under which key the rows of a file speak of one certificate, plot or land user."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from landdb.normalise.id_numbers import Kind
from landdb.normalise.text import fold

from .entries import Entry

#: Kinds of numbers that tell one person or organisation from another.
_IDENTIFYING = frozenset({Kind.CITIZEN, Kind.CMND, Kind.PASSPORT, Kind.MILITARY, Kind.TAX})


class SerialKey(NamedTuple):
    """A certificate by its normalised serial."""

    serial: str


class MapKey(NamedTuple):
    """A plot by its numbers on today's map."""

    commune: int
    sheet: int
    number: int


class NumberKey(NamedTuple):
    """A land user by a valid number and the folded name."""

    number: str
    name: str


class WordsKey(NamedTuple):
    """A record that has nothing better than what the rows say of it: kept as its `source_key`."""

    source_key: str


CertificateKey = SerialKey | WordsKey
PlotKey = MapKey | WordsKey
PersonKey = NumberKey | WordsKey


def _words(kind: str, *parts: object) -> WordsKey:
    """The same words give the same key, in every later import too."""
    text = "\x1f".join(str(part) for part in parts)
    return WordsKey(f"form01:{kind}:{hashlib.sha256(text.encode()).hexdigest()[:24]}")


def certificate_key(entry: Entry) -> CertificateKey | None:
    """By serial; without one by book number, day and plot, since book numbers repeat.

    None where the row says nothing of one, or is settled.
    """
    part = entry.certificate
    if part is None or entry.is_settled:
        return None
    if part.serial:
        return SerialKey(part.serial)
    return _words("c", entry.commune, part.book_number, part.issued_raw, *plot_key(entry))


def plot_key(entry: Entry) -> PlotKey:
    """By today's numbers; without them by certificate and printed numbers."""
    plot, holding = entry.plot, entry.holding
    if plot.sheet is not None and plot.number is not None:
        return MapKey(entry.commune, plot.sheet, plot.number)
    serial = entry.certificate.serial if entry.certificate else ""
    printed = (holding.certificate_sheet, holding.certificate_plot)
    place = "" if all(printed) else fold(plot.address)
    return _words("p", entry.commune, serial, *printed, place, "" if serial or all(printed) else holding.guid)


def person_keys(entries: Sequence[Entry]) -> list[PersonKey | None]:
    """A key for every entry: number and name; without a number the namesake on the same certificate."""
    keys = [_person_key(entry) for entry in entries]
    numbered: dict[Hashable, list[tuple[int | None, NumberKey]]] = defaultdict(list)
    for entry, key in zip(entries, keys, strict=True):
        if isinstance(key, NumberKey) and entry.person and entry.certificate and entry.certificate.serial:
            numbered[_on_certificate(entry)].append((entry.person.keys.birth_year, key))
    for place, (entry, key) in enumerate(zip(entries, keys, strict=True)):
        if isinstance(key, WordsKey) and entry.person and entry.certificate and entry.certificate.serial:
            year = entry.person.keys.birth_year
            there = {
                known
                for known_year, known in numbered[_on_certificate(entry)]
                if compatible(year, known_year)
            }
            if len(there) == 1:
                keys[place] = there.pop()
    return keys


def compatible(year: int | None, other: int | None) -> bool:
    """Two birth years that may be one person's."""
    return year is None or other is None or year == other


def _on_certificate(entry: Entry) -> Hashable:
    return (
        entry.commune,
        entry.certificate.serial if entry.certificate else "",
        entry.person.keys.name_fold if entry.person else "",
    )


def _person_key(entry: Entry) -> PersonKey | None:
    if entry.person is None or entry.is_settled:
        return None
    read = entry.person.keys
    if read.id_number and read.id_kind in _IDENTIFYING:
        return NumberKey(read.id_number, read.name_fold)
    birth = read.birth_on or read.birth_year or ""
    return _words("u", entry.commune, read.name_fold, birth, fold(entry.person.address))
