"""The desk: a land record and its candidates in the registry side by side, with all that a word needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from landdb.models import AccessLog, Role, User
from landdb.prepared import Prepared
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.shown_once import shown_once
from landdb.web.signed_in import user_of
from parcels.models import Holding, LandUser, Plot

from ..actions import matches
from ..matching import evidence
from ..models import ChangeSet, Decision, Duplicate, Match, PlotStatus, WorkItem
from ..models.groups import Group
from ..rules import catalogue
from . import correction_answers, desk, desk_evidence, desk_parts, desk_plots, shown
from .desk_forms import HandoverForm, MatchForm, sheets
from .desk_parts import Parts
from .desk_plots import PlotLine
from .land_users import DECIDERS, READERS, groups_of, visible
from .walk import Walk

PLOTS_SHOWN = 50
#: What `_said_of` says of whom nobody decided on.
_UNSAID: dict[str, Any] = {"before": None, "newest": 0}
_OF_PLOT = ("sheet", "number", "commune__short_name", "commune__kind", "status__group", "status__rules",
            "status__confirmed_at")  # fmt: skip
_OF_OTHERS = ("land_user__verification__outcome", "land_user__work_item__state",
              "land_user__work_item__commune")  # fmt: skip
#: Offered while typing; any other may be typed, or none.
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
    """A land user, what the registry has, what agrees and what does not; the look is logged.

    Whoever may decide holds the record from now on, unless somebody else does.
    """
    user = user_of(request)
    person = visible(user, pk)
    desk.give_back(request, user)
    _log(user, AccessLog.Action.VIEW, person)
    return page(request, person)


@allow(*READERS)
@posted_from("land-user")
@shown_once
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with numbers in full; logged with the person's reason where one is given."""
    user = user_of(request)
    person = visible(user, pk)
    _log(user, AccessLog.Action.REVEAL, person, request.POST.get("reason", "")[:300])
    return page(request, person, is_revealed=True)


def page(
    request: HttpRequest,
    person: LandUser,
    *,
    status: int = 200,
    form: MatchForm | None = None,
    sent: HandoverForm | None = None,
    refused: shown.Since | None = None,
    is_revealed: bool = False,
) -> HttpResponse:
    """The desk as it stands: with `form` or `sent` as typed, and what changed where a word was refused."""
    user = user_of(request)
    walk = Walk.of(request, user, person.pk)
    candidates = desk_evidence.candidates_of(person)
    chosen = desk_evidence.chosen_of(request, candidates)
    may_decide = user.has_role(*DECIDERS) and person.merged_into_id is None
    verification = getattr(person, "verification", None)
    parts = desk_parts.of(person.pk, desk_evidence.residents_of(person, candidates))
    household = _household(person, parts)
    told_of = desk_evidence.of(
        person, chosen, candidates, verification, is_revealed=is_revealed, is_decided=parts.is_decided
    )
    context = {
        "person": person,
        "walk": walk,
        "pick_to": f"?{walk.query}&" if walk.query else "?",
        "to": _addresses(walk, person),
        "form": form or MatchForm(initial={"mend": True}),
        "refused": refused,
        "is_revealed": is_revealed,
        "may_decide": may_decide,
        "may_take_over": user.has_role(Role.SENIOR_REVIEWER),
        "sheets": sheets(request.GET.get("sheet", ""), sent, person, candidates) if may_decide else [],
        "sent": sent,
        "reasons": REASONS,
        **told_of,
        **_marks(person, chosen, candidates, may_decide=may_decide),
        **_waiting(walk.item),
        **_holders(user, walk.item, household, may_decide=may_decide),
        **_around(user, person, candidates, parts),
        **desk.opened(user, person),
        **desk.last_of(user, walk),
    }
    context |= desk.said(request, walk, context["last"])
    return render(request, "matches/land_user.html", context, status=status)


def _marks(
    person: LandUser, chosen: Match | None, candidates: list[Match], *, may_decide: bool
) -> dict[str, str]:
    """What a word sends along, so that it counts only for the evidence that the page showed."""
    return {
        "seen": matches.stamp(chosen) if chosen else "",
        "seen_all": matches.stamp_all(candidates),
        "shown": shown.keep(person, chosen, candidates) if may_decide else "",
    }


def _around(user: User, person: LandUser, candidates: list[Match], parts: Parts) -> dict[str, Any]:
    """What stands around the evidence: plots, other entries, the last word, corrections that wait."""
    return {
        **_plots(user, person),
        **_twins(user, person, candidates, parts),
        **(_said_of(user, person) if parts.is_decided else _UNSAID),
        "is_settling": parts.is_settling,
        "duplicate": _duplicate(user, person) if parts.is_duplicate else None,
        "asked": correction_answers.asked_of(user, [person.pk]) if parts.is_asked else (),
    }


def _addresses(walk: Walk, person: LandUser) -> dict[str, str]:
    """Where the forms and the pages beside go, each under the filter."""
    names = ("decide", "hand-on", "reveal", "hold", "take-over", "take-back", "correct", "timeline", "beside")
    found = {name.replace("-", "_"): walk.to(f"land-user-{name}", person.pk) for name in names}
    return found | {"search": walk.to("registry-search", person.pk)}


def _log(user: User, action: AccessLog.Action, person: LandUser, reason: str = "") -> None:
    AccessLog.objects.create(
        user=user,
        action=action,
        subject="land_user",
        subject_id=person.pk,
        commune_id=person.commune_id,
        reason=reason,
    )


