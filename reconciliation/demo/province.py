"""The whole province, commune by commune, so that memory stays small whatever its size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from . import (
    certificates,
    grid,
    holders,
    holdings,
    land_users,
    people,
    plots,
    rates,
    register,
    registry,
    uses,
)
from . import sheets as map_sheets
from .draw import Floats, Ints, Topic, apportion, stream
from .holders import Holders
from .land import Firsts, Land
from .land_users import Home
from .people import Population
from .places import Commune, communes, villages
from .rates import Kind

#: Communes whose Form 01 workbooks lie in the demo folder; their rows carry guids.
WORKBOOKS = ("09187", "07210")
#: The largest province that the number schemes hold.
MOST_PLOTS = 5_200_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything, and from which seed."""

    plots: int
    land_users: int
    residents: int
    seed: int

    @classmethod
    def of_plots(cls, plots: int, seed: int) -> Size:
        """A quarter of a land user and three quarters of a resident per plot."""
        return cls(plots, round(plots * rates.LAND_USERS), round(plots * rates.RESIDENTS), seed)


@dataclass(frozen=True, slots=True)
class Ids:
    """Keys of what the province refers to: communes by code, former units by code and name, two files."""

    communes: Mapping[str, int]
    former: Mapping[tuple[str, str], int]
    file: int
    extract: int


@dataclass(slots=True)
class Part:
    """One commune's rows by table, and the truth about its land users."""

    commune: Commune
    truth: pa.Table
    tables: dict[str, pa.Table] = field(default_factory=dict)


@dataclass(slots=True)
class _Crowd:
    """A commune's people, the first of them all, and who of them holds land."""

    home: Home
    residents: Population
    first_resident: int
    holders: Holders


def shares(known: tuple[Commune, ...], size: Size) -> tuple[Ints, Ints, Ints]:
    """Plots, land users and residents per commune: by population; land users also by what is held there."""
    population = np.array([commune.population for commune in known], dtype=np.float64)
    held: Floats = np.array([1 - register.kind_shares(commune)[Kind.MAP_ONLY] for commune in known])
    return (
        apportion(size.plots, population),
        apportion(size.land_users, population * (0.3 + held)),
        apportion(size.residents, population),
    )


def people_only(size: Size, ids: Ids) -> Iterator[Part]:
    """Residents and land users without any land: the interchange files for trials of matching."""
    for part, _crowd, _first in _peopled(size, ids):
        yield part


def parts(size: Size, ids: Ids) -> Iterator[Part]:
    """All rows of the province, in the order of the communes."""
    plot_counts, _users, _residents = shares(communes(), size)
    first_plot, first_certificate = 1, 1
    for part, crowd, first_user in _peopled(size, ids):
        count = int(plot_counts[part.commune.number])
        first = Firsts(first_plot, first_certificate, first_user)
        _land(part, crowd, ids, size.seed, count, first)
        first_plot += part.tables["parcels_plot"].num_rows
        first_certificate += part.tables["parcels_certificate"].num_rows
        yield part


def _peopled(size: Size, ids: Ids) -> Iterator[tuple[Part, _Crowd, int]]:
    """Communes with their residents and land users; each borrows some neighbours from the one before."""
    known = communes()
    _plots, user_counts, resident_counts = shares(known, size)
    firsts = np.r_[0, np.cumsum(resident_counts)[:-1]] + 1

    def settle(commune: Commune, before: _Crowd | None) -> _Crowd:
        number = commune.number
        counted = int(resident_counts[number]), int(user_counts[number])
        # Old nine-digit numbers were given out province by province.
        alike = [other.number for other in known[:number] if other.birth_code == commune.birth_code]
        earlier = int(resident_counts[alike].sum())
        return _crowd(commune, before, size.seed, counted, int(firsts[number]), earlier)

    before = settle(known[-1], None)
    first_user = 1
    for commune in known:
        crowd = settle(commune, before)
        part = _people(crowd, before, ids, size.seed, first_user)
        yield part, crowd, first_user
        first_user += part.truth.num_rows
        before = crowd


