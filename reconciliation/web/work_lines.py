"""The rows of the work list as HTML, put together here: fifty take a template four times as long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from landdb.models import User
from landdb.templatetags.landdb import chance, clock, icon, num, progress, sign

from ..models import WorkItem
from .work_rows import Row


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at the list, under which facets, and how many plots the longest bar stands for."""

    user: User
    facets: str
    most: int


def written(rows: Iterable[Row], look: Look) -> SafeString:
    """The rows of the table's body: every value of the data goes through `escape`."""
    return mark_safe("\n".join(_row(row, look) for row in rows))  # noqa: S308  escaped below


def _row(row: Row, look: Look) -> str:
    item, person = row.item, row.person
    to = reverse("land-user", args=[person.pk]) + (f"?{look.facets}" if look.facets else "")
    again = f' <span class="tag warn">{icon("undo")}{_("Mở lại")}</span>' if item.is_again else ""  # type: ignore[attr-defined]
    commune = item.commune.tight_name if item.commune else ""
    return ('<tr class="held">' if row.is_held else "<tr>") + (
        f"{_tick(row) if look.user.may_review else ''}"
        f'<td><span class="impact"><b>{num(item.plots)}</b><span><small>{row.spread}</small>'
        f"{progress(item.plots, look.most)}</span></span></td>\n"
        f'<th scope="row" class="what"><a href="{escape(to)}">{escape(person.name)}</a>{again}'
        f"<small>{escape(row.sentence)}</small></th>\n"
        f'<td class="nowrap">{sign(row.sign, row.hurts)}</td><td class="nowrap">{escape(commune)}</td>'
        f'<td class="num">{escape(chance(row.chance))}</td>'
        f'<td class="num" title="{row.opened_on}">{escape(row.waited)}</td>\n'
        f'<td class="nowrap">{_held(row, look.user)}</td></tr>'
    )


def _tick(row: Row) -> str:
    item = row.item
    return (
        f'<td><label class="tick"><input type="checkbox" name="item" value="{item.pk}" form="bulk"'
        f' data-plots="{item.plots}" aria-label="{escape(row.tick)}"{" disabled" if row.is_held else ""}>'
        "</label></td>"
    )


def _held(row: Row, user: User) -> str:
    """Who has it open, with whom it waits, or to whom it was given: the first that holds."""
    item = row.item
    if row.lease is not None:
        left = _("còn %(left)s") % {"left": clock(row.left)}
        who = f"{_('bạn')}, " if row.is_mine else _unseen(row.lease.holder.full_name)
        return _badge(row, row.lease.holder.full_name, f"{who}{left}", is_mine=row.is_mine)
    if item.is_handed_on:
        return _waits(item, row.days_late)
    if item.assigned_to is None:
        return ""
    name = item.assigned_to.full_name
    if item.assigned_to_id == user.pk:
        return _badge(row, name, _("giao cho bạn"), is_mine=True)
    return _badge(row, name, f"{_unseen(name)}{_('được giao')}", is_mine=False)


def _badge(row: Row, name: str, told: str, *, is_mine: bool) -> str:
    return (
        f'<span class="lease{" mine" if is_mine else ""}" title="{escape(name)}">'
        f'<b aria-hidden="true">{escape(row.initials)}</b><span>{told}</span></span>'
    )


def _unseen(name: str) -> str:
    """A name for those who listen: the others see its initials, and it in full on pointing."""
    return f'<span class="sr">{escape(name)}, </span>'


def _waits(item: WorkItem, days_late: int) -> str:
    told = escape(item.get_waits_with_display())
    if item.is_overdue:
        late = ngettext("quá hạn %(n)s ngày", "quá hạn %(n)s ngày", days_late) % {"n": days_late}
        return f'<span class="tag bad">{told}, {late}</span>'
    until = f" {_('đến %(day)s') % {'day': f'{item.waits_until:%d/%m/%Y}'}}" if item.waits_until else ""
    return f'<span class="tag">{told}{until}</span>'
