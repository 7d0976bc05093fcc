"""The words under which columns are known: the paths of V1, and other layouts' words (`synonyms.csv`)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from landdb.normalise.text import fold

from .fields import FIELDS, Group, Kind

#: Likeness of two headers, both folded, that still counts as a slip of the pen.
_ALIKE = 0.9
#: Words that a group needs before a longer or shorter form of it is recognised.
_TELLING_WORDS = 4
#: Heads whose likeness to others is not looked for again.
_REMEMBERED = 2_000
#: Columns of people: under a group that nobody knows they may be anybody's.
_PERSONAL = frozenset({Kind.NAME, Kind.PERSON_NUMBER, Kind.SEX, Kind.DATE, Kind.ADDRESS})

#: Likeness from which a field is offered for a header that nobody knows, and how many are.
_OFFERED, _MOST_OFFERED = 0.6, 3

Meaning = TypeVar("Meaning", str, Group)


class Doubt(StrEnum):
    """Why a person has to say, or to confirm, what a column is; NONE where it is sure."""

    NONE = ""
    UNKNOWN = "unknown"
    SPELLING = "spelling"
    GROUP = "group"
    SEVERAL = "several"
    MIXED = "mixed"
    MISPLACED = "misplaced"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class Guess:
    """What a header means ("" = nothing that is known), why it is not sure, and what else it may mean."""

    field: str = ""
    doubt: Doubt = Doubt.NONE
    likely: tuple[str, ...] = ()


class Vocabulary:
    """Folded words → fields and groups."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self.headers: dict[str, set[str]] = defaultdict(set)
        self.groups: dict[str, set[Group]] = defaultdict(set)
        self._met: dict[str, set[Group]] = {}
        for field in FIELDS.values():
            self.headers[fold(field.header)].add(field.name)
            if field.groups:
                self.paths[fold(" ".join(field.path))] = field.name
        for group in Group:
            self.groups[fold(group.value)].add(group)
        with (Path(__file__).parent / "synonyms.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self._add(row["kind"], row["target"], fold(row["text"]))

    def _add(self, kind: str, target: str, text: str) -> None:
        if kind == "group":
            self.groups[text].add(Group[target])
        elif kind == "header":
            self.headers[text].add(FIELDS[target].name)
        else:
            self.paths[text] = FIELDS[target].name

    def recognise(self, levels: tuple[str, ...], *, near: bool) -> Guess:
        """What a folded header path means; `near` forgives misspelling.

        It is sure where every text of the path is known as it stands and together they mean one field.
        """
        known = self.paths.get(" ".join(levels))
        if known:
            return Guess(known)
        fields = frozenset(self.headers.get(levels[-1], ()))
        is_exact = bool(fields)
        if not fields and near:
            fields = self._near_headers(levels[-1])
        groups = [self._groups_of(level) for level in levels[:-1]]
        known_groups = [group for group in groups if group]
        fitting = {name for name in fields if all(group & set(FIELDS[name].groups) for group in known_groups)}
        if len(known_groups) < len(groups):
            fitting = {name for name in fitting if self._stands_alone(name, fields, is_exact, known_groups)}
        likely = in_order(fitting or fields)
        if len(fitting) != 1:
            return Guess("", Doubt.SEVERAL if fitting else Doubt.UNKNOWN, likely)
        (name,) = fitting
        if not is_exact:
            return Guess(name, Doubt.SPELLING, likely)
        is_sure = all(level in self.groups for level in levels[:-1])
        return Guess(name, Doubt.NONE if is_sure else Doubt.GROUP, likely)

    def can_mean_one_thing(self, header: str) -> bool:
        """Does a header say, whatever stands above it, which field it is, and not a field of people?"""
        fields = self.headers.get(header, ())
        return len(fields) == 1 and all(FIELDS[name].kind not in _PERSONAL for name in fields)

    def similar(self, header: str) -> tuple[str, ...]:
        """Fields with a header that has words in common with this one, the most similar first."""
        words, best = set(header.split()), dict[str, float]()
        for other, names in self.headers.items():
            if not words & set(other.split()):
                continue
            likeness = SequenceMatcher(None, header, other).ratio()
            for name in names:
                best[name] = max(best.get(name, _OFFERED), likeness)
        found = sorted(
            (name for name, likeness in best.items() if likeness > _OFFERED), key=lambda n: -best[n]
        )
        return tuple(found[:_MOST_OFFERED])

    @staticmethod
    def _stands_alone(name: str, fields: frozenset[str], is_exact: bool, known: list[set[Group]]) -> bool:
        """Beneath an unknown group only a header that can mean one thing is taken at its word."""
        return is_exact and len(fields) == 1 and (bool(known) or FIELDS[name].kind not in _PERSONAL)

    def _near_headers(self, header: str) -> frozenset[str]:
        return _nearest(header, self.headers) if len(header) >= 6 else frozenset()

    def _groups_of(self, level: str) -> set[Group]:
        """The groups that a merged head names, exactly, nearly, or by its first words."""
        if level in self.groups:
            return self.groups[level]
        if level not in self._met:
            if len(self._met) >= _REMEMBERED:
                self._met.clear()
            self._met[level] = self._likely_groups(level)
        return self._met[level]

    def _likely_groups(self, level: str) -> set[Group]:
        begun = {
            group
            for text, groups in self.groups.items()
            if min(text.count(" "), level.count(" ")) + 1 >= _TELLING_WORDS
            and (text.startswith(level + " ") or level.startswith(text + " "))
            for group in groups
        }
        if len(begun) == 1:
            return begun
        near = _nearest(level, self.groups)
        return set(near) if len(near) == 1 else set()


def in_order(names: Collection[str]) -> tuple[str, ...]:
    """Fields in the order of the form."""
    return tuple(name for name in FIELDS if name in names)


def _nearest(text: str, known: Mapping[str, set[Meaning]]) -> frozenset[Meaning]:
    """What the most similar known text means; nothing where digits differ or two are equally near."""
    best, found = _ALIKE, frozenset[Meaning]()
    words, digits = set(text.split()), _digits(text)
    for other, meaning in known.items():
        if abs(len(other) - len(text)) > 6 or not words & set(other.split()) or _digits(other) != digits:
            continue
        likeness = SequenceMatcher(None, text, other).ratio()
        if likeness > best:
            best, found = likeness, frozenset(meaning)
        elif likeness == best:
            found |= meaning
    return found


@lru_cache(maxsize=4096)
def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@cache
def vocabulary() -> Vocabulary:
    """Built once per process."""
    return Vocabulary()