def _crowd(
    commune: Commune, before: _Crowd | None, seed: int, counted: tuple[int, int], first: int, earlier: int
) -> _Crowd:
    """A commune's residents and land users (`counted`); `earlier`: residents of its old province so far."""
    places = villages(commune, seed)
    residents = people.residents(commune, places, seed, counted[0], earlier)
    away = _borrowed(before, counted[1])
    neighbours = before.residents.take(away) if before else residents.take(away)
    share = register.ready_share(commune)
    chosen = holders.choose(commune, places, residents, neighbours, seed, counted[1], share)
    return _Crowd(Home(commune, places), residents, first, chosen)


def _borrowed(before: _Crowd | None, count: int) -> Ints:
    """People of the commune before who may be recorded here too: half of them hold land at home as well."""
    if before is None:
        return np.zeros(0, dtype=np.int64)
    known = before.holders
    first = known.case == holders.FIRST
    wanted = round(count * rates.SECOND_RECORDS * rates.ELSEWHERE * 1.3) + 2
    recorded = known.person[first & ~known.in_order][: round(wanted * 0.6)]
    adults = np.flatnonzero(before.residents.birth_year <= holders.OLD_ENOUGH)
    others = np.setdiff1d(adults, known.person[first])[: wanted - len(recorded)]
    borrowed: Ints = np.r_[recorded, others].astype(np.int64)
    return borrowed


def _people(crowd: _Crowd, before: _Crowd, ids: Ids, seed: int, first_user: int) -> Part:
    """The rows of the commune's people."""
    commune, places = crowd.home
    commune_id = ids.communes[commune.code]
    borrowed = before.first_resident + _borrowed(before, len(crowd.holders))
    strangers = len(crowd.holders.pool) - len(crowd.residents) - len(borrowed)
    keys = np.r_[
        crowd.first_resident + np.arange(len(crowd.residents)), borrowed, np.zeros(strangers, dtype=np.int64)
    ]
    rows, truth = land_users.rows(
        ids.communes, (crowd.home, before.home), crowd.holders, keys, seed, first_user, ids.file
    )
    residents = registry.rows(commune, commune_id, places, crowd.residents, crowd.first_resident, ids.extract)
    return Part(commune, truth, {"citizens_resident": residents, "parcels_landuser": rows})


def _land(part: Part, crowd: _Crowd, ids: Ids, seed: int, count: int, first: Firsts) -> None:
    """The rows of the commune's land: sheets, plots, certificates, holdings and what hangs on them."""
    commune, places = crowd.home
    commune_id = ids.communes[commune.code]
    rng = stream(seed, commune.number, Topic.PLOTS)
    ground = grid.lay_out(rng, commune, count)
    known = register.write_down(commune, crowd.holders, seed, count)
    drawn = map_sheets.renumbered(commune, places, seed, int(ground.sheet[-1]))
    land = Land(commune, commune_id, places, ground, drawn, known, crowd.holders, first, ids.file, seed)
    made = certificates.issue(rng, land)
    rows, facts = plots.rows(rng, land)
    gone = _retired(rng, known, made.of_run)
    former = [ids.former[unit.code, unit.name] for unit in commune.former]
    with_guids = commune.code in WORKBOOKS
    part.tables |= {
        "parcels_mapsheet": map_sheets.map_sheets(commune, commune_id, drawn),
        "parcels_sheetcrosswalk": map_sheets.crosswalk(commune_id, former, drawn),
        "parcels_plot": pa.concat_tables([rows, plots.retired(land, facts, gone)], promote_options="default"),
        "parcels_certificate": certificates.table(rng, land, made),
        "parcels_scan": certificates.scans(rng, land, made),
        "parcels_landuse": uses.rows(rng, land, facts),
        "parcels_holding": holdings.rows(rng, land, made, facts, gone, with_guids=with_guids),
        "parcels_registration": holdings.registrations(rng, land),
        "parcels_asset": holdings.assets(rng, land, facts),
    }


def _retired(rng: np.random.Generator, known: register.Register, of_run: Ints) -> Ints:
    """Plots of the second group whose certificate also names a plot that is gone."""
    certified = np.flatnonzero((known.kind == Kind.SUPPLEMENT) & (known.run >= 0))
    certified = certified[of_run[known.run[certified]] >= 0]
    wanted = min(len(certified), round(rates.RETIRED * len(known.kind)))
    return np.sort(rng.choice(certified, wanted, replace=False)) if wanted else certified[:0]
