"""How a plot is named by its numbers, the same on every page, in every message and statement.

In a list "5/12": sheet, then plot, as the search box reads it. In words "Thửa 12, tờ 5": plot, then sheet,
as the certificate has it. A number that is not known is a dash.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

UNKNOWN = "–"
Number = int | str | None


def short(sheet: Number, number: Number) -> str:
    """ "5/12": sheet and plot."""
    return f"{_shown(sheet)}/{_shown(number)}"


def long(sheet: Number, number: Number) -> str:
    """ "Thửa 12, tờ 5", in the language of the reader."""
    return _("Thửa %(number)s, tờ %(sheet)s") % {"number": _shown(number), "sheet": _shown(sheet)}


def short_sql(table: str) -> str:
    """`short` as an expression over the columns `sheet` and `number` of a table."""
    sheet, number = (f"COALESCE({table}.{column}::text, '{UNKNOWN}')" for column in ("sheet", "number"))
    return f"{sheet} || '/' || {number}"


def _shown(number: Number) -> str:
    return UNKNOWN if number is None or number == "" else str(number)
