"""Columns found by their header, however it is cased, accented or joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from landdb.normalise.text import fold

from .outcome import Refused

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of an interchange file, other headers that mean it, and the most characters a cell may have."""

    field: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    longest: int = 2_000

    @property
    def keys(self) -> frozenset[str]:
        return frozenset({key(self.field), *(key(synonym) for synonym in self.synonyms)})


@dataclass(frozen=True, slots=True)
class Located:
    """Which column of the file holds which field, and the headers that nobody knows."""

    places: dict[str, int]
    unknown: tuple[str, ...]


def key(header: str) -> str:
    """The header without case, diacritics, underscores and signs: "Họ_và tên" is "ho va ten"."""
    return fold(_CAMEL.sub(" ", header.strip()).replace("_", " "))


def locate(headers: Sequence[str], columns: Sequence[Column]) -> Located:
    """Find every column; Refused where a required one is missing or two headers mean the same one."""
    keys = [key(header) for header in headers]
    places: dict[str, int] = {}
    for column in columns:
        exact = [place for place, found in enumerate(keys) if found == key(column.field)]
        meant = exact or [place for place, found in enumerate(keys) if found in column.keys]
        if len(meant) > 1:
            shown = ", ".join(f"“{headers[place][:60]}”" for place in meant[:4])
            raise Refused(
                _("Nhiều cột cùng là %(field)s: %(headers)s; hãy giữ một cột.")
                % {"field": column.field, "headers": shown}
            )
        if meant:
            places[column.field] = meant[0]
    _require(headers, columns, places)
    unknown = tuple(
        header for place, header in enumerate(headers) if place not in places.values() and header.strip()
    )
    return Located(places, unknown)


def _require(headers: Sequence[str], columns: Sequence[Column], places: dict[str, int]) -> None:
    missing = [column.field for column in columns if column.required and column.field not in places]
    if missing:
        there = ", ".join(header.strip()[:40] for header in headers[:20]) or _("không có cột nào")
        raise Refused(
            _("Tệp thiếu cột bắt buộc: %(missing)s; các cột đang có: %(there)s.")
            % {"missing": ", ".join(missing), "there": _one_line(there)}
        )


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
