"""The checks as a pass over data frames, in the manner of Great Expectations.

The columns are loaded once; then one expectation after the other looks at a whole frame and gives the rows
that it does not expect. Memory grows with the plots, so this is for small sizes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
from django.utils import timezone

from landdb import bulk
from landdb.models import Delivery

from ....models import Finding
from ....rules import book
from ....rules.book import Ruling
from ...apart import timed
from . import Run
from .expectations import EXPECTATIONS, Bounds

Subject = Finding.Subject

#: Areas come in hundredths of a square metre, so that they add up and compare to the last place.
COLUMNS = {
    "plots": "SELECT id, commune_id, sheet, number, code, (legal_area * 100)::bigint AS legal_area,"
    " (measured_area * 100)::bigint AS measured_area, address, geometry IS NOT NULL AS is_drawn,"
    " geometry_fault, (overlap_area * 100)::bigint AS overlap_area, map_source FROM parcels_plot"
    " WHERE state = 'live'",
    "holdings": "SELECT id, plot_id, certificate_id, land_user_id, legal_form, certificate_sheet,"
    " certificate_plot FROM parcels_holding",
    "uses": "SELECT id, plot_id, purpose, (area * 100)::bigint AS area, origin, term_kind, term_until"
    " FROM parcels_landuse",
    "papers": "SELECT id, serial, serial_raw, issued_on, issued_raw, book_number, book_number_raw, state"
    " FROM parcels_certificate",
    "scans": "SELECT certificate_id, is_linked, is_signed FROM parcels_scan WHERE kind = 'GCN'",
    "people": "SELECT id, kind, name_fold, birth_on, birth_year, sex, id_number, id_kind, phone, address_raw,"
    " merged_into_id FROM parcels_landuser",
    "verifications": "SELECT land_user_id AS id, outcome, resident_id FROM reconciliation_verification",
    "residents": "SELECT r.id AS resident_id, r.id_number AS resident_number, r.status AS resident_status,"
    " e.extracted_on AS evidence_on FROM citizens_resident r"
    " JOIN reconciliation_verification v ON v.resident_id = r.id"
    " LEFT JOIN citizens_registryextract e ON e.id = r.extract_id",
    "registrations": "SELECT plot_id FROM parcels_registration WHERE state = 'pending'",
    "codes": "SELECT code AS purpose, valid_to AS purpose_ended_on FROM parcels_landusecode",
}


@dataclass(frozen=True)
class Frames:
    """A frame for each kind of subject with what it is joined to; `places` pairs their ids with plots."""

    subjects: dict[Subject, pd.DataFrame]
    places: dict[Subject, pd.DataFrame]
    today: pd.Timestamp


def run() -> Run:
    """Load, join, and look through everything that can be said of frames; for a process of its own."""
    seconds: dict[str, float] = {}
    rulings = [ruling for ruling in book.current().rulings if ruling.rule.id in EXPECTATIONS]
    with timed(seconds, "load"):
        loaded = load()
    with timed(seconds, "join"):
        frames = join(loaded, timezone.localdate())
    del loaded
    with timed(seconds, "expect"):
        delivered = deliveries()
        found = {ruling.rule.id: len(unexpected(frames, ruling, delivered)) for ruling in rulings}
    return Run(seconds, found)


def load() -> dict[str, pd.DataFrame]:
    """The columns that the expectations look at, each read once."""
    return {name: bulk.read(sql).to_pandas(date_as_object=False) for name, sql in COLUMNS.items()}


def deliveries() -> dict[str, set[int]]:
    """The communes for which each source was delivered."""
    found: dict[str, set[int]] = {}
    for source, commune in Delivery.objects.values_list("source", "commune_id"):
        found.setdefault(source, set()).add(commune)
    return found


def join(loaded: dict[str, pd.DataFrame], today: dt.date) -> Frames:
    """A row for each plot, land user, certificate, line of use and holding with what stands beside it."""
    plots, papers = loaded["plots"], loaded["papers"]
    holdings = _holdings(loaded["holdings"][loaded["holdings"].plot_id.isin(plots.id)], papers)
    standing = holdings[holdings.certificate_id.isna() | holdings.is_valid]
    uses = loaded["uses"][loaded["uses"].plot_id.isin(plots.id)].merge(loaded["codes"], "left", "purpose")
    uses["purpose_is_known"] = uses.purpose.isin(loaded["codes"].purpose)
    residents = loaded["residents"].drop_duplicates("resident_id")
    people = loaded["people"].merge(
        loaded["verifications"].merge(residents, "left", "resident_id"), "left", "id"
    )
    subjects = {
        Subject.PLOT: _plots(plots, holdings, standing, uses, loaded["registrations"]),
        Subject.LAND_USER: people,
        Subject.CERTIFICATE: _papers(papers, loaded["scans"]),
        Subject.LAND_USE: uses,
        Subject.HOLDING: _counted(
            standing, "plot_id", holders=standing.groupby("plot_id").land_user_id.nunique()
        ),
    }
    places = {
        Subject.PLOT: plots[["id"]].assign(plot_id=plots.id),
        Subject.LAND_USER: _pairs(standing, "land_user_id"),
        Subject.CERTIFICATE: _pairs(holdings[holdings.is_valid], "certificate_id"),
        Subject.LAND_USE: uses[["id", "plot_id"]],
        Subject.HOLDING: standing[["id", "plot_id"]],
    }
    communes = plots[["id", "commune_id"]].rename(columns={"id": "plot_id"})
    return Frames(
        subjects,
        {subject: pairs.merge(communes, on="plot_id") for subject, pairs in places.items()},
        pd.Timestamp(today),
    )


def unexpected(frames: Frames, ruling: Ruling, delivered: dict[str, set[int]]) -> pd.DataFrame:
    """(id of the subject, plot_id) of all that a rule does not expect, where its sources were delivered."""
    subject = ruling.rule.subject.subject
    rows = frames.subjects[subject]
    hit = EXPECTATIONS[ruling.rule.id](rows, Bounds(ruling.tolerance, frames.today))
    if subject == Subject.PLOT and not ruling.rule.is_for_bare_plots:
        hit = hit & rows.has_attributes
    places = frames.places[subject]
    here = places.id.isin(rows.id[hit])
    for source in ruling.rule.needs:
        here &= places.commune_id.isin(delivered.get(source, ()))
    return places.loc[here, ["id", "plot_id"]]


def _holdings(holdings: pd.DataFrame, papers: pd.DataFrame) -> pd.DataFrame:
    own = papers[["id", "serial", "state"]].rename(columns={"id": "certificate_id"})
    rows = holdings.merge(own, "left", "certificate_id")
    return rows.assign(
        is_valid=rows.state.eq("valid"),
        has_serial=rows.serial.fillna("").ne(""),
        is_printed=rows.certificate_sheet.ne("") & rows.certificate_plot.ne(""),
    )


def _plots(
    plots: pd.DataFrame,
    holdings: pd.DataFrame,
    standing: pd.DataFrame,
    uses: pd.DataFrame,
    pending: pd.DataFrame,
) -> pd.DataFrame:
    by_plot, lines = holdings.groupby("plot_id"), uses.groupby("plot_id")
    rows = _counted(
        plots,
        "id",
        holders=standing.groupby("plot_id").land_user_id.count(),
        certificates=by_plot.certificate_id.count(),
        valid_certificates=by_plot.is_valid.sum(),
        serials=by_plot.has_serial.sum(),
        printed=by_plot.is_printed.sum(),
        holdings=by_plot.size(),
        lines=lines.size(),
        sized_lines=lines.area.count(),
    )
    rows["lines_area"] = rows.id.map(lines.area.sum(min_count=1))
    rows["has_attributes"] = rows.holdings.gt(0) | rows.lines.gt(0)
    rows["is_pending"] = rows.id.isin(pending.plot_id)
    return rows


def _papers(papers: pd.DataFrame, scans: pd.DataFrame) -> pd.DataFrame:
    linked = scans[scans.is_linked]
    return _counted(
        papers,
        "id",
        scans=scans.groupby("certificate_id").size(),
        linked=linked.groupby("certificate_id").size(),
        signed=linked[linked.is_signed].groupby("certificate_id").size(),
    )


def _counted(rows: pd.DataFrame, key: str, **counts: pd.Series) -> pd.DataFrame:
    """Rows with numbers beside them that are known by a key; nought where there is none."""
    return rows.assign(**{name: rows[key].map(count).fillna(0) for name, count in counts.items()})


def _pairs(holdings: pd.DataFrame, key: str) -> pd.DataFrame:
    pairs = holdings[[key, "plot_id"]].dropna().drop_duplicates().rename(columns={key: "id"})
    return pairs.astype("int64")
