"""Put entries together that are held to be one person; plain text and numbers, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from ..models import Duplicate
from .evidence import STRENGTH, WEAK, Entry, Why, common, names_agree

#: Above this many of one key only neighbours are compared: no person is recorded so often.
MOST = 60

Pair = tuple[int, int]
#: Pairs that people told apart, with the digests of what spoke for them then.
Words = Mapping[Pair, frozenset[str]]


class Group(NamedTuple):
    """Land users to be seen side by side, in the order of their ids."""

    kind: str
    why: Why
    members: tuple[int, ...]

    @property
    def strength(self) -> int:
        return STRENGTH[self.why]


class Link(NamedTuple):
    strength: int
    first: int
    second: int
    why: Why


def put_together(entries: Iterable[Entry], words: Words) -> list[Group]:
    """Groups of one person, each entry in at most one; then numbers that stand with several people."""
    known = list(entries)
    links, apart = _links(known, words)
    strong = _joined((link for link in links if link.strength > WEAK), apart)
    taken = {pk for group in strong for pk in group.members}
    weak = _joined(
        (link for link in links if link.strength <= WEAK and taken.isdisjoint((link.first, link.second))),
        apart,
    )
    return [*strong, *weak, *_shared_numbers(known)]


def _links(entries: Sequence[Entry], words: Words) -> tuple[list[Link], dict[int, set[int]]]:
    """The strongest link of each pair, strongest first; and who was told apart from whom, and still is."""
    links: list[Link] = []
    apart: dict[int, set[int]] = defaultdict(set)
    for a, b in _pairs(entries):
        found = common(a, b)
        word = words.get((a.id, b.id))
        if word is not None and word.issuperset(found.values()):
            apart[a.id].add(b.id)
            apart[b.id].add(a.id)
        elif found:
            why = max(found, key=STRENGTH.__getitem__)
            links.append(Link(STRENGTH[why], a.id, b.id, why))
    links.sort(key=lambda link: (-link.strength, link.first, link.second))
    return links, apart


def _pairs(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Every two entries with a key in common, once, the smaller id first."""
    seen: set[Pair] = set()
    for key in (_by_number, _by_resident, _by_birth, _by_village):
        for group in _of_one(entries, key):
            for a, b in combinations(group, 2) if len(group) <= MOST else pairwise(group):
                if (a.id, b.id) not in seen:
                    seen.add((a.id, b.id))
                    yield a, b


def _of_one(entries: Iterable[Entry], key: Callable[[Entry], Hashable]) -> Iterator[list[Entry]]:
    groups: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in entries:
        found = key(entry)
        if found:
            groups[found].append(entry)
    for group in groups.values():
        if len(group) > 1:
            yield sorted(group)


def _by_number(entry: Entry) -> Hashable:
    return entry.number


def _by_resident(entry: Entry) -> Hashable:
    return entry.resident


def _by_birth(entry: Entry) -> Hashable:
    known = entry.birth_on is not None and entry.commune is not None
    return known and (entry.name_fold, entry.birth_on, entry.commune)


def _by_village(entry: Entry) -> Hashable:
    known = entry.village and entry.birth_year is not None and entry.commune is not None
    return known and (entry.name_fold, entry.birth_year, entry.commune, entry.village)


def _joined(links: Iterable[Link], apart: Mapping[int, set[int]]) -> list[Group]:
    """Join along the links, strongest first, but never two told apart; the last link is the `why`."""
    members: dict[int, set[int]] = {}
    whys: dict[int, Why] = {}
    home: dict[int, int] = {}
    for link in links:
        one, other = home.get(link.first, link.first), home.get(link.second, link.second)
        if one == other:
            continue
        ours, theirs = members.get(one, {one}), members.get(other, {other})
        if any(not apart[pk].isdisjoint(theirs) for pk in ours if pk in apart):
            continue
        if len(ours) < len(theirs):
            one, other, ours, theirs = other, one, theirs, ours
        members[one] = ours | theirs
        whys[one] = link.why
        home |= dict.fromkeys(theirs, one) | {one: one}
        members.pop(other, None)
        whys.pop(other, None)
    kind = Duplicate.Kind.PERSON.value
    return [Group(kind, whys[one], tuple(sorted(found))) for one, found in members.items()]


def _shared_numbers(entries: Iterable[Entry]) -> Iterator[Group]:
    for group in _of_one(entries, _by_number):
        names: list[Entry] = []
        for entry in group:
            if not any(names_agree(entry, known) for known in names):
                names.append(entry)
        if len(names) > 1:
            yield Group(Duplicate.Kind.NUMBER.value, Why.NAMES, tuple(entry.id for entry in group))
