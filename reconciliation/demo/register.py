"""The land register of a commune: kinds of plots, who holds them on which certificate, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import rates
from .draw import Flags, Ints, Topic, stream, weighted
from .holders import Holders, party_sizes
from .places import Commune
from .rates import Kind

#: What a plot of the second group lacks when nothing else was drawn for it.
_AT_LEAST = (
    "plot_code_missing",
    "plot_address_missing",
    "origin_missing",
    "term_missing",
    "area_differs_from_map",
)


@dataclass(slots=True)
class Register:
    """`run` is the certificate (or its empty place) of a plot, −1 without; `party` is who holds a run.

    `plot_defects` are flags per plot, `run_defects` per run.
    """

    kind: Ints
    run: Ints
    party: Ints
    plot_defects: dict[str, Flags]
    run_defects: dict[str, Flags]

    @property
    def has_attributes(self) -> Flags:
        drawn_only: Flags = self.kind == Kind.MAP_ONLY
        return ~drawn_only

    def defective(self, name: str) -> Flags:
        """Plots with a defect of their own or of their certificate."""
        if name in self.plot_defects:
            return self.plot_defects[name]
        flags = self.run_defects[name]
        return (
            np.where(self.run >= 0, flags[self.run], False) if len(flags) else np.zeros(len(self.run), bool)
        )


def kind_shares(commune: Commune) -> tuple[float, ...]:
    return rates.KINDS_BAC_NINH if commune.in_old_bac_ninh else rates.KINDS_BAC_GIANG


def ready_share(commune: Commune) -> float:
    """Complete plots as a share of plots with holders: so many land users must have their record in order."""
    shares = kind_shares(commune)
    return shares[Kind.READY] / (1 - shares[Kind.MAP_ONLY] - shares[Kind.UNIDENTIFIABLE])


def write_down(commune: Commune, holders: Holders, seed: int, count: int) -> Register:
    """The register of `count` plots."""
    rng = stream(seed, commune.number, Topic.PAPERS)
    kind = weighted(rng, count, kind_shares(commune))
    if not holders.in_order.any():
        kind[kind == Kind.READY] = Kind.SUPPLEMENT
    in_order = np.zeros(holders.parties, dtype=bool)
    in_order[holders.party[holders.in_order]] = True
    run = np.full(count, -1, dtype=np.int64)
    parties: list[Ints] = []
    ready = np.flatnonzero(kind == Kind.READY)
    others = np.flatnonzero(~np.isin(kind, (Kind.READY, Kind.MAP_ONLY, Kind.UNIDENTIFIABLE)))
    runs = 0
    for plots, candidates in ((ready, np.flatnonzero(in_order)), (others, np.flatnonzero(~in_order))):
        if not len(plots) or not len(candidates):
            continue
        sizes = weighted(rng, len(plots), rates.PLOTS_PER_CERTIFICATE) + 1
        run[plots] = runs + np.repeat(np.arange(len(plots)), sizes)[: len(plots)]
        made = int(run[plots[-1]]) + 1 - runs
        order = rng.permutation(candidates)
        parties.append(order[np.arange(made) % len(order)])
        runs += made
    party = np.concatenate(parties) if parties else np.zeros(0, dtype=np.int64)
    plot_defects, run_defects = _defects(stream(seed, commune.number, Topic.DEFECTS), kind, run, runs)
    return Register(kind, run, party, plot_defects, run_defects)


def _defects(
    rng: np.random.Generator, kind: Ints, run: Ints, runs: int
) -> tuple[dict[str, Flags], dict[str, Flags]]:
    """What is wrong with the plots of the second group and their certificates; at least one thing each."""
    weak = kind == Kind.SUPPLEMENT
    of_plots = {name: weak & (rng.random(len(kind)) < rate) for name, rate in rates.PLOT_DEFECTS.items()}
    weak_run = np.zeros(runs, dtype=bool)
    # A certificate of a complete plot has no fault; the others share theirs with all their plots.
    weak_run[run[weak & (run >= 0)]] = True
    of_runs = {name: weak_run & (rng.random(runs) < rate) for name, rate in rates.CERTIFICATE_DEFECTS.items()}
    # Two certificates conflict only where both are there and valid.
    in_conflict = np.unique(run[(kind == Kind.CONFLICT) & (run >= 0)])
    for name in ("certificate_missing", "certificate_superseded"):
        of_runs[name][in_conflict] = False
    for name in of_runs:
        if name != "certificate_missing":
            of_runs[name] &= ~of_runs["certificate_missing"]
    wrong = np.logical_or.reduce(list(of_plots.values()))
    faulty_run = np.logical_or.reduce(list(of_runs.values())) if runs else np.zeros(0, bool)
    wrong |= (run >= 0) & (faulty_run[run] if runs else False)
    fine = np.flatnonzero(weak & ~wrong)
    which = rng.integers(0, len(_AT_LEAST), len(fine))
    for place, name in enumerate(_AT_LEAST):
        of_plots[name][fine[which == place]] = True
    return of_plots, of_runs


def holdings(register: Register, holders: Holders) -> tuple[Ints, Ints]:
    """Plot and land user of every holding: each plot of a run with each member of its party (p × q rows)."""
    sizes = party_sizes(holders)
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    plots = np.flatnonzero(register.run >= 0)
    party = register.party[register.run[plots]]
    plot = np.repeat(plots, sizes[party])
    first = np.repeat(starts[party], sizes[party])
    turn = np.arange(len(plot)) - np.repeat(np.cumsum(sizes[party]) - sizes[party], sizes[party])
    return plot, first + turn
