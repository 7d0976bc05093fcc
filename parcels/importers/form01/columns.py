"""Columns that cannot be what they claim: claimed twice, missing, or with something else inside."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from django.utils.translation import gettext as _

from landdb.intake.outcome import Refused

from ..formula_cells import has_no_value
from .cells import Look, look, shown
from .fields import FIELDS, Kind
from .headers import Column, Header
from .workbook import Sheet

#: Filled cells looked at per column, the fewest that say anything, and the share of them that must agree.
_SAMPLE, _FEWEST, SHARE = 300, 3, 0.8

_NOT_TEXT = frozenset({Look.PERSON_NUMBER, Look.DATE, Look.SEX, Look.SERIAL})
#: What the cells of a column of each kind never look like.
_FOREIGN: dict[Kind, frozenset[Look]] = {
    Kind.TEXT: frozenset(),
    Kind.COMMUNE: _NOT_TEXT | {Look.WORDS},
    Kind.SERIAL: frozenset({Look.PERSON_NUMBER, Look.DATE, Look.SEX, Look.WORDS}),
    Kind.DATE: frozenset({Look.PERSON_NUMBER, Look.SERIAL, Look.SEX, Look.WORDS}),
    Kind.NAME: _NOT_TEXT | {Look.NUMBER},
    Kind.PERSON_NUMBER: frozenset({Look.DATE, Look.SEX, Look.WORDS, Look.SERIAL}),
    Kind.SEX: frozenset({Look.PERSON_NUMBER, Look.DATE, Look.SERIAL, Look.WORDS}),
    Kind.WHOLE: _NOT_TEXT | {Look.WORDS},
    Kind.AREA: _NOT_TEXT | {Look.WORDS},
    Kind.ADDRESS: _NOT_TEXT,
    Kind.WORDS: frozenset({Look.PERSON_NUMBER, Look.DATE, Look.SERIAL}),
    Kind.PHONE: frozenset({Look.DATE, Look.SEX, Look.SERIAL}),
}


def check(sheet: Sheet, header: Header, *, has_commune: bool) -> None:
    """Refused with one sentence where the columns of a sheet cannot be trusted."""
    _check_claims(header)
    if missing := lacking(header.fields, has_commune=has_commune):
        raise Refused(missing)
    for column in header.columns:
        if column.field:
            _check_content(sheet, header, column)


def _check_claims(header: Header) -> None:
    claims: dict[str, Column] = {}
    for column in header.columns:
        first = claims.setdefault(column.field, column)
        if column.field and first is not column:
            raise Refused(
                _("Cột %(first)s và cột %(second)s cùng là “%(header)s”; hãy bỏ hoặc đổi tên một cột.")
                % {"first": first.letter, "second": column.letter, "header": column.path[-1]}
            )


def lacking(fields: dict[str, Column], *, has_commune: bool) -> str:
    """A place, a plot or certificate, and a land user: without them no row can be anybody's."""
    missing = []
    if not has_commune and "commune_code" not in fields:
        missing.append(_("mã xã"))
    on_map = {"sheet", "number"} <= fields.keys()
    on_certificate = {"certificate_sheet", "certificate_plot"} <= fields.keys()
    if not (on_map or on_certificate or "serial" in fields):
        missing.append(_("số tờ và số thửa, hoặc số phát hành"))
    if not {"name", "organisation_name"} & fields.keys():
        missing.append(_("tên chủ sử dụng"))
    return _("Tệp thiếu cột: %(columns)s.") % {"columns": "; ".join(missing)} if missing else ""


def _check_content(sheet: Sheet, header: Header, column: Column) -> None:
    content = looks(sheet, header, column)
    if share(content, column.field) >= SHARE:
        raise shifted(column, content)


def shifted(column: Column, content: Counter[Look]) -> Refused:
    """The one sentence for a column with something else inside."""
    return Refused(
        _("Cột %(letter)s “%(header)s” dường như chứa %(content)s; hãy xem các cột có bị lệch không.")
        % {
            "letter": column.letter,
            "header": column.path[-1],
            "content": called(most_foreign(content, column.field)),
        }
    )


def looks(sheet: Sheet, header: Header, column: Column) -> Counter[Look]:
    """What the first filled cells of a column look like; formula errors say nothing."""
    cells = (row[column.place] for row in sheet.rows[header.first_data_row :])
    # Most cells of a column that few fill in are simply empty.
    filled = (cell for cell in cells if cell != "" and shown(cell) and not has_no_value(cell))
    # Many columns say the same few things over and over. True equals 1, and a day its midnight.
    told, found = Counter((type(cell), cell) for cell in islice(filled, _SAMPLE)), Counter[Look]()
    for (_type, cell), times in told.items():
        found[look(cell)] += times
    return found


def share(content: Counter[Look], name: str, fewest: int = _FEWEST) -> float:
    """The share of cells that the field never holds; 0 where too few cells say anything."""
    total = content.total()
    return sum(content[each] for each in _FOREIGN[FIELDS[name].kind]) / total if total >= fewest else 0.0


def most_foreign(content: Counter[Look], name: str) -> Look:
    """What most of the cells look like that the field never holds."""
    return max(sorted(_FOREIGN[FIELDS[name].kind]), key=lambda each: content[each])


def is_foreign(value: object, name: str) -> bool:
    """Does a cell look like what the field never holds?"""
    return look(value) in _FOREIGN[FIELDS[name].kind]


def called(content: Look) -> str:
    """What cells of a look seem to be, in words."""
    return {
        Look.PERSON_NUMBER: _("số định danh 12 chữ số"),
        Look.DATE: _("ngày tháng"),
        Look.SERIAL: _("số phát hành giấy chứng nhận"),
        Look.SEX: _("giới tính"),
        Look.NUMBER: _("con số"),
        Look.WORDS: _("họ tên hoặc chữ"),
    }[content]
