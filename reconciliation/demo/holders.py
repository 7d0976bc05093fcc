"""Who of a commune's people the land register names: families on certificates, second records, strangers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import people, rates
from .draw import Flags, Ints, Topic, stream, weighted, within
from .people import Population
from .places import Commune, Villages

INDIVIDUAL, COUPLE, HOUSEHOLD, ORGANISATION, COMMUNITY = 0, 1, 2, 3, 4
LEGAL_FORMS = ("individual", "couple", "household", "organisation", "community")
HOLDER, HUSBAND, WIFE, HOUSE_HEAD, MEMBER, REPRESENTATIVE = 0, 1, 2, 3, 4, 5
ROLES = ("holder", "husband", "wife", "head", "member", "representative")
FIRST, SECOND, NEIGHBOUR, STRANGER, NOBODY = 0, 1, 2, 3, 4
CASES = ("first", "second", "neighbour", "stranger", "not_a_person")

OLD_ENOUGH = 2000  # born in 2000 or before: twenty-five


@dataclass(slots=True)
class Holders:
    """The land users of a commune, in the order of their parties (a party is who stands on one certificate).

    `person` is the place in `pool` (the commune's residents, then the neighbours, then strangers), −1 for
    organisations and communities; `in_order` marks those whose record is right in every field.
    """

    pool: Population
    residents: int
    neighbours: int
    person: Ints
    spouse: Ints
    party: Ints
    form: Ints
    role: Ints
    case: Ints
    in_order: Flags

    def __len__(self) -> int:
        return len(self.person)

    @property
    def parties(self) -> int:
        return int(self.party[-1]) + 1 if len(self.party) else 0


def choose(
    commune: Commune,
    places: Villages,
    home: Population,
    neighbours: Population,
    seed: int,
    count: int,
    ready: float,
) -> Holders:
    """`count` land users of whom about the share `ready` has a record in order."""
    rng = stream(seed, commune.number, Topic.HOLDERS)
    organisations = round(rates.ORGANISATIONS * count)
    communities = round(rates.COMMUNITIES * count)
    unknown = round(rates.NOT_IN_REGISTRY * count)
    again = round(rates.SECOND_RECORDS * count)
    persons = max(0, count - organisations - communities - unknown - again)
    first, party, form, role, spouse = _families(rng, home, persons)
    again = count - organisations - communities - unknown - len(first)
    in_order = _in_order(rng, home, first, party, ready, count)
    second, second_case = _second_records(rng, len(home), len(neighbours), first[~in_order], again)
    outside = people.strangers(commune, places, seed, unknown)
    rest = again + unknown + organisations + communities
    parties = (int(party[-1]) + 1 if len(party) else 0) + np.arange(rest)
    stranger = len(home) + len(neighbours) + np.arange(unknown)
    nobody = np.full(organisations + communities, -1)
    alone = np.zeros(again + unknown, dtype=np.int64)
    kinds = np.r_[np.full(organisations, ORGANISATION), np.full(communities, COMMUNITY)]
    return Holders(
        Population.together([home, neighbours, outside]),
        len(home),
        len(neighbours),
        np.r_[first, second, stranger, nobody].astype(np.int64),
        np.r_[spouse, np.full(rest, -1)].astype(np.int64),
        np.r_[party, parties].astype(np.int64),
        np.r_[form, alone, kinds].astype(np.int64),
        np.r_[role, alone + HOLDER, np.full(len(nobody), REPRESENTATIVE)].astype(np.int64),
        np.r_[
            np.full(len(first), FIRST), second_case, np.full(unknown, STRANGER), np.full(len(nobody), NOBODY)
        ].astype(np.int64),
        np.r_[in_order, np.zeros(rest, dtype=bool)],
    )


def _families(rng: np.random.Generator, home: Population, count: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Person, party, legal form, role and spouse of `count` people who hold land, alone or in families."""
    homes = int(home.household[-1]) + 1 if len(home) else 0
    heads, wives, heirs = (
        _first_of(home, homes, role) for role in (people.HEAD, people.SPOUSE, people.CHILD)
    )
    heirs = np.where((heirs >= 0) & (home.birth_year[heirs] <= OLD_ENOUGH), heirs, -1)
    order = rng.permutation(homes)
    drawn = weighted(rng, homes, rates.PARTIES)
    married = wives[order] >= 0
    form = np.select([~married, drawn == 1, drawn == 2], [INDIVIDUAL, COUPLE, HOUSEHOLD], INDIVIDUAL)
    wife_alone = married & (drawn == 3)
    members = np.full((homes, 3), -1)
    members[:, 0] = np.where(wife_alone, wives[order], heads[order])
    members[:, 1] = np.where(form != INDIVIDUAL, wives[order], -1)
    members[:, 2] = np.where(form == HOUSEHOLD, heirs[order], -1)
    spouses = np.full((homes, 3), -1)
    spouses[:, 0] = np.where(wife_alone, heads[order], wives[order])
    spouses[:, 1] = np.where(members[:, 1] >= 0, heads[order], -1)
    roles = np.zeros((homes, 3), dtype=np.int64)
    roles[form == COUPLE] = (HUSBAND, WIFE, MEMBER)
    roles[form == HOUSEHOLD] = (HOUSE_HEAD, MEMBER, MEMBER)
    taken = members.ravel() >= 0
    taken &= np.cumsum(taken) <= count
    party = np.repeat(np.arange(homes), 3)[taken]
    return (
        members.ravel()[taken],
        party,
        np.repeat(form, 3)[taken],
        roles.ravel()[taken],
        spouses.ravel()[taken],
    )


def _first_of(home: Population, homes: int, role: int) -> Ints:
    """The first person of a role in every household, −1 where there is none."""
    found = np.full(homes, -1, dtype=np.int64)
    who = np.flatnonzero(home.role == role)[::-1]
    found[home.household[who]] = who
    return found


def _in_order(
    rng: np.random.Generator, home: Population, person: Ints, party: Ints, ready: float, count: int
) -> Flags:
    """Whole parties of living people, until they are `ready` of all land users."""
    if not len(party):
        return np.zeros(0, dtype=bool)
    parties = int(party[-1]) + 1
    size = np.bincount(party, minlength=parties)
    living = np.bincount(party, home.status[person] == people.ALIVE, minlength=parties) == size
    order = rng.permutation(parties)
    order = order[living[order] & (size[order] > 0)]
    wanted = max(1, round(ready * count))
    chosen = order[np.cumsum(size[order]) <= wanted]
    chosen = chosen if len(chosen) else order[:1]
    marked = np.zeros(parties, dtype=bool)
    marked[chosen] = True
    return marked[party]


def _second_records(
    rng: np.random.Generator, home: int, neighbours: int, known: Ints, count: int
) -> tuple[Ints, Ints]:
    """People recorded once more: known here, or at home in the neighbouring commune."""
    case = np.where((rng.random(count) < rates.ELSEWHERE) & (neighbours > 0), NEIGHBOUR, SECOND)
    if not len(known):
        case[:] = NEIGHBOUR if neighbours else SECOND
    own = known[rng.integers(0, max(1, len(known)), count)] if len(known) else np.zeros(count, dtype=np.int64)
    away = home + rng.permutation(max(neighbours, count))[:count] % max(1, neighbours)
    return np.where(case == NEIGHBOUR, away, own), case


def party_sizes(holders: Holders) -> Ints:
    """Land users per party."""
    return np.bincount(holders.party, minlength=holders.parties)


def first_of_party(holders: Holders) -> Ints:
    """Where every party begins (parties stand together)."""
    return np.flatnonzero(within(holders.party) == 0)
