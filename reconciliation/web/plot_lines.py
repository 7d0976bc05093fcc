"""The rows of the list of plots as HTML, put together here: fifty take a template four times as long."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from landdb.templatetags.landdb import figures, group_mark

from ..models.groups import Group
from ..rules import catalogue
from .queue_rows import Row

#: Reasons of a plot that are named; of more, how many.
NAMED = 2


def written(rows: Iterable[Row], *, has_ticks: bool) -> SafeString:
    """The rows of the table's body; `has_ticks`: each can be chosen. Data go through `escape`."""
    page = _Page(has_ticks)
    return mark_safe("".join(page.row(row) for row in rows))  # noqa: S308  escaped below


class _Page:
    """Writes the rows of one page; what is the same in all of them is asked for once."""

    def __init__(self, has_ticks: bool) -> None:
        self.has_ticks, self.language, self.figures = has_ticks, get_language() or "", figures()
        self.zone = timezone.get_current_timezone()
        before, _no_plot, after = reverse("plot", args=[0]).rpartition("0")
        self.to, self.under = escape(before), escape(after)
        self.groups = {group.value: group_mark(group.value) for group in Group}
        self.unconfirmed = f' <span class="tag nowrap">{_("chưa xác nhận")}</span>'

    def row(self, row: Row) -> str:
        status = row.status
        # Of group 3, and nobody has confirmed it yet.
        is_open = status.group == Group.REBUILD and not status.is_confirmed
        return (
            f'<tr id="plot-{status.plot_id}">{_tick(row) if self.has_ticks else ""}'
            f'<th scope="row" class="what nowrap"><a href="{self.to}{status.plot_id}{self.under}">'
            f"{escape(status.short_number)}</a></th>\n"
            f"<td>{self.groups[status.group]}{self.unconfirmed if is_open else ''}</td>\n"
            f'<td class="what">{_holders(row)}</td>\n<td>{self._reasons(row)}</td>\n'
            f'<td class="nowrap">{escape(status.commune.tight_name)}</td>'
            f'<td class="num">{self.figures.num(status.legal_area, 1)}</td>'
            f'<td class="num">{status.since.astimezone(self.zone):%d/%m/%Y}</td></tr>'
        )

    def _reasons(self, row: Row) -> str:
        if not row.reasons and row.status.unjudged:
            return f'<span class="tag">{_("Chưa đủ nguồn để xét")}</span>'
        named = "".join(_reason(self.language, rule.id) for rule in row.reasons[:NAMED])
        return named + _more(len(row.reasons) - NAMED)


def _tick(row: Row) -> str:
    told = escape(_("Chọn %(name)s") % {"name": row.status.long_number})
    return (
        f'<td><label class="tick"><input type="checkbox" name="plot" value="{escape(row.ticked)}"'
        f' form="confirm" data-plots="1" aria-label="{told}"></label></td>'
    )


def _holders(row: Row) -> str:
    if not row.holders:
        return f'<span class="muted">{_("không có thông tin")}</span>'
    return escape(row.holders[0]) + _more(len(row.holders) - 1, " ")


@lru_cache(maxsize=200)
def _reason(_language: str, rule: str) -> str:
    """The name of a rule, ready to be shown; kept for each language."""
    return f'<span class="tag">{escape(str(catalogue.by_id(rule).name))}</span> '


def _more(n: int, before: str = "") -> str:
    return f'{before}<span class="muted small">+{n}</span>' if n > 0 else ""
