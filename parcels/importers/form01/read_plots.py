"""Reading what a row says of the plot: commune, numbers, area, lines of use, assets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache

from landdb.normalise import areas, land_use
from landdb.normalise.text import fold
from landdb.reference.tables import rows as reference

from . import problems
from .entries import AssetPart, PlotPart, UsePart
from .fields import PLOT, USE_LINES
from .row import Row

_WHOLE = re.compile(r"(?:(?:to|thua|tbd|so|dat|ban do)\s+)*0*(\d{1,7})")
_SEVERAL = re.compile(r"\d+\s*(?:[;,&+/\n]|và|va)\s*\d+", re.IGNORECASE)
_CENT = Decimal("0.01")
#: Wordings of land use repeat from row to row.
_REMEMBERED = 8192


@cache
def _purposes() -> land_use.PurposeTable:
    return land_use.PurposeTable.from_rows(reference("land_use_codes"))


@cache
def _origins() -> land_use.OriginTable:
    return land_use.OriginTable.from_rows(reference("land_origin_codes"))


@lru_cache(maxsize=_REMEMBERED)
def _purpose(raw: str) -> tuple[land_use.Purpose, ...]:
    return land_use.parse_purpose(raw, _purposes())


@lru_cache(maxsize=_REMEMBERED)
def _origin(raw: str) -> tuple[str, str]:
    return land_use.parse_origin(raw, _origins())


@lru_cache(maxsize=_REMEMBERED)
def _term(raw: str) -> land_use.Term:
    return land_use.parse_term(raw)


def read_commune(row: Row, communes: Mapping[str, int], own: int | None) -> int:
    """The id of the row's commune; Rejected where it is none of today's, or not the sender's own."""
    text = row.text("commune_code", 20)
    if not text:
        if own is None:
            raise row.reject(problems.COMMUNE_MISSING, "commune_code")
        return own
    code = text.removesuffix(".0")
    if code.isascii() and code.isdigit() and len(code) < 5:
        row.warn(problems.COMMUNE_PADDED, "commune_code")
        code = code.zfill(5)
    commune = communes.get(code)
    if commune is None:
        raise row.reject(problems.COMMUNE_CODE_UNKNOWN, "commune_code")
    if own is not None and commune != own:
        raise row.reject(problems.OTHER_COMMUNE, "commune_code")
    return commune


def read_plot(row: Row) -> PlotPart:
    """Numbers, code, area and address. Today's numbers count only together."""
    if row.leaves(PLOT):
        return PlotPart()
    sheet, number = _today(row, "sheet"), _today(row, "number")
    if sheet is None or number is None:
        sheet = number = None
    code = row.text("plot_code", 20)
    if code and not any(map(str.isdigit, code)):
        row.warn(problems.PLOT_CODE_ODD, "plot_code")
    return PlotPart(
        sheet,
        number,
        code,
        read_area(row, "legal_area"),
        row.text("plot_address", 300),
    )


def _today(row: Row, name: str) -> int | None:
    """A number of today's map; Rejected where it is not one number."""
    text = row.text(name, 60)
    if not text:
        return None
    whole = _WHOLE.fullmatch(fold(text))
    if whole and int(whole[1]):
        return int(whole[1])
    if whole or not any(map(str.isalnum, text)):
        return None
    raise row.reject(problems.SEVERAL_NUMBERS if _SEVERAL.search(text) else problems.NUMBER_MALFORMED, name)


def read_printed(row: Row, name: str) -> str:
    """A number as printed on the certificate; whatever stands there is kept, without leading zeros."""
    text = row.text(name, 20)
    return (text.lstrip("0") or "") if text.isdigit() else text if any(map(str.isalnum, text)) else ""


def read_area(row: Row, name: str) -> Decimal | None:
    """An area in m² to the hundredth, None with a warning where it leaves more than one reading."""
    value = row.value(name)
    if value is None:
        return None
    read = areas.parse(value)
    if read.value is None or read.value >= Decimal(10) ** 10:
        if "sum" in read.warnings:
            row.warn(problems.AREA_SEVERAL, name)
        elif read.warnings:
            row.warn(problems.AREA_UNREADABLE, name)
        return None
    return read.value.quantize(_CENT)


def read_uses(row: Row) -> tuple[UsePart, ...]:
    """The lines of use that have anything in them."""
    return tuple(use for line in range(1, USE_LINES + 1) if (use := _read_use(row, line)) is not None)


def _read_use(row: Row, line: int) -> UsePart | None:
    purpose_raw = row.text(f"use{line}_purpose", 120)
    area = read_area(row, f"use{line}_area")
    origin_raw = row.text(f"use{line}_origin", 300)
    form_raw = row.text(f"use{line}_form", 120)
    term_raw = row.text(f"use{line}_term", 120)
    if not (purpose_raw or area or origin_raw or form_raw or term_raw):
        return None
    origin, transfer = _origin(origin_raw)
    if origin_raw and not (origin or transfer):
        row.warn(problems.ORIGIN_UNKNOWN, f"use{line}_origin")
    form = land_use.parse_form(form_raw) if form_raw else ""
    if form_raw and not form:
        row.warn(problems.USE_FORM_UNKNOWN, f"use{line}_form")
    term = _term(term_raw)
    if term_raw and term.kind == "unknown":
        row.warn(problems.TERM_UNKNOWN, f"use{line}_term")
    return UsePart(
        line,
        purpose_raw,
        _read_purpose(row, f"use{line}_purpose", purpose_raw),
        area,
        origin_raw,
        origin,
        transfer,
        form,
        term_raw,
        term.kind,
        term.until,
    )


def _read_purpose(row: Row, name: str, raw: str) -> str:
    """The purpose code; the first where the cell names several."""
    if not raw:
        return ""
    found = _purpose(raw)
    if len(found) > 1:
        row.warn(problems.PURPOSE_SEVERAL, name)
    first = found[0] if found else None
    if first is None or not first.code:
        row.warn(problems.PURPOSE_UNKNOWN, name)
        return ""
    if "unsure" in first.warnings:
        row.warn(problems.PURPOSE_UNSURE, name)
    return first.code[:3]


def read_asset(row: Row) -> AssetPart | None:
    """What stands on the plot, None where the row names nothing."""
    asset = AssetPart(
        row.text("asset_kind", 80),
        row.text("estate", 160),
        row.text("building", 160),
        row.text("flat_number", 40),
        read_area(row, "built_area"),
        read_area(row, "floor_area"),
        row.text("ownership_form", 80),
        row.text("ownership_term", 80),
        row.text("grade", 40),
    )
    return (
        asset
        if asset.kind or asset.estate or asset.building or asset.flat_number or asset.built_area
        else None
    )
