"""Rows of parcels_holding, parcels_registration and parcels_asset."""

from __future__ import annotations

import uuid

import numpy as np
import pyarrow as pa

from . import columns as col
from . import names, rates
from .certificates import Certificates
from .draw import Ints
from .holders import HOLDER, INDIVIDUAL, LEGAL_FORMS, ROLES, first_of_party
from .land import Land
from .people import TODAY
from .places import Commune
from .plots import PlotFacts
from .rates import Kind
from .register import Register, holdings

_REASONS = ("Nhận chuyển nhượng", "Nhận thừa kế", "Nhận tặng cho")
_CHANGES = ("CN", "TK", "TA", "TC", "XC", "CM", "TN", "CL", "DT")
_ASSETS = ("Nhà ở riêng lẻ", "Công trình xây dựng")
#: Names of what guids are made from; any fixed one would do.
_GUIDS = uuid.UUID("6f1d3c52-6a0e-4c0b-9b57-0e1f0d6b1c11")


def rows(
    rng: np.random.Generator,
    land: Land,
    made: Certificates,
    facts: PlotFacts,
    retired: Ints,
    *,
    with_guids: bool,
) -> pa.Table:
    """Every plot of a certificate with every one of its holders; conflicts and retired plots once more."""
    register, holders, first = land.register, land.holders, land.first
    plot, user = holdings(register, holders)
    run = register.run[plot]
    certificate = made.of_run[run]
    starts = first_of_party(holders)
    rival = np.array([*made.extra_of_plot], dtype=np.int64)
    rival_party = (register.party[register.run[rival]] + 1) % max(1, holders.parties)
    rivals = np.array([*made.extra_of_plot.values()], dtype=np.int64)
    behind = register.run[retired]
    target = np.r_[plot, rival, retired].astype(np.int64)
    gone = np.r_[np.zeros(len(plot) + len(rival), dtype=bool), np.ones(len(retired), dtype=bool)]
    user = np.r_[user, starts[rival_party], starts[register.party[behind]]].astype(np.int64)
    certificate = np.r_[certificate, rivals, made.of_run[behind]].astype(np.int64)
    alone = np.r_[np.zeros(len(plot), dtype=bool), np.ones(len(rival) + len(retired), dtype=bool)]
    count = len(target)
    plot_id = first.plot + target
    plot_id[gone] = first.plot + len(register.kind) + np.arange(len(retired))
    form = np.where(alone & (holders.form[user] < 3), INDIVIDUAL, holders.form[user])
    role = np.where(alone & (holders.form[user] < 3), HOLDER, holders.role[user])
    unprinted = register.kind[target] == Kind.UNLOCATABLE
    printed_sheet = col.integers(facts.old_sheet[target]).cast(pa.string())
    return pa.table(
        {
            "plot_id": col.integers(plot_id),
            "commune_id": col.same(land.commune_id, count),
            "certificate_id": col.integers(first.certificate + certificate, certificate < 0),
            "land_user_id": col.integers(
                first.land_user + user, register.defective("holder_missing")[target]
            ),
            "guid": _guids(land.commune, count) if with_guids else col.same("", count),
            "legal_form": col.texts(
                col.picked(LEGAL_FORMS, form), register.defective("legal_form_missing")[target]
            ),
            "role": col.picked(ROLES, role),
            "certificate_sheet": col.texts(printed_sheet, unprinted),
            "certificate_plot": col.texts(col.integers(facts.number[target]).cast(pa.string()), unprinted),
            **_current_users(rng, register, target),
            "plot_class": col.picked(("Loại 4", "Loại 5"), (certificate < 0).astype(np.int64)),
        }
    )


def _guids(commune: Commune, count: int) -> pa.Array:
    return col.texts([str(uuid.uuid5(_GUIDS, f"{commune.code} {row}")) for row in range(count)])


def _current_users(rng: np.random.Generator, register: Register, target: Ints) -> dict[str, pa.Array]:
    """Who uses the plot today where that is somebody else."""
    count = len(target)
    other = register.defective("current_user_differs")[target]
    who = np.flatnonzero(other)
    sex = rng.integers(0, 2, len(who))
    surname = names.vocabulary().surnames.draw(rng, len(who))
    named = names.draw(rng, surname, sex, np.full(len(who), 1975)).joined(names.vocabulary().texts)
    name = np.full(count, "", dtype=object)
    name[who] = named.to_pylist()
    return {
        "current_user_name": col.texts(name),
        "current_user_number": col.same("", count),
        "current_user_address": col.same("", count),
        "change_reason": col.texts(col.picked(_REASONS, rng.integers(0, 3, count)), ~other),
    }


def registrations(rng: np.random.Generator, land: Land) -> pa.Table:
    """Changes registered in the last years, some still pending."""
    register = land.register
    pending = register.defective("registration_pending")
    past = register.has_attributes & (rng.random(len(pending)) < 0.05)
    plot = np.flatnonzero(pending | past)
    count = len(plot)
    waits = pending[plot]
    age = np.where(waits, rng.integers(1, 60, count), rng.integers(90, 2_000, count))
    return pa.table(
        {
            "plot_id": col.integers(land.first.plot + plot),
            "commune_id": col.same(land.commune_id, count),
            "kind": col.picked(_CHANGES, rng.integers(0, len(_CHANGES), count)),
            "registered_on": col.days(TODAY - age.astype("timedelta64[D]")),
            "state": col.picked(("done", "pending"), waits.astype(np.int64)),
        }
    )


def assets(rng: np.random.Generator, land: Land, facts: PlotFacts) -> pa.Table:
    """Houses on some of the plots that somebody holds."""
    register = land.register
    held = (register.run >= 0) & (register.kind != Kind.UNLOCATABLE)
    plot = np.flatnonzero(held & (rng.random(len(held)) < rates.ASSETS))
    count = len(plot)
    built = facts.legal_area[plot] * rng.uniform(0.2, 0.6, count)
    return pa.table(
        {
            "plot_id": col.integers(land.first.plot + plot),
            "commune_id": col.same(land.commune_id, count),
            "kind": col.picked(_ASSETS, (rng.random(count) < 0.1).astype(np.int64)),
            "estate": col.same("", count),
            "building": col.same("", count),
            "flat_number": col.same("", count),
            "built_area": col.decimals(built),
            "floor_area": col.decimals(built * rng.integers(1, 4, count)),
            "ownership_form": col.same("Sở hữu riêng", count),
            "ownership_term": col.same("Lâu dài", count),
            "grade": col.same("Cấp 4", count),
        }
    )
