"""The way of an officer through the work of a filter: where the record at hand stands, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from landdb.models import AdminUnit, User
from landdb.prepared import Prepared
from landdb.templatetags.landdb import num

from .. import work_places
from ..models import Verification, WorkItem
from ..worklist_values import AGE, ANYWHERE, OVERDUE, At
from ..worklists import EXACT, NOBODY, WorkFilter
from . import unknown_facets
from .facets import dimension_text, group_text, rule_text
from .work_facets import plots_text, stage_text

#: Behind every place: fewer plots than any, and a day on which nothing was opened yet (the year 2100, in µs).
_BEYOND_IMPACT, _BEYOND_AGE = At(0, 10**17), At(4_102_444_800_000_000, 10**17)
_ITEM_OF = Prepared(lambda land_user: WorkItem.objects.filter(land_user=land_user))


@dataclass
class Walk:
    """The facets that the address carries, and the work item at hand where there is one."""

    user: User
    query: str
    wanted: WorkFilter
    item: WorkItem | None = None
    record_id: int | None = None

    @classmethod
    def of(cls, request: HttpRequest, user: User, record_id: int | None = None) -> Walk:
        """From the facets in the address; `record_id` is the land user at hand."""
        facets = QueryDict(mutable=True)
        for name in WorkFilter.FACETS:
            if name in request.GET:
                facets.setlist(name, request.GET.getlist(name))
        item = _ITEM_OF.first(land_user=record_id) if record_id else None
        return cls(user, facets.urlencode(), WorkFilter.read(user, facets), item, record_id)

    @property
    def place(self) -> At | None:
        """Where the record at hand stands in the order; None for one that never was work."""
        return self.wanted.at(self.item) if self.item else None

    # ---- addresses ----

    def to(self, name: str, *args: Any, **more: Any) -> str:
        """An address of the site under the same filter."""
        query = QueryDict(self.query, mutable=True)
        for key, value in more.items():
            query[key] = str(value)
        return reverse(name, args=args) + (f"?{query.urlencode()}" if query else "")

    @property
    def _here(self) -> dict[str, Any]:
        return {"left": self.record_id} if self.record_id else {}

    @property
    def onward(self) -> str:
        """The next free one."""
        more = {"after": self.place} if self.place else {}
        return self.to("work-start", **more, **self._here)

    @property
    def backward(self) -> str:
        """The one before; nothing where nothing can come before."""
        return self.to("work-start", before=self.place, **self._here) if self.place else ""

    @property
    def again(self) -> str:
        """The first free one of the filter."""
        return self.to("work-start")

    @property
    def hindmost(self) -> str:
        """The last one of the filter: what is before its end."""
        return self.to("work-start", before=_BEYOND_AGE if self.wanted.order == AGE else _BEYOND_IMPACT)

    @property
    def home(self) -> str:
        """The list, with what is at hand given back."""
        return self.to("desk-leave", **self._here)

    # ---- where we are ----

    @cached_property
    def unknown(self) -> dict[str, Any] | None:
        """What the address asks for and nobody could tell: there is no place among what it means."""
        return unknown_facets.alert(self.wanted.unknown, dict(QueryDict(self.query).lists()))

    @cached_property
    def _stand(self) -> tuple[int | None, int]:
        return work_places.stand(self.wanted, self.item)

    @property
    def total(self) -> int:
        """How many the filter holds; without counters counted up to one beyond EXACT."""
        return self._stand[1]

    @property
    def total_text(self) -> str:
        if self.unknown:
            return "–"
        is_cut = self.total > EXACT and not self.wanted.is_counted
        return f"{num(EXACT)}+" if is_cut else num(self.total)

    @property
    def position_text(self) -> str:
        """The place of the record at hand among them: "37", "1.000+"; nothing where it is not one of them."""
        if self.unknown:
            return ""
        before, _total = self._stand
        if before is None:
            return ""
        return f"{num(EXACT)}+" if before >= EXACT else num(before + 1)

    @cached_property
    def told(self) -> str:
        """What is filtered, and in which order, in a line."""
        wanted = self.wanted
        outcomes = [str(Verification.Outcome(each).label) for each in wanted.outcomes]
        units = AdminUnit.objects.filter(pk__in=wanted.commune_ids).order_by("sort_key")
        communes = [unit.tight_name for unit in units] if wanted.commune_ids else []
        stages = [stage_text(each) for each in wanted.stages]
        groups = [plots_text(group_text(each)) for each in wanted.of_plots.groups]
        parts = [_(" hoặc ").join(words) for words in (outcomes, stages, groups, communes)]
        if wanted.of_plots.dimension:
            parts.append(plots_text(dimension_text(wanted.of_plots.dimension)))
        if wanted.of_plots.rule:
            parts.append(plots_text(rule_text(wanted.of_plots.rule)))
        if wanted.waits:
            special = {OVERDUE: _("quá hạn trả lời"), ANYWHERE: _("ở mọi nơi")}
            parts.append(special.get(wanted.waits) or str(WorkItem.With(wanted.waits).label))
        if wanted.is_mine:
            parts.append(_("giao cho tôi"))
        if wanted.given:
            parts.append(self._given)
        if wanted.is_again:
            parts.append(_("mở lại"))
        if wanted.waited:
            parts.append(_("chờ từ %(n)d ngày") % {"n": wanted.waited})
        if wanted.search:
            parts.append(f"“{wanted.search.text}”")
        parts.append(_("chờ lâu nhất trước") if wanted.order == AGE else _("nhiều thửa chờ nhất trước"))
        return " · ".join(part for part in parts if part)

    @property
    def _given(self) -> str:
        """To whom the work of the filter was given."""
        if self.wanted.given == NOBODY:
            return _("chưa giao ai")
        officer = self.wanted.officer
        return _("giao cho %(name)s") % {"name": officer.full_name if officer else _("ai đó")}

    @property
    def is_filtered(self) -> bool:
        """Something is left out by the facets."""
        wanted = self.wanted
        return bool(
            wanted.outcomes
            or wanted.stages
            or wanted.of_plots
            or wanted.commune_ids
            or wanted.waits
            or wanted.is_mine
            or wanted.given
            or wanted.is_again
            or wanted.waited
            or wanted.age is not None
            or wanted.search
        )
