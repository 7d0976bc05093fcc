"""The rows of the work list as HTML, put together here: fifty take a template four times as long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from landdb.models import User
from landdb.templatetags.landdb import clock, figures, icon, num, progress, sign

from ..models import WorkItem
from ..worklist_page import Listed
from .work_rows import Row

#: There are few words for how two values compare, each of them in many rows.
_sign = lru_cache(maxsize=200)(sign)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at the list, under which facets, and how many plots the longest bar stands for."""

    user: User
    facets: str
    most: int


def written(rows: Iterable[Row], look: Look) -> SafeString:
    """The rows of the table's body: every value of the data goes through `escape`."""
    page = _Page(look)
    return mark_safe("\n".join(page.row(row) for row in rows))  # noqa: S308  escaped below


class _Page:
    """Writes the rows of one page; what is the same in all of them is asked for once."""

    def __init__(self, look: Look) -> None:
        self.look, self.language, self.figures = look, get_language() or "", figures()
        self.now, self.zone = timezone.now(), timezone.get_current_timezone()
        before, _nobody, after = reverse("land-user", args=[0]).rpartition("0")
        self.to, self.under = escape(before), escape(after + (f"?{look.facets}" if look.facets else ""))
        self.again = f' <span class="tag warn">{icon("undo")}{_("Mở lại")}</span>'
        self.choose = _("Chọn %(name)s")

    def row(self, row: Row) -> str:
        item, person = row.item, row.item.person
        commune = item.commune.tight_name if item.commune else ""
        return ('<tr class="held">' if row.is_held else "<tr>") + (
            f"{self._tick(row) if self.look.user.may_review else ''}"
            f'<td><span class="impact"><b>{self.figures.num(item.plots)}</b><span>'
            f"<small>{_spread(self.language, item.spread)}</small>"
            f"{_bar(self.language, item.plots, self.look.most)}</span></span></td>\n"
            f'<th scope="row" class="what"><a href="{self.to}{person.pk}{self.under}">'
            f"{escape(person.name)}</a>{self.again if item.is_again else ''}"
            f"<small>{escape(row.sentence)}</small></th>\n"
            f'<td class="nowrap">{_sign(row.sign, row.hurts)}</td><td class="nowrap">{escape(commune)}</td>'
            f'<td class="num">{escape(self.figures.chance(item.chance))}</td>'
            f'<td class="num" title="{item.opened_at.astimezone(self.zone):%d/%m/%Y}">'
            f"{_waited(self.language, (self.now - item.opened_at).days)}</td>\n"
            f'<td class="nowrap">{self._held(row)}</td></tr>'
        )

    def _tick(self, row: Row) -> str:
        item = row.item
        return (
            f'<td><label class="tick"><input type="checkbox" name="item" value="{item.pk}" form="bulk"'
            f' data-plots="{item.plots}" aria-label="{escape(self.choose % {"name": item.person.name})}"'
            f"{' disabled' if row.is_held else ''}></label></td>"
        )

    def _held(self, row: Row) -> str:
        """Who has it open, with whom it waits, or to whom it was given: the first that holds."""
        item = row.item
        if item.lease is not None:
            seconds = max(0.0, (item.lease.until - self.now).total_seconds())
            left = _("còn %(left)s") % {"left": clock(seconds)}
            name = item.lease.holder.full_name
            who = f"{_('bạn')}, " if row.is_mine else _named(name)
            return _badge(row, name, f"{who}{left}", is_mine=row.is_mine)
        if item.is_handed_on:
            return _waits(item)
        if item.assigned_to is None:
            return ""
        name = item.assigned_to.full_name
        if item.assigned_to.pk == self.look.user.pk:
            return _badge(row, name, _("giao cho bạn"), is_mine=True)
        return _badge(row, name, f"{_named(name)}{_('được giao')}", is_mine=False)


def _badge(row: Row, name: str, told: str, *, is_mine: bool) -> str:
    return (
        f'<span class="lease{" mine" if is_mine else ""}" title="{escape(name)}">'
        f'<b aria-hidden="true">{escape(row.initials)}</b><span>{told}</span></span>'
    )


def _named(name: str) -> str:
    """A name before what is said of it: its last two words, since two officers may share their initials; in
    full for those who listen, and on pointing."""
    short = " ".join(name.split()[-2:])
    return f'<span aria-hidden="true">{escape(short)}, </span><span class="sr">{escape(name)}, </span>'


def _waits(item: Listed) -> str:
    told = escape(str(WorkItem.With(item.waits_with).label))
    if item.waits_until and item.is_overdue:
        n = (timezone.localdate() - item.waits_until).days
        late = ngettext("quá hạn %(n)s ngày", "quá hạn %(n)s ngày", n) % {"n": n}
        return f'<span class="tag bad">{told}, {late}</span>'
    until = f" {_('đến %(day)s') % {'day': f'{item.waits_until:%d/%m/%Y}'}}" if item.waits_until else ""
    return f'<span class="tag">{told}{until}</span>'


@lru_cache(maxsize=500)
def _spread(_language: str, communes: int) -> str:
    """In how many communes the plots lie; as the following, kept for each language."""
    n = communes
    return ngettext("thửa · %(n)s xã", "thửa · %(n)s xã", n) % {"n": num(n)} if n else _("thửa")


@lru_cache(maxsize=1000)
def _waited(_language: str, days: int) -> str:
    """How long it has waited, ready to be shown."""
    told = ngettext("%(n)s ngày", "%(n)s ngày", days) % {"n": num(days)} if days else _("hôm nay")
    return escape(told)


@lru_cache(maxsize=1000)
def _bar(_language: str, plots: int, most: int) -> str:
    """So many plots of the most that an item of the page has."""
    return progress(plots, most)
