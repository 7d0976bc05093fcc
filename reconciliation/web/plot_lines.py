"""The rows of the list of plots as HTML, put together here: fifty take a template four times as long."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from landdb.templatetags.landdb import group_mark, num

from ..models.groups import Group
from .queue_rows import Row

#: Reasons of a plot that are named; of more, how many.
NAMED = 2


def written(rows: Iterable[Row], *, has_ticks: bool) -> SafeString:
    """The rows of the table's body; `has_ticks`: each can be chosen. Data go through `escape`."""
    return mark_safe("".join(_row(row, has_ticks) for row in rows))  # noqa: S308  escaped below


def _row(row: Row, has_ticks: bool) -> str:
    status = row.status
    plot = status.plot
    since = f"{timezone.localtime(status.since):%d/%m/%Y}"
    return (
        f'<tr id="plot-{plot.pk}">{_tick(row) if has_ticks else ""}'
        f'<th scope="row" class="what nowrap"><a href="{reverse("plot", args=[plot.pk])}">'
        f"{escape(plot.short_number)}</a></th>\n"
        f"<td>{group_mark(status.group)}{_unconfirmed(row)}</td>\n"
        f'<td class="what">{_holders(row)}</td>\n<td>{_reasons(row)}</td>\n'
        f'<td class="nowrap">{escape(status.commune.tight_name)}</td>'
        f'<td class="num">{num(plot.legal_area, 1)}</td><td class="num">{since}</td></tr>'
    )


def _tick(row: Row) -> str:
    told = escape(_("Chọn %(name)s") % {"name": row.status.plot.long_number})
    return (
        f'<td><label class="tick"><input type="checkbox" name="plot" value="{escape(row.ticked)}"'
        f' form="confirm" data-plots="1" aria-label="{told}"></label></td>'
    )


def _unconfirmed(row: Row) -> str:
    """Of group 3, and nobody has confirmed it yet."""
    if row.status.group != Group.REBUILD or row.status.confirmed_at:
        return ""
    return f' <span class="tag nowrap">{_("chưa xác nhận")}</span>'


def _holders(row: Row) -> str:
    if not row.holders:
        return f'<span class="muted">{_("không có thông tin")}</span>'
    return escape(row.holders[0]) + _more(len(row.holders) - 1, " ")


def _reasons(row: Row) -> str:
    if not row.reasons and row.status.unjudged:
        return f'<span class="tag">{_("Chưa đủ nguồn để xét")}</span>'
    named = "".join(f'<span class="tag">{escape(rule.name)}</span> ' for rule in row.reasons[:NAMED])
    return named + _more(len(row.reasons) - NAMED)


def _more(n: int, before: str = "") -> str:
    return f'{before}<span class="muted small">+{n}</span>' if n > 0 else ""
