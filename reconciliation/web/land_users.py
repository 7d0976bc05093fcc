"""The match page: a land record and its candidates in the registry side by side, and a person's word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from landdb.models import AccessLog, Role, User
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of
from parcels.models import Holding, LandUser, Plot

from ..actions import matches
from ..models import ChangeSet, Decision, Duplicate, PlotStatus, Verification, WorkItem
from ..models.groups import Group
from ..rules import catalogue
from . import evidence, later, reopened
from .forms import MatchForm

READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR, Role.POLICE_LIAISON)
DECIDERS = (Role.REVIEWER, Role.SENIOR_REVIEWER)
PLOTS_SHOWN = 50
TWINS_SHOWN = 12
#: Offered while typing, so that the usual reason is one choice; any other may be typed.
REASONS = (
    _lazy("Đã đối chiếu giấy chứng nhận và giấy tờ tuỳ thân"),
    _lazy("Cùng số giấy tờ, tên chỉ khác cách viết"),
    _lazy("Cùng tên, cùng năm sinh, cùng thôn"),
    _lazy("Khác năm sinh và khác nơi ở"),
    _lazy("Trưởng thôn xác nhận"),
    _lazy("Cần xem hồ sơ gốc"),
)


@allow(*READERS)
@require_GET
def land_user(request: HttpRequest, pk: int) -> HttpResponse:
    """A land user, what the registry has, what agrees and what does not; the look is logged."""
    user = user_of(request)
    person = visible(user, pk)
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.VIEW,
        subject="land_user",
        subject_id=pk,
        commune_id=person.commune_id,
    )
    return render(request, "matches/land_user.html", _context(request, person))


@allow(*READERS)
@posted_from("land-user")
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with numbers in full; logged with the person's reason where one is given."""
    user = user_of(request)
    person = visible(user, pk)
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.REVEAL,
        subject="land_user",
        subject_id=pk,
        commune_id=person.commune_id,
        reason=request.POST.get("reason", "")[:300],
    )
    return render(request, "matches/land_user.html", _context(request, person, is_revealed=True))


@allow(*DECIDERS)
@posted_from("land-user")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Same, different, unsure, or not in the registry; plots move at once, and the page says how many."""
    user = user_of(request)
    person = visible(user, pk)
    form = MatchForm(request.POST)
    if not form.is_valid():
        return render(request, "matches/land_user.html", _context(request, person, form=form), status=422)
    before = groups_of(user, [pk])
    kind = Decision.Kind(form.cleaned_data["decision"])
    reason = form.cleaned_data["reason"]
    try:
        if kind == Decision.Kind.NOT_IN_REGISTRY:
            decision = matches.decide_not_in_registry(
                person, by=user, reason=reason, seen=form.cleaned_data["seen_all"]
            )
        else:
            match = person.matches.filter(pk=form.cleaned_data["match"] or 0).first()
            if match is None:
                raise matches.EvidenceChanged
            seen, mend = form.cleaned_data["seen"], form.cleaned_data["mend"]
            decision = matches.decide(match, kind, by=user, reason=reason, seen=seen, mend=mend)
    except matches.EvidenceChanged:
        form.add_error(
            None, _("Hồ sơ đã thay đổi từ khi bạn mở trang. Xem lại chứng cứ rồi quyết định; lý do vẫn giữ.")
        )
        return render(request, "matches/land_user.html", _context(request, person, form=form), status=409)
    messages.success(request, moved(before, groups_of(user, [pk])))
    later.tell(request, decision.change_set)
    return redirect("land-user", pk)


def visible(user: User, pk: int) -> LandUser:
    """A land user of the territory."""
    return get_object_or_404(of_territory(user).select_related("merged_into"), pk=pk)


def of_territory(user: User) -> QuerySet[LandUser]:
    """Land users kept in the user's territory, or holding a plot there."""
    ids = user.commune_ids()
    people = LandUser.objects.select_related("commune", "verification")
    if ids is None:
        return people
    holds = Holding.objects.filter(land_user=OuterRef("pk"), commune__in=ids)
    return people.filter(Q(commune__in=ids) | Exists(holds))


def groups_of(user: User, people: Iterable[int]) -> dict[int, int]:
    """How many plots of these land users are in each group."""
    held = Holding.objects.filter(land_user__in=list(people)).values("plot")
    rows = PlotStatus.objects.visible_to(user).filter(plot__in=held).values("group")
    return {row["group"]: row["n"] for row in rows.annotate(n=Count("plot")).order_by("group")}


def moved(before: dict[int, int], after: dict[int, int]) -> str:
    """What a decision did to the groups of plots, in a sentence."""
    freed = after.get(Group.READY, 0) - before.get(Group.READY, 0)
    if freed > 0:
        return ngettext("Đã ghi. %(n)d thửa lên nhóm 1.", "Đã ghi. %(n)d thửa lên nhóm 1.", freed) % {
            "n": freed
        }
    if freed < 0:
        return ngettext("Đã ghi. %(n)d thửa rời nhóm 1.", "Đã ghi. %(n)d thửa rời nhóm 1.", -freed) % {
            "n": -freed
        }
    return _("Đã ghi. Không thửa nào đổi nhóm 1: còn vướng mắc khác.")


