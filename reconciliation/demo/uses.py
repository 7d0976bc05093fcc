"""Rows of parcels_landuse: what a plot is used for, how the right came about, until when."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import columns as col
from .draw import Ints
from .land import Land
from .plots import PlotFacts
from .rates import Kind
from .register import Register

_CROPS = ("LUC", "HNK", "CLN", "NTS", "RSX")
_OUTDATED = ("LUN", "BHK", "NHK", "COC", "BHK")
_WORDS = {
    "LUC": "Đất chuyên trồng lúa nước", "HNK": "Đất trồng cây hằng năm khác", "CLN": "Đất trồng cây lâu năm",
    "NTS": "Đất nuôi trồng thủy sản", "RSX": "Đất rừng sản xuất", "ODT": "Đất ở tại đô thị",
    "ONT": "Đất ở tại nông thôn",
}  # fmt: skip
_CODES = (*_CROPS, "ODT", "ONT", *_OUTDATED, "XYZ")
_UNKNOWN = len(_CODES) - 1
_UNKNOWN_WORDS = "Đất hành lang"
_ORIGINS = ("CNQ-CTT", "CNQ-KTT", "DG-KTT", "DG-CTT")
_ORIGIN_WORDS = (
    "Công nhận QSDĐ như giao đất có thu tiền sử dụng đất",
    "Công nhận QSDĐ như giao đất không thu tiền sử dụng đất",
    "Nhà nước giao đất không thu tiền sử dụng đất",
    "Nhà nước giao đất có thu tiền sử dụng đất",
)
_TRANSFERS = ("", "NCQ-8", "NCQ-9", "NCQ-10")
_ENDS = ("2063-10-15", "2043-10-15", "2045-12-31")
#: The term that clerks fill in to please the form (domain.md 6.4), and twenty years that are over.
_FILLED_IN, _ENDED = np.datetime64("2074-08-01"), np.datetime64("2013-10-15")
_GARDEN = _CROPS.index("CLN")


def rows(rng: np.random.Generator, land: Land, facts: PlotFacts) -> pa.Table:
    """One line per plot with attributes, two for a house with its garden."""
    ground, sheets, register = land.ground, land.sheets, land.register
    known = register.has_attributes & ~(register.defective("land_use_missing"))
    plots = np.flatnonzero(known)
    home = sheets.is_residential[ground.sheet[plots] - 1]
    with_garden = home & (facts.legal_area[plots] > 150) & (rng.random(len(plots)) < 0.6)
    plot = np.r_[plots, plots[with_garden]]
    line = np.r_[np.ones(len(plots), dtype=np.int64), np.full(int(with_garden.sum()), 2)]
    house = np.round(facts.legal_area * 0.4, 1)
    first_area = np.where(with_garden, house[plots], facts.legal_area[plots])
    area = np.r_[first_area, (facts.legal_area - house)[plots[with_garden]]]
    wrong_sum = register.defective("land_use_area_differs")[plot] & (line == 1)
    area = np.where(wrong_sum, area * 0.8 - 2, area)
    purpose = _purposes(land, plot, line)
    is_home = (purpose == len(_CROPS)) | (purpose == len(_CROPS) + 1)
    order = np.argsort(plot, kind="stable")
    table = pa.table(
        {
            "plot_id": col.integers(land.first.plot + plot),
            "commune_id": col.same(land.commune_id, len(plot)),
            "line": col.integers(line),
            "area": col.decimals(area),
            **_purpose_columns(rng, purpose),
            **_origin_columns(rng, register, plot, is_home),
            **_term_columns(rng, register, plot, is_home),
        }
    )
    return table.take(pa.array(order))


def _purposes(land: Land, plot: Ints, line: Ints) -> Ints:
    """Places in `_CODES`."""
    sheets, register = land.sheets, land.register
    place = land.ground.sheet[plot] - 1
    dwelling = len(_CROPS) + (0 if land.commune.is_urban else 1)
    purpose = np.where(sheets.is_residential[place], dwelling, sheets.crop[place])
    purpose = np.where(line == 2, _GARDEN, purpose)
    outdated = register.defective("land_use_code_outdated")[plot] & (line == 1)
    purpose = np.where(outdated, len(_CROPS) + 2 + sheets.crop[place], purpose)
    return np.where(register.defective("land_use_code_unknown")[plot] & (line == 1), _UNKNOWN, purpose)


def _purpose_columns(rng: np.random.Generator, purpose: Ints) -> dict[str, pa.Array]:
    count = len(purpose)
    codes = col.picked(_CODES, purpose)
    words = col.picked([_WORDS.get(code, code) for code in _CODES], purpose)
    unknown = pa.array(purpose == _UNKNOWN)
    raw = pc.if_else(pa.array(rng.random(count) < 0.3), words, codes)
    return {
        "purpose_raw": pc.if_else(unknown, _UNKNOWN_WORDS, raw),
        "purpose": pc.if_else(unknown, "", codes),
    }


def _origin_columns(
    rng: np.random.Generator, register: Register, plot: Ints, is_home: pa.Array
) -> dict[str, pa.Array]:
    count = len(plot)
    home_origin = np.where(rng.random(count) < 0.7, 0, 3)
    field_origin = np.where(rng.random(count) < 0.5, 1, 2)
    origin = np.where(is_home, home_origin, field_origin)
    transfer = np.where(rng.random(count) < 0.22, rng.integers(1, 4, count), 0)
    missing = register.defective("origin_missing")[plot] | (register.kind[plot] == Kind.UNIDENTIFIABLE)
    worded = rng.random(count) < 0.4
    raw = pc.if_else(pa.array(worded), col.picked(_ORIGIN_WORDS, origin), col.picked(_ORIGINS, origin))
    return {
        "origin_raw": col.texts(raw, missing),
        "origin": col.texts(col.picked(_ORIGINS, origin), missing),
        "transfer_origin": col.texts(col.picked(_TRANSFERS, transfer), missing),
    }


def _term_columns(
    rng: np.random.Generator, register: Register, plot: Ints, is_home: pa.Array
) -> dict[str, pa.Array]:
    """Dwellings for good, fields until a day."""
    count = len(plot)
    missing = register.defective("term_missing")[plot] | (register.kind[plot] == Kind.UNIDENTIFIABLE)
    ends = np.array(_ENDS, dtype="datetime64[D]")
    until = ends[rng.integers(0, len(ends), count)]
    until[register.defective("term_placeholder")[plot]] = _FILLED_IN
    until[register.defective("term_ended")[plot]] = _ENDED
    is_home = is_home & ~(register.defective("term_placeholder") | register.defective("term_ended"))[plot]
    dated = col.joined("Đến ngày ", col.written_day(until))
    return {
        "form": col.picked(("private", "common"), (rng.random(count) < 0.06).astype(np.int64)),
        "term_raw": col.texts(pc.if_else(pa.array(is_home), "Lâu dài", dated), missing),
        "term_kind": col.texts(pc.if_else(pa.array(is_home), "long", "until"), missing),
        "term_until": col.days(until, missing | is_home),
    }
