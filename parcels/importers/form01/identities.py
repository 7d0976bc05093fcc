"""Which record each row speaks of: one that the register has, or a new one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TypeVar

from django.db import models

from parcels.models import Certificate, LandUser, Plot

from . import keys, lookups
from .entries import Entry
from .keys import MapKey, NumberKey, SerialKey, WordsKey
from .lookups import Held
from .tables import new_ids

#: Names of one Guid, folded, that are still spellings of one person born in the same year.
_ALIKE = 0.75

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class Identities:
    """For every entry, by place, the ids of its plot, certificate and land user.

    `new`: model → new id → its `source_key`; `on_map`: numbers of today's map that a plot has already.
    """

    held: list[Held | None] = field(default_factory=list)
    plots: list[int] = field(default_factory=list)
    certificates: list[int | None] = field(default_factory=list)
    land_users: list[int | None] = field(default_factory=list)
    new: dict[type[models.Model], dict[int, str]] = field(default_factory=dict)
    on_map: dict[MapKey, int] = field(default_factory=dict)

    def is_new(self, model: type[models.Model], pk: int) -> bool:
        return pk in self.new[model]


def resolve(entries: Sequence[Entry]) -> Identities:
    """Certificates first: they tell plots by printed numbers and people by name."""
    found = Identities()
    by_guid = lookups.by_guid((e.commune, e.holding.guid) for e in entries if e.holding.guid)
    by_id = lookups.by_id(e.known.subject.holding for e in entries if e.known and e.known.subject.holding)
    found.held = [
        by_id.get(entry.known.subject.holding or 0)
        if entry.known
        else by_guid.get((entry.commune, entry.holding.guid))
        for entry in entries
    ]
    _certificates(entries, found)
    _plots(entries, found)
    _land_users(entries, found)
    return found


def _certificates(entries: Sequence[Entry], found: Identities) -> None:
    own = [keys.certificate_key(entry) for entry in entries]
    known: dict[Hashable, int] = {}
    serials = lookups.certificates(key.serial for key in own if isinstance(key, SerialKey))
    known |= {SerialKey(serial): pk for serial, pk in serials.items()}
    words = lookups.by_source_key(Certificate, (key.source_key for key in own if isinstance(key, WordsKey)))
    known |= {WordsKey(source_key): pk for source_key, pk in words.items()}
    for key, held in zip(own, found.held, strict=True):
        # A serial that nobody has yet, on a Guid with a certificate: that certificate's serial is corrected.
        if key is not None and held and held.certificate:
            known.setdefault(key, held.certificate)
    found.certificates = [
        held.certificate
        if held and held.certificate and (key is None or _is_pinned(entry, "serial"))
        else key and known.get(key)
        for entry, key, held in zip(entries, own, found.held, strict=True)
    ]
    _add_new(Certificate, own, found.certificates, found)


def _plots(entries: Sequence[Entry], found: Identities) -> None:
    own = [None if entry.is_settled else keys.plot_key(entry) for entry in entries]
    known: dict[Hashable, int] = {}
    located = lookups.plots((*key,) for key in own if isinstance(key, MapKey))
    found.on_map = {MapKey(*numbers): pk for numbers, pk in located.items()}
    known |= {MapKey(*numbers): pk for numbers, pk in located.items()}
    for key, held in zip(own, found.held, strict=True):
        if held and isinstance(key, MapKey):
            known.setdefault(key, held.plot)
    words = lookups.by_source_key(Plot, (key.source_key for key in own if isinstance(key, WordsKey)))
    known |= {WordsKey(source_key): pk for source_key, pk in words.items()}
    asked = [_printed(entry, found.certificates[place], found) for place, entry in enumerate(entries)]
    printed = lookups.printed_plots(each for each in asked if each)
    for key, numbers in zip(own, asked, strict=True):
        plot, is_on_map = printed.get(numbers, (0, False)) if numbers else (0, False)
        # A plot that waits for its numbers gets them; one that has others is another plot.
        if plot and not (is_on_map and isinstance(key, MapKey)):
            known.setdefault(key, plot)
    ids: list[int | None] = []
    for entry, key, numbers, held in zip(entries, own, asked, found.held, strict=True):
        # What the register knows of the certificate goes before what was found out from its print.
        by_print = printed.get(numbers) if numbers and entry.plot.is_inferred else None
        ids.append(
            entry.known.subject.plot
            if entry.known
            else held.plot
            if held
            else by_print[0]
            if by_print
            else key and known.get(key)
        )
    _add_new(Plot, own, ids, found)
    found.plots = [pk for pk in ids if pk is not None]


def _printed(entry: Entry, certificate: int | None, found: Identities) -> tuple[int, int, str, str] | None:
    """What the plot of a certificate that is there already is asked by."""
    holding = entry.holding
    if certificate is None or found.is_new(Certificate, certificate):
        return None
    if not (holding.certificate_sheet and holding.certificate_plot):
        return None
    return entry.commune, certificate, holding.certificate_sheet, holding.certificate_plot


def _land_users(entries: Sequence[Entry], found: Identities) -> None:
    own = keys.person_keys(entries)
    known: dict[Hashable, int] = {}
    for entry, key, held in zip(entries, own, found.held, strict=True):
        if key is not None and held and held.land_user and _is_same(entry, held):
            known.setdefault(key, held.land_user)
    numbered = lookups.numbered((*key,) for key in own if isinstance(key, NumberKey))
    for numbers, pk in numbered.items():
        known.setdefault(NumberKey(*numbers), pk)
    words = lookups.by_source_key(LandUser, (key.source_key for key in own if isinstance(key, WordsKey)))
    for source_key, pk in words.items():
        known.setdefault(WordsKey(source_key), pk)
    merged = lookups.standing(known.values())
    known |= {key: merged[pk] for key, pk in known.items() if pk in merged}
    holders = _holders(entries, own, found)
    for key, holder in zip(own, holders, strict=True):
        if key is not None and holder:
            known.setdefault(key, holder)
    _namesakes(entries, own, known, found)
    found.land_users = [
        held.land_user
        if held and (key is None or _is_own(entry, held))
        else holder or (key and known.get(key))
        for entry, key, held, holder in zip(entries, own, found.held, holders, strict=True)
    ]
    _add_new(LandUser, own, found.land_users, found)


def _is_pinned(entry: Entry, *cells: str) -> bool:
    """A row of ours in which nobody touched what says which record it is about."""
    return entry.known is not None and not entry.known.says(frozenset(cells))


def _is_own(entry: Entry, held: Held) -> bool:
    """A row of ours that still names the land user of its holding, however they are spelt or numbered now."""
    if entry.known is None or held.land_user is None:
        return False
    return _is_pinned(entry, "name", "organisation_name") or _is_same(entry, held)


def _is_same(entry: Entry, held: Held) -> bool:
    """Does a row with a Guid still speak of the land user of that holding, respelled or renumbered?"""
    if entry.person is None:
        return True
    read = entry.person.keys
    if read.name_fold == held.name_fold or (read.id_number and read.id_number == held.id_number):
        return True
    alike = SequenceMatcher(None, read.name_fold, held.name_fold).ratio() >= _ALIKE
    return alike and read.birth_year is not None and read.birth_year == held.birth_year


def _holders(entries: Sequence[Entry], own: Sequence[Hashable | None], found: Identities) -> list[int | None]:
    """Of rows without a holding of their own: the land user whom they name, where that one holds the plot
    already. The register may have several entries of one person, and this is the one that is meant.
    """
    asked = [
        plot if held is None and key is not None and not found.is_new(Plot, plot) else None
        for plot, held, key in zip(found.plots, found.held, own, strict=True)
    ]
    there = lookups.holders(plot for plot in asked if plot)
    return [
        _holder(entry, there.get(plot, []), found.certificates[place]) if plot else None
        for place, (entry, plot) in enumerate(zip(entries, asked, strict=True))
    ]


def _holder(entry: Entry, there: Sequence[Held], certificate: int | None) -> int | None:
    """Who of these a row names beyond doubt: by name and number, or by name and birth year."""
    if entry.person is None:
        return None
    read = entry.person.keys
    same = [
        each
        for each in there
        if each.name_fold == read.name_fold
        and (
            each.id_number == read.id_number
            if each.id_number and read.id_number
            else each.birth_year is not None and each.birth_year == read.birth_year
        )
    ]
    on_paper = [each for each in same if each.certificate == certificate]
    people = {each.land_user for each in on_paper or same}
    return people.pop() if len(people) == 1 else None


def _namesakes(
    entries: Sequence[Entry],
    own: Sequence[Hashable | None],
    known: dict[Hashable, int],
    found: Identities,
) -> None:
    """The same name, birth year and commune on the same certificate is the same person."""
    asked: list[tuple[int, int, str] | None] = []
    for place, entry in enumerate(entries):
        certificate, key = found.certificates[place], own[place]
        is_there = certificate is not None and not found.is_new(Certificate, certificate)
        if key is None or key in known or entry.person is None or not is_there or certificate is None:
            asked.append(None)
        else:
            asked.append((entry.commune, certificate, entry.person.keys.name_fold))
    there = lookups.namesakes(each for each in asked if each)
    taken = set(known.values())
    for entry, key, question in zip(entries, own, asked, strict=True):
        if question is None or key is None or key in known or entry.person is None:
            continue
        for namesake in there.get(question, []):
            fits = keys.compatible(entry.person.keys.birth_year, namesake.birth_year)
            # Two people of one name in the file are not one land user.
            if fits and namesake.land_user not in taken:
                known[key] = namesake.land_user
                taken.add(namesake.land_user)
                break


def _add_new(
    model: type[models.Model],
    own: Sequence[Key | None],
    ids: list[int | None],
    found: Identities,
) -> None:
    """Ids for the keys that nothing is known under, each with the `source_key` that it is kept under."""
    missing = dict.fromkeys(key for key, pk in zip(own, ids, strict=True) if key is not None and pk is None)
    given = dict(zip(missing, new_ids(model, len(missing)), strict=True))
    for place, key in enumerate(own):
        if key is not None and ids[place] is None:
            ids[place] = given[key]
    found.new[model] = {pk: key.source_key if isinstance(key, WordsKey) else "" for key, pk in given.items()}
