"""The plots behind a count of our groups beside theirs, by commune and plot, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET

from landdb.models import AdminUnit, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..filters import PAGE, address
from ..models import OpinionCount, OutsideOpinion, PlotStatus, Tally
from ..models.opinions import OF_CAUSE, UNJUDGED, TheirCause, causes_of
from ..queue_values import Place
from ..rules import catalogue
from .opinions import NONE, THEIRS, cause_in_words, title_of
from .queue import READERS


@dataclass(frozen=True, slots=True)
class Row:
    """A plot with what both say of it."""

    status: PlotStatus
    opinion: OutsideOpinion | None
    causes: list[TheirCause]
    rules: list[catalogue.Rule]


@dataclass
class OpinionPlots:
    """One cell of the matrix, perhaps one cause of it, in a user's territory."""

    user: User
    ours: int
    theirs: str
    cause: str
    commune: str

    @classmethod
    def read(cls, user: User, query: QueryDict) -> OpinionPlots:
        """From the address; Http404 where it names no cell."""
        ours, theirs = query.get("ours", ""), query.get("theirs", "")
        if ours not in ("1", "2", "3") or theirs not in THEIRS:
            raise Http404
        cause, code = query.get("cause", "")[:40].replace("\x00", ""), query.get("commune", "")
        return cls(user, int(ours), theirs, cause, code if code.isdecimal() else "")

    @cached_property
    def communes(self) -> dict[int, AdminUnit]:
        """Communes of the territory in reading order, or the one that was chosen."""
        found = self.user.communes().order_by("sort_key")
        return {unit.pk: unit for unit in (found.filter(code=self.commune) if self.commune else found)}

    @cached_property
    def counts(self) -> dict[int, int]:
        """Plots by commune, from the counters."""
        rows = OpinionCount.objects.visible_to(self.user).filter(ours=self.ours)
        if self.theirs != NONE:
            return _by_commune(rows.filter(theirs=int(self.theirs), cause=self.cause))
        every = _by_commune(Tally.objects.visible_to(self.user).filter(group=self.ours, rule=""))
        known = _by_commune(rows.filter(cause=""))
        return {pk: n - known.get(pk, 0) for pk, n in every.items()}

    def page(self, after: Place | None, size: int = PAGE) -> list[PlotStatus]:
        """Up to size + 1 plots behind `after`; communes without one are known from the counters."""
        order = [pk for pk in self.communes if self.counts.get(pk, 0) > 0]
        if after is not None and after.commune_id in self.communes:
            names = list(self.communes)
            start = names.index(after.commune_id)
            order = [pk for pk in order if names.index(pk) >= start]
        ids: list[tuple[int, int]] = []
        for pk in order:
            plots = self._of_commune(pk)
            if after is not None and after.commune_id == pk:
                plots = plots.filter(plot__gt=after.plot_id)
            left = size + 1 - len(ids)
            ids += [(pk, plot) for plot in plots.order_by("plot").values_list("plot_id", flat=True)[:left]]
            if len(ids) > size:
                break
        rows = PlotStatus.objects.select_related("plot", "commune").defer("plot__geometry")
        found = rows.in_bulk([plot for _pk, plot in ids])
        return [found[plot] for _pk, plot in ids if plot in found]

    def _of_commune(self, commune_id: int) -> QuerySet[PlotStatus]:
        statuses = PlotStatus.objects.visible_to(self.user).filter(commune=commune_id, group=self.ours)
        theirs = OutsideOpinion.objects.filter(plot=OuterRef("plot_id"))
        if self.theirs == NONE:
            return statuses.filter(~Exists(theirs))
        theirs = theirs.filter(group=int(self.theirs))
        if self.cause == UNJUDGED:
            statuses = statuses.filter(unjudged__len__gt=0)
        elif self.cause == TheirCause.UNSAID:
            for condition in OF_CAUSE.values():
                theirs = theirs.filter(~condition)
        elif self.cause in OF_CAUSE:
            theirs = theirs.filter(OF_CAUSE[self.cause])
        elif self.cause:
            statuses = statuses.filter(rules__contains=[self.cause])
        return statuses.filter(Exists(theirs))


@allow(*READERS)
@require_GET
def opinion_plots(request: HttpRequest) -> HttpResponse:
    """The list behind a count of the matrix."""
    wanted = OpinionPlots.read(user_of(request), request.GET)
    after = Place.read(request.GET.get("after", ""))
    statuses = wanted.page(after)
    base = dict(request.GET.lists())
    last = statuses[PAGE - 1] if len(statuses) > PAGE else None
    older = f"{address(base)}&after={Place(last.commune_id, last.plot_id)}" if last else ""
    context = {
        "wanted": wanted,
        "title": title_of(wanted.ours, wanted.theirs),
        "cause": cause_in_words(wanted.cause) if wanted.cause else "",
        "chosen": next(iter(wanted.communes.values()), None) if wanted.commune else None,
        "without_commune": address(base, commune=None),
        "without_cause": address(base, cause=None),
        "total": sum(n for pk, n in wanted.counts.items() if pk in wanted.communes),
        "rows": _rows(statuses[:PAGE]),
        "older": older,
        "first": address(base) if after else "",
    }
    return render(request, "opinions/plots.html", context)


def _rows(statuses: list[PlotStatus]) -> list[Row]:
    theirs = OutsideOpinion.objects.in_bulk([status.plot_id for status in statuses])
    return [
        Row(
            status,
            opinion := theirs.get(status.plot_id),
            causes_of(opinion) if opinion else [],
            catalogue.known(status.rules),
        )
        for status in statuses
    ]


def _by_commune(rows: QuerySet[OpinionCount] | QuerySet[Tally]) -> dict[int, int]:
    counted = rows.filter(Q(plots__gt=0)).values_list("commune").annotate(n=Sum("plots"))
    return dict(counted.order_by())