def _context(request: HttpRequest, person: LandUser, **more: Any) -> dict[str, Any]:
    user = user_of(request)
    candidates = list(
        person.matches.select_related(
            "resident__commune", "resident__absent_since__file", "decided_by"
        ).best_first()
    )
    raw = request.GET.get("candidate") or request.POST.get("match") or ""
    chosen = next(
        (match for match in candidates if str(match.pk) == raw), candidates[0] if candidates else None
    )
    is_revealed = bool(more.pop("is_revealed", False))
    verification = getattr(person, "verification", None)
    last = Decision.objects.filter(land_user=person).select_related("by", "change_set").first()
    return {
        "person": person,
        "verification": verification,
        "candidates": [evidence.Candidate(match) for match in candidates],
        "chosen": chosen,
        "sentence": evidence.sentence(person, chosen),
        "reopened": reopened.of(person, candidates, chosen),
        "death": reopened.death(verification, candidates),
        "evidence": evidence.lines(chosen, person, is_revealed=is_revealed) if chosen else [],
        "own": evidence.own(person, is_revealed=is_revealed) if chosen is None else [],
        "sum": evidence.Sum.of(chosen) if chosen else None,
        "odds": evidence.Odds.of(chosen, candidates, verification) if chosen else None,
        "rival": evidence.Rival.of(chosen, candidates) if chosen else None,
        "unsettled": evidence.unsettled(person, chosen, candidates) if chosen else [],
        "seen": matches.stamp(chosen) if chosen else "",
        "seen_all": matches.stamp_all(candidates),
        **_plots(user, person),
        "household": _household(person),
        "twins": _twins(user, person),
        "duplicate": _duplicate(user, person),
        "last": last,
        "is_undone": last is not None and last.change_set.state == ChangeSet.State.UNDONE,
        "may_undo": last is not None and last.is_undoable_by(user),
        "may_decide": user.has_role(*DECIDERS) and person.merged_into_id is None,
        "next": _next_item(user, person),
        "reasons": REASONS,
        "mends": evidence.mends(person, chosen, is_revealed=is_revealed) if chosen else [],
        "form": MatchForm(initial={"mend": True}),
        "is_revealed": is_revealed,
        **more,
    }


def _plots(user: User, person: LandUser) -> dict[str, Any]:
    """The land user's plots that wait, the first of them with their reasons, and how many there are."""
    held = Holding.objects.filter(land_user=person).values("plot")
    plots = Plot.objects.visible_to(user).live().filter(pk__in=held).defer("geometry")
    shown = [
        {"plot": plot, "reasons": catalogue.known(plot.status.rules) if hasattr(plot, "status") else []}
        for plot in plots.select_related("commune", "status").order_by("commune", "sheet", "number", "id")[
            :PLOTS_SHOWN
        ]
    ]
    return {"plots": shown, "plots_total": plots.count(), "groups": groups_of(user, [person.pk])}


def _household(person: LandUser) -> list[Holding]:
    """The others on the same certificates, each once."""
    others = (
        Holding.objects.beside(person)
        .select_related("land_user__verification", "certificate")
        .order_by("land_user_id", "id")
    )
    return list({holding.land_user_id: holding for holding in others[:200]}.values())[:12]


def _twins(user: User, person: LandUser) -> list[LandUser]:
    """Other entries of the territory that were found to be the same resident."""
    verification = getattr(person, "verification", None)
    if verification is None or verification.resident_id is None:
        return []
    same = Verification.objects.visible_to(user).filter(resident=verification.resident_id)
    others = same.exclude(land_user=person).select_related("land_user__commune").order_by("land_user")
    return [each.land_user for each in others[:TWINS_SHOWN]]


def _duplicate(user: User, person: LandUser) -> Duplicate | None:
    """Where this entry stands beside others of the same person or number."""
    found = Duplicate.objects.open().visible_to(user).filter(members__contains=[person.pk])
    return found.order_by("-kind", "-strength", "pk").first() if user.may_review else None


def _next_item(user: User, person: LandUser) -> WorkItem | None:
    """The one after this, by impact, the commune at hand first; a round through all who wait."""
    waiting = WorkItem.objects.open().visible_to(user).exclude(land_user=person)
    order = ("commune_id", "-plots", "id")
    this = WorkItem.objects.filter(land_user=person).first()
    if this is None:
        here = waiting.filter(commune=person.commune_id).order_by("-plots", "id").first()
        return here or waiting.order_by("-plots", "id").first()
    later = Q(plots__lt=this.plots) | Q(plots=this.plots, pk__gt=this.pk)
    here = waiting.filter(later, commune=this.commune_id).order_by("-plots", "id").first()
    if here is None and this.commune_id is not None:
        here = waiting.filter(Q(commune__gt=this.commune_id) | Q(commune=None)).order_by(*order).first()
    return here or waiting.order_by(*order).first()
