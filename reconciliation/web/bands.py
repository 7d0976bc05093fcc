"""From which precision on links are made by themselves, office by office, and what that means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from landdb.models import AccessLog, Job, RegistrationOffice, Role, User
from landdb.web.gate import allow
from landdb.web.signed_in import user_of

from ..actions.bands import SUBJECT, set_target
from ..matching import bands as targets
from ..matching import fits
from ..models import MatchingBand, MatchingFit
from .forms import BandForm

VISITORS = (Role.SENIOR_REVIEWER, Role.MANAGER, Role.ADMINISTRATOR)
#: Wrong links are told as so many of this many.
OF = 10_000
#: The surest probability that is named; beyond it stands "more than".
SUREST = 0.9999


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a target means by the last fit: from which probability, how many are settled, how many wrongly."""

    least: float
    settled: float
    wrong: float
    is_lowest: bool

    @classmethod
    def of(cls, fit: MatchingFit, office: int | None, target: float) -> Meaning:
        implied = fits.implied(fit, office, target)
        least = 1 / (1 + math.exp(-implied.score))
        return cls(least, implied.settled, implied.wrong * OF, implied.is_lowest)

    @property
    def named_least(self) -> float:
        return min(round(self.least, 4), SUREST)

    @property
    def is_beyond(self) -> bool:
        return self.least > SUREST


@dataclass(frozen=True, slots=True)
class Row:
    """An office (none: all others) with its target, what it means, and who set it."""

    office: RegistrationOffice | None
    target: float
    band: MatchingBand | None
    meaning: Meaning | None
    may_change: bool

    @property
    def pk(self) -> int:
        return self.office.pk if self.office else 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A target that may be chosen, and what it means."""

    value: str
    target: float
    meaning: Meaning | None
    is_chosen: bool


@allow(*VISITORS)
@require_GET
def bands(request: HttpRequest) -> HttpResponse:
    """Every office of the territory with its target now."""
    return render(request, "bands/bands.html", _context(user_of(request)))


@allow(*VISITORS)
@require_http_methods(["GET", "POST"])
def band(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with the targets that an office (0: all others) may choose; an administrator saves."""
    user = user_of(request)
    context = _context(user)
    row = next((row for row in context["rows"] if row.pk == pk), None)
    if row is None:
        raise Http404
    if request.method == "POST" and not row.may_change:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = BandForm(posted, may_follow=pk != 0, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        if set_target(row.office, form.wanted, by=user):
            messages.success(request, _("Đã lưu. Ngưỡng mới có hiệu lực từ lần đối chiếu toàn tỉnh tới."))
        else:
            messages.info(request, _("Ngưỡng vẫn như trước, không có gì thay đổi."))
        return redirect("bands")
    chosen = form["target"].value()
    context |= {"row": row, "form": form, "choices": _choices(row, context["fit"], chosen)}
    context["is_typed"] = chosen == BandForm.TYPED
    return render(request, "bands/bands.html", context, status=422 if form.errors else 200)


def _context(user: User) -> dict[str, Any]:
    fit = MatchingFit.objects.first()
    return {
        "rows": _rows(user, fit),
        "fit": fit,
        "is_pending": _is_pending(),
        "may_start": user.has_role(Role.ADMINISTRATOR),
    }


def _rows(user: User, fit: MatchingFit | None) -> list[Row]:
    asked = fits.targets()
    kept = {band.office_id: band for band in MatchingBand.objects.select_related("set_by")}
    rows = []
    for office in (None, *_offices(user)):
        pk = office.pk if office else None
        target = asked.get(pk, asked[None])
        meaning = Meaning.of(fit, pk, target) if fit else None
        rows.append(Row(office, target, kept.get(pk), meaning, _may_change(user, office)))
    return rows


def _offices(user: User) -> QuerySet[RegistrationOffice]:
    """The offices that serve the user's territory."""
    ids = user.commune_ids()
    offices = RegistrationOffice.objects.all()
    return offices if ids is None else offices.filter(communes__in=ids).distinct()


def _may_change(user: User, office: RegistrationOffice | None) -> bool:
    """An administrator, where all that the target is for lies in the territory."""
    if not user.has_role(Role.ADMINISTRATOR):
        return False
    return user.commune_ids() is None or (office is not None and office.pk == user.office_id)


def _initial(row: Row) -> dict[str, Any]:
    if row.band is None and row.office:
        return {"target": BandForm.COMMON}
    if row.target in targets.TARGETS:
        return {"target": str(row.target)}
    return {"target": BandForm.TYPED, "typed": round(row.target * 100, 2)}


def _choices(row: Row, fit: MatchingFit | None, chosen: str) -> list[Choice]:
    pk = row.office.pk if row.office else None
    offered = [(str(target), target) for target in targets.TARGETS]
    if row.office:
        offered.insert(0, (BandForm.COMMON, fits.targets()[None]))
    return [
        Choice(value, target, Meaning.of(fit, pk, target) if fit else None, value == chosen)
        for value, target in offered
    ]


def _is_pending() -> bool:
    """Whether a target was changed after the last whole run had started."""
    changed = AccessLog.objects.filter(subject=SUBJECT).first()
    ran = Job.objects.filter(kind="reconcile", state=Job.State.DONE).first()
    if changed is None:
        return False
    return ran is None or ran.started_at is None or changed.at > ran.started_at
