"""The page of a plot: why it is in its group, what is known of it, its neighbours, its history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from landdb.models import AccessLog, Role
from landdb.web.gate import allow
from landdb.web.shell import roles_of
from landdb.web.signed_in import user_of
from parcels.models import Holding, LandUser, Plot

from ..actions import consents, findings
from ..actions.changes import WrongState
from ..classification import explain, waivers
from ..models import ChangeSet, Consent, Finding, OutsideOpinion, Verification
from ..models.groups import Group
from ..models.opinions import causes_of
from . import asked, later, later_day
from .forms import AnswerForm, WaiverForm
from .land_users import READERS as PEOPLE_READERS
from .plot_history import history
from .plot_map import plot_map
from .plot_overlaps import overlapping
from .plot_shared import shared
from .queue import READERS

#: Who writes receipts, reads cards and takes scans in.
PAPER_TAKERS = (Role.COMMUNE_OFFICIAL, Role.REVIEWER, Role.SENIOR_REVIEWER)


@allow(*READERS, Role.POLICE_LIAISON)
@require_GET
def plot(request: HttpRequest, pk: int) -> HttpResponse:
    """One plot of the territory; the look is logged."""
    user = user_of(request)
    found = get_object_or_404(
        Plot.objects.visible_to(user).select_related("commune", "status__confirmed_by", "file"), pk=pk
    )
    AccessLog.objects.create(
        user=user,
        action=AccessLog.Action.VIEW,
        subject="plot",
        subject_id=found.pk,
        commune_id=found.commune_id,
    )
    return render(request, "plots/plot.html", _context(request, found))


def _context(request: HttpRequest, found: Plot, **forms: Any) -> dict[str, Any]:
    user = user_of(request)
    holdings = _each_once(
        found.holdings.select_related("land_user__verification", "certificate")
        .prefetch_related("certificate__scans")
        .order_by("certificate_id", "id")
    )
    certificates = {h.certificate_id: h.certificate for h in holdings if h.certificate is not None}
    status = getattr(found, "status", None)
    waiting = [holding.land_user for holding in holdings if _waits(holding.land_user)]
    why = explain.why(found)
    land_uses = list(found.land_uses.order_by("line"))
    return {
        "plot": found,
        "status": status,
        "group_words": _("Nhóm %(group)d: %(words)s")
        % {"group": status.group, "words": Group(status.group).label}
        if status
        else "",
        "judge": waiting[0] if waiting and user.may_review else None,
        "why": why,
        "holdings": holdings,
        "certificates": list(certificates.values()),
        "land_uses": land_uses,
        "land_use_total": sum(use.area for use in land_uses if use.area is not None),
        "registrations": list(found.registrations.order_by("-registered_on", "-id")),
        "assets": list(found.assets.order_by("id")),
        "map": plot_map(found, user),
        "overlaps": overlapping(found, user),
        "shared": shared(found, why.fired, user),
        **_opinion(found),
        "history": history(found, user),
        "consents": asked.asked(findings.waiting_for(found.findings.all())),
        "may_review": user.may_review,
        "may_see_people": user.has_role(*PEOPLE_READERS),
        "may_take_papers": user.has_role(*PAPER_TAKERS),
        "may_see_scans": user.has_role(*PAPER_TAKERS, Role.AUDITOR),
        "may_see_drafts": user.role in roles_of("rule-drafts"),
        "is_senior": user.has_role(Role.SENIOR_REVIEWER),
        "is_due": found.due.exists(),
        "today": timezone.localdate(),
        "last_waived_day": later_day.last_day(),
        "deciding": waivers.deciding({one.finding.pk: one.effect for one in why.open}, bool(why.unjudged)),
        **forms,
    }


def _opinion(found: Plot) -> dict[str, Any]:
    """What MPLIS says of the plot, where its table was taken in."""
    opinion = OutsideOpinion.objects.select_related("file").filter(pk=found.pk).first()
    return {"opinion": opinion, "opinion_causes": causes_of(opinion) if opinion else []}


def _each_once(holdings: Iterable[Holding]) -> list[Holding]:
    """Rows that say the same, as after entries of one person were merged, are shown as one."""
    told = ("certificate_id", "land_user_id", "legal_form", "role", "certificate_sheet", "certificate_plot",
            "current_user_name", "change_reason")  # fmt: skip
    first: dict[tuple[Any, ...], Holding] = {}
    for holding in holdings:
        first.setdefault(tuple(getattr(holding, name) for name in told), holding)
    return list(first.values())


def _waits(person: LandUser | None) -> bool:
    """Does a land user wait for somebody's judgement?"""
    verification = getattr(person, "verification", None)
    return verification is not None and verification.outcome in (
        Verification.Outcome.AMBIGUOUS,
        Verification.Outcome.MISMATCH,
    )


@allow(Role.REVIEWER, Role.SENIOR_REVIEWER)
@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to leave a finding out of account; a senior reviewer has to agree."""
    user = user_of(request)
    finding = get_object_or_404(Finding.objects.open().visible_to(user), pk=pk)
    form = WaiverForm(request.POST)
    if not form.is_valid():
        found = get_object_or_404(
            Plot.objects.visible_to(user).select_related("commune", "status__confirmed_by", "file"),
            pk=finding.plot_id,
        )
        context = _context(request, found, waiver=form, waiver_of=finding)
        return render(request, "plots/plot.html", context, status=422)
    try:
        decision = findings.ask_waiver(
            finding, by=user, reason=form.cleaned_data["reason"], until=form.cleaned_data["until"]
        )
        if decision.change_set.state == ChangeSet.State.PLANNED:
            messages.success(request, _("Đã gửi đề nghị bỏ qua; chờ một soát xét chính khác đồng ý."))
        else:
            messages.success(request, _("Đã bỏ qua; nhóm của thửa không đổi nên không cần người thứ hai."))
    except WrongState:
        messages.error(request, _("Vướng mắc này đã có người đề nghị bỏ qua."))
    return redirect("plot", finding.plot_id)


@allow(Role.SENIOR_REVIEWER)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's yes or no to what another asked for."""
    user = user_of(request)
    consent = get_object_or_404(Consent.objects.select_related("change_set"), pk=pk)
    change = consent.change_set.changes.filter(model=Finding._meta.label_lower).first()
    finding = get_object_or_404(Finding.objects.visible_to(user), pk=change.record_id if change else 0)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            consents.answer(
                consent,
                by=user,
                is_yes=form.cleaned_data["word"] == "yes",
                reason=form.cleaned_data["reason"],
            )
            finding.refresh_from_db()
            if form.cleaned_data["word"] == "yes" and finding.state != Finding.State.WAIVED:
                messages.warning(request, _("Dữ liệu đã đổi từ khi đề nghị, nên vướng mắc vẫn được tính."))
            else:
                messages.success(request, _("Đã ghi ý kiến."))
            later.tell(request, consent.change_set)
        except consents.SamePerson:
            messages.error(request, _("Người đề nghị không thể tự đồng ý."))
        except WrongState:
            messages.error(request, _("Đề nghị này đã có người trả lời."))
    return redirect("plot", finding.plot_id)
