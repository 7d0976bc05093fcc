"""What hangs on plots and certificates: lines of use, assets, scans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import asdict
from typing import Any

from django.db import models

from landdb.normalise.text import fold
from parcels.models import Asset, Certificate, LandUse, Plot, Scan

from . import facets, lookups, problems
from .entries import Entry, UsePart
from .fields import USES
from .merge import Merge
from .settle import Settled, differences
from .tables import insert, new_ids

_USE_COLUMNS = (
    "purpose_raw", "purpose", "area", "origin_raw", "origin", "transfer_origin", "form", "term_raw",
    "term_kind", "term_until",
)  # fmt: skip


def add_details(state: Merge) -> None:
    """Runs after `merge.merge`: its records are there."""
    _add_uses(state)
    _add_assets(state)
    _add_scans(state)


def _add_uses(state: Merge) -> None:
    """The first row that has lines of use for a plot tells them; a row that tells others gets a warning."""
    told: dict[int, int] = {}
    for place, (entry, plot) in enumerate(zip(state.entries, state.ids.plots, strict=True)):
        if not entry.uses or (entry.known and not _said(entry)):
            continue
        first = told.setdefault(plot, place)
        if _meaning(entry.uses) != _meaning(state.entries[first].uses):
            about = state.entries[first]
            state.reading.warn(entry, problems.CONTRADICTS, "use1_purpose", entry.uses[0].purpose_raw, about)
    old = [plot for plot in told if not state.ids.is_new(Plot, plot)]
    there = lookups.records(LandUse, "plot", old, ("plot_id", "line", *_USE_COLUMNS))
    known = {(record["plot_id"], record["line"]): record for record in there}
    settled: dict[int, Settled[UsePart]] = {}
    new: list[tuple[int, dict[str, Any]]] = []
    for plot, place in told.items():
        for use in state.entries[place].uses:
            record = known.get((plot, use.line))
            if record is not None:
                settled[record["pk"]] = _told(state.entries[place], use, place)
                continue
            columns = {name: getattr(use, name) for name in _USE_COLUMNS}
            new.append(
                (
                    place,
                    {"plot_id": plot, "commune_id": state.entries[place].commune, "line": use.line} | columns,
                )
            )
    state.proposals += differences(LandUse, settled, facets.USE, there, state.entries)
    _insert(state, LandUse, new, Plot, "plot_id")


def _said(entry: Entry) -> bool:
    """Does a row of ours say anything new of the lines of use?"""
    return entry.known is not None and entry.known.says(USES)


def _told(entry: Entry, use: UsePart, place: int) -> Settled[UsePart]:
    """What a row says of a line: everything, or of a row of ours what somebody changed."""
    settled = Settled(use, place)
    for facet in facets.USE:
        name = f"use{use.line}_{facet.field}"
        if entry.known is not None and name in entry.known.cleared:
            settled.cleared_by[facet.field] = place
        elif entry.known is None or name in entry.known.changed:
            settled.said_by[facet.field] = place
    return settled


def _meaning(uses: tuple[UsePart, ...]) -> Hashable:
    return tuple((use.line, use.purpose or fold(use.purpose_raw), use.area) for use in uses)


def _add_assets(state: Merge) -> None:
    """An asset is the same where kind, building and flat are; what stands there already is left alone."""
    there = lookups.records(
        Asset,
        "plot",
        [
            plot
            for entry, plot in zip(state.entries, state.ids.plots, strict=True)
            if entry.asset and not state.ids.is_new(Plot, plot)
        ],
        ("plot_id", "kind", "estate", "building", "flat_number"),
    )
    known = {
        (r["plot_id"], _asset_key(r["kind"], r["estate"], r["building"], r["flat_number"])) for r in there
    }
    new: list[tuple[int, dict[str, Any]]] = []
    for place, (entry, plot) in enumerate(zip(state.entries, state.ids.plots, strict=True)):
        asset = entry.asset
        if asset is None:
            continue
        key = (plot, _asset_key(asset.kind, asset.estate, asset.building, asset.flat_number))
        if key not in known:
            known.add(key)
            new.append((place, {"plot_id": plot, "commune_id": entry.commune, **asdict(asset)}))
    _insert(state, Asset, new, Plot, "plot_id")


def _asset_key(*texts: str) -> Hashable:
    return tuple(fold(text) for text in texts)


def _add_scans(state: Merge) -> None:
    """A file name stands once for a certificate, or once for a commune where there is none."""
    wanted = [place for place, entry in enumerate(state.entries) if entry.scans]
    certificates = {state.ids.certificates[place] for place in wanted} - {None}
    old = [pk for pk in certificates if pk is not None and not state.ids.is_new(Certificate, pk)]
    known: dict[Hashable, set[str]] = defaultdict(set)
    for record in lookups.records(Scan, "certificate", old, ("certificate_id", "file_name")):
        known[record["certificate_id"]].add(record["file_name"])
    loose = {state.entries[p].commune for p in wanted if state.ids.certificates[p] is None}
    for commune, name in Scan.objects.filter(certificate=None, commune__in=loose).values_list(
        "commune", "file_name"
    ):
        known["commune", commune].add(name)
    new: list[tuple[int, dict[str, Any]]] = []
    for place in wanted:
        entry, certificate = state.entries[place], state.ids.certificates[place]
        names = known[certificate or ("commune", entry.commune)]
        for scan in entry.scans:
            if scan.file_name not in names:
                names.add(scan.file_name)
                new.append(
                    (place, {"certificate_id": certificate, "commune_id": entry.commune, **asdict(scan)})
                )
    _insert(state, Scan, new, Certificate, "certificate_id")


def _insert(
    state: Merge,
    model: type[models.Model],
    new: list[tuple[int, dict[str, Any]]],
    parent: type[models.Model],
    column: str,
) -> None:
    """Put the records in; those on a parent that was there before are noted for undoing."""
    ids = new_ids(model, len(new))
    insert(model, [{"id": pk} | row for pk, (_place, row) in zip(ids, new, strict=True)])
    state.created_by.update(place for place, _row in new)
    state.added[model._meta.label_lower] = [
        pk
        for pk, (_place, row) in zip(ids, new, strict=True)
        if row[column] is None or not state.ids.is_new(parent, row[column])
    ]
