"""The boundaries of communes, taken in from GeoJSON (RFC 7946): for maps alone, not to settle borders."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from .intake.outcome import Refused
from .models import AdminUnit, CommuneOutline

#: A file with more than that is no file of a province's communes.
MOST_BYTES = 50 * 2**20
#: Under these names a feature may say its commune's code.
CODE_NAMES = ("code", "ma", "ma_xa", "maxa", "ma_dvhc", "madvhc", "commune_code")
#: Degrees, the root of an area: what is smaller, two hundred metres each way, is a dot or two on the screen.
_TOLERANCE = 0.002
_TO_UNITS = 100_000
#: Longitude and latitude between which Viet Nam lies, its islands included.
_WEST, _SOUTH, _EAST, _NORTH = 102.0, 6.0, 118.0, 24.0


@dataclass(slots=True)
class Told:
    """What came of a file: communes whose boundary is new, changed or the same, and a sentence for each
    feature that was not taken.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    turned_away: list[str] = field(default_factory=list)


class _NotTaken(Exception):
    """A feature that cannot be used; `str()` is why, and what mends it."""


def take_in(path: Path, *, code_name: str = "", strict: bool = False, simulate: bool = False) -> Told:
    """Keep the boundaries of today's communes; Refused with one sentence where the file is of no use (with
    `strict`: where any feature is turned away).

    `code_name`: the property that holds the five-digit code, where it has none of the usual names. Communes
    that the file does not name keep theirs.
    """
    features = _features(path)
    units = {unit.code: unit for unit in AdminUnit.objects.in_force()}
    told, found = Told(), dict[int, BaseGeometry]()
    again = {code for code, n in Counter(_code(each, code_name) for each in features).items() if n > 1}
    for number, feature in enumerate(features, 1):
        code = _code(feature, code_name)
        try:
            unit = _unit(code, units, again)
            found[unit.pk] = _geometry(feature)
        except _NotTaken as reason:
            place = _("Đối tượng %(number)s (mã “%(code)s”)") % {"number": number, "code": code[:20]}
            told.turned_away.append(f"{place}: {reason}")
    if not found:
        why = told.turned_away[0] if told.turned_away else _("tệp không có đối tượng nào.")
        raise Refused(_("Không dùng được ranh giới nào. %(why)s") % {"why": why})
    if strict and told.turned_away:
        raise Refused(_("Không ghi gì vì có đối tượng bị trả. %(why)s") % {"why": told.turned_away[0]})
    with transaction.atomic():
        _keep(found, told)
        transaction.set_rollback(simulate)
    return told


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refused(
                _("Tệp lớn hơn %(limit)s MB; hãy xuất ranh giới cấp xã đã làm gọn.")
                % {"limit": MOST_BYTES // 2**20}
            )
        read = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Refused(_("Không mở được tệp: %(why)s.") % {"why": error.strerror}) from None
    except (ValueError, RecursionError):  # not UTF-8, no JSON, or nested without end
        read = None
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise Refused(_("Tệp không phải GeoJSON (FeatureCollection); hãy xuất lớp ranh giới xã ra GeoJSON."))
    return features


def _code(feature: dict[str, Any], code_name: str) -> str:
    """The code that a feature says; numbers that lost their zeros get them back."""
    said = feature.get("properties")
    properties = {str(name).lower(): value for name, value in said.items()} if isinstance(said, dict) else {}
    names = (code_name.lower(),) if code_name else CODE_NAMES
    value = next((properties[name] for name in names if properties.get(name) not in (None, "")), "")
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text.zfill(5) if text.isascii() and text.isdigit() else text


def _unit(code: str, units: dict[str, AdminUnit], again: set[str]) -> AdminUnit:
    if not code:
        raise _NotTaken(_("không có mã xã; hãy ghi mã 5 chữ số vào thuộc tính “code”."))
    if code not in units:
        raise _NotTaken(_("mã không phải của xã, phường đang có; hãy xem lại mã ĐVHC."))
    if code in again:
        raise _NotTaken(_("mã có ở nhiều đối tượng; hãy gộp các mảnh của một xã thành một đối tượng."))
    return units[code]


def _geometry(feature: dict[str, Any]) -> BaseGeometry:
    try:
        found = shapely.make_valid(shape(feature.get("geometry") or {}))
    except (AttributeError, KeyError, TypeError, ValueError, shapely.errors.ShapelyError):
        raise _NotTaken(_("không đọc được hình; hãy xuất lại dạng vùng (Polygon).")) from None
    found = MultiPolygon(list(_polygons(found)))
    if found.is_empty:
        raise _NotTaken(_("không phải vùng khép kín; hãy xuất dạng vùng (Polygon)."))
    west, south, east, north = found.bounds
    if not (_WEST <= west <= east <= _EAST and _SOUTH <= south <= north <= _NORTH):
        raise _NotTaken(
            _("tọa độ (%(x)s; %(y)s) không phải kinh độ, vĩ độ ở Việt Nam; hãy xuất ở hệ WGS84 (EPSG:4326).")
            % {"x": f"{west:.0f}", "y": f"{south:.0f}"}
        )
    return found


def _polygons(found: BaseGeometry) -> Iterator[Polygon]:
    """The areas of a geometry; lines and points that mending leaves are none."""
    if isinstance(found, Polygon):
        yield found
    for part in getattr(found, "geoms", ()):
        yield from _polygons(part)


def _keep(found: dict[int, BaseGeometry], told: Told) -> None:
    # Together: neighbours keep the line that they share.
    simple = shapely.coverage_simplify(list(found.values()), _TOLERANCE)
    before = CommuneOutline.objects.in_bulk(list(found))
    for pk, outline in zip(found, simple, strict=True):
        rings = _rings(outline)
        kept = before.get(pk)
        if kept is None:
            told.new += 1
        elif kept.rings == rings:
            told.unchanged += 1
            continue
        else:
            told.changed += 1
        CommuneOutline.objects.update_or_create(unit_id=pk, defaults={"rings": rings})


def _rings(outline: BaseGeometry) -> list[list[int]]:
    """Every ring as whole numbers, longitude and latitude in turn."""
    lines = [ring for each in _polygons(outline) for ring in (each.exterior, *each.interiors)]
    return [[round(value * _TO_UNITS) for x, y in line.coords for value in (x, y)] for line in lines]