def _waiting(item: WorkItem | None) -> dict[str, Any]:
    """How long the work item has waited, and with whom it waits where the desk has handed it on."""
    if item is None or item.state != WorkItem.State.OPEN:
        return {"item": None}
    told: dict[str, Any] = {"item": item, "days": (timezone.now() - item.opened_at).days}
    if item.is_handed_on:
        told |= {"waits": item, "waits_late": item.is_overdue}
        told["why"] = item.waits_told
    return told


def _said_of(user: User, person: LandUser) -> dict[str, Any]:
    """The last thing somebody decided on this person (`newest`: its number, as `matches.last_of` gives it),
    and whether the user may take it back."""
    before = _LAST_WORD.first(land_user=person.pk)
    if before is None:
        return _UNSAID
    is_undone = before.change_set.state == ChangeSet.State.UNDONE
    return {
        "before": before,
        "newest": before.pk,
        "is_undone": is_undone,
        "may_undo": before.is_undoable_by(user),
    }


def _twins(user: User, person: LandUser, candidates: list[Match], parts: Parts) -> dict[str, Any]:
    if not parts.is_found_for_others:
        return desk_evidence.NOT_FOUND_FOR_OTHERS
    return desk_evidence.found_for_others(user, person, candidates)


def _held(land_user: Any, within: Any) -> QuerySet[Plot]:
    """The live plots of a land user in a territory."""
    held = Holding.objects.filter(land_user=land_user).values("plot")
    return Plot.objects.within(within).live().filter(pk__in=held)


def _plots(user: User, person: LandUser) -> dict[str, Any]:
    """The land user's plots, the first of them with their reasons; how many, and in how many communes."""
    within = user.commune_ids()
    first = _FIRST_PLOTS.all(land_user=person.pk, within=within)
    lines = [
        PlotLine(plot, catalogue.known(plot.status.rules) if hasattr(plot, "status") else [])
        for plot in first
    ]
    counted = {"n": len(first), "communes": len({plot.commune_id for plot in first})}
    if len(first) == PLOTS_SHOWN:
        counted = _held(person.pk, within).aggregate(n=Count("pk"), communes=Count("commune", distinct=True))
    statuses = [plot.status for plot in first if hasattr(plot, "status")]
    return {
        "plots_alone": sum(line.is_held_by_person_alone for line in lines),
        "plots": desk_plots.written(lines, names_communes=counted["communes"] > 1),
        "plots_total": counted["n"],
        "communes_total": counted["communes"],
        "groups": groups_of(user, [person.pk]) if len(first) == PLOTS_SHOWN else _groups(statuses),
        "to_waive": next((status.plot_id for status in statuses if status.rules), None),
        "to_rebuild": next((status.plot_id for status in statuses if _is_to_confirm(status)), None),
    }


def _groups(statuses: Iterable[PlotStatus]) -> dict[int, int]:
    """As `groups_of`, of plots that are all at hand."""
    return dict(sorted(Counter(status.group for status in statuses).items()))


def _is_to_confirm(status: PlotStatus) -> bool:
    return status.group == Group.REBUILD and status.confirmed_at is None


def _household(person: LandUser, parts: Parts) -> list[Holding]:
    """The others on the same certificates, each once; read for the evidence too, which names them."""
    if not parts.has_others:
        evidence.know_partners(person, [])
        return []
    others = _OTHERS.all(land_user=person.pk)
    found = list({holding.land_user_id: holding for holding in others}.values())[:12]
    evidence.know_partners(person, (each.land_user.name for each in found if each.land_user))
    return found


def _holders(
    user: User, item: WorkItem | None, household: list[Holding], *, may_decide: bool
) -> dict[str, Any]:
    """The others on the same certificates; the open work of all, where one decision may be about several."""
    others = (getattr(each.land_user, "work_item", None) for each in household)
    within = user.commune_ids()
    found = [
        each.pk
        for each in (item, *others)
        if each is not None
        and each.state == WorkItem.State.OPEN
        and (within is None or each.commune_id in within)
    ]
    return {"household": household, "together": found if may_decide and len(found) > 1 else []}


def _duplicate(user: User, person: LandUser) -> Duplicate | None:
    """Where this entry stands beside others of the same person or number."""
    return _DUPLICATE.first(land_user=person.pk, within=user.commune_ids()) if user.may_review else None


# What every desk asks.
_FIRST_PLOTS = Prepared(
    lambda land_user, within: (
        _held(land_user, within)
        .select_related("commune", "status")
        .order_by("commune", "sheet", "number", "id")
        .only(*_OF_PLOT)[:PLOTS_SHOWN]
    )
)
_OTHERS = Prepared(
    lambda land_user: (
        Holding.objects.beside(land_user)
        .select_related("land_user__verification", "land_user__work_item")
        .only("role", "land_user__name", *_OF_OTHERS)
        .order_by("land_user_id", "id")[:200]
    )
)
_LAST_WORD = Prepared(
    lambda land_user: Decision.objects.filter(land_user=land_user).select_related("by", "change_set")[:1]
)
_DUPLICATE = Prepared(
    lambda land_user, within: (
        Duplicate.objects.open()
        .within(within)
        .filter(members__contains=[land_user])
        .order_by("-kind", "-strength", "pk")[:1]
    )
)
