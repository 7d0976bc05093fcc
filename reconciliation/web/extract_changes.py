"""An extract beside the one before it: what changed, whom it touches, and matching them again."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citizens.models import RegistryExtract, ResidentChange
from landdb import jobs
from landdb.models import AccessLog, AdminUnit, Job, Role, User
from landdb.web.gate import allow
from landdb.web.posted import posted_from
from landdb.web.signed_in import user_of
from parcels.models import LandUser

from ..filters import address
from ..models import ExtractTouch
from . import registry_changes, row_problems
from .registry_changes import Told

#: Who sees what an extract changed; whoever may not open a person's page sees the counts alone.
READERS = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR)
STARTERS = (Role.SENIOR_REVIEWER, Role.ADMINISTRATOR)
PAGE = 50
Kind, Standing = ResidentChange.Kind, ExtractTouch.Standing


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of change: residents, and the touched land users by what the resident is to them."""

    kind: str
    label: str
    residents: int
    touched: int
    by_standing: list[tuple[str, int, str]]
    is_on: bool
    query: str


@dataclass(slots=True)
class PersonLine:
    """A touched land user, and each change with what the changed resident is to them."""

    person: LandUser
    changes: list[tuple[Told, str]] = field(default_factory=list)


@dataclass
class TouchFilter:
    """The touches of an extract in a user's territory, narrowed by kind, standing and commune."""

    user: User
    extract: RegistryExtract
    kind: str
    standing: str
    commune: str

    @classmethod
    def read(cls, user: User, extract: RegistryExtract, query: QueryDict) -> TouchFilter:
        kind, standing, commune = (query.get(name, "") for name in ("kind", "standing", "commune"))
        kind = kind if kind in Kind.values else ""
        return cls(user, extract, kind, standing if standing in Standing.values else "", commune[:5])

    @cached_property
    def communes(self) -> dict[int, AdminUnit]:
        return {unit.pk: unit for unit in self.user.communes().order_by("sort_key")}

    def touches(self, *, but: str = "") -> QuerySet[ExtractTouch]:
        """The touches that fit, with one facet left out of account."""
        found = ExtractTouch.objects.filter(extract=self.extract).visible_to(self.user)
        if self.kind and but != "kind":
            found = found.filter(kind=self.kind)
        if self.standing and but != "kind":
            found = found.filter(standing=self.standing)
        if self.commune and but != "commune":
            found = found.filter(commune__code=self.commune)
        return found

    def land_users(self) -> int:
        return int(self.touches().aggregate(n=Count("land_user", distinct=True))["n"])

    def kinds(self, base: dict[str, list[str]]) -> list[KindLine]:
        """Every kind of change that the extract brought, in their order."""
        residents = self._residents()
        rows = self.touches(but="kind").values_list("kind", "standing").order_by()
        told: dict[str, Counter[str]] = defaultdict(Counter)
        for kind, standing, n in rows.annotate(n=Count("land_user", distinct=True)):
            told[kind][standing] = n
        sums = dict(
            self.touches(but="kind")
            .values_list("kind")
            .annotate(n=Count("land_user", distinct=True))
            .order_by()
        )
        return [
            KindLine(
                kind,
                str(Kind(kind).label),
                residents[kind],
                sums.get(kind, 0),
                [
                    (standing, told[kind][standing], address(base, kind=kind, standing=standing))
                    for standing in Standing.values
                ],
                kind == self.kind,
                address(base, kind=None if kind == self.kind else kind, standing=None),
            )
            for kind in Kind.values
            if residents.get(kind) or sums.get(kind)
        ]

    def commune_options(self, base: dict[str, list[str]]) -> list[dict[str, Any]]:
        rows = self.touches(but="commune").values_list("commune").order_by()
        counts = dict(rows.annotate(n=Count("land_user", distinct=True)))
        return [
            {
                "unit": self.communes[pk],
                "count": n,
                "is_on": self.communes[pk].code == self.commune,
                "query": address(
                    base, commune=None if self.communes[pk].code == self.commune else self.communes[pk].code
                ),
            }
            for pk, n in sorted(counts.items(), key=lambda pair: -pair[1])
            if pk in self.communes
        ]

    def page(self, after: str) -> tuple[list[PersonLine], int | None]:
        """The next land users in the order of their numbers, and where to go on."""
        found = self.touches()
        if after.isdecimal() and len(after) < 19:
            found = found.filter(land_user__gt=int(after))
        ids = list(found.order_by("land_user").values_list("land_user", flat=True).distinct()[: PAGE + 1])
        people = LandUser.objects.select_related("commune", "verification").in_bulk(ids[:PAGE])
        lines = {pk: PersonLine(people[pk]) for pk in ids[:PAGE]}
        of_page = self.touches().filter(land_user__in=lines).select_related("change__resident")
        for touch in of_page.order_by("land_user", "pk"):
            lines[touch.land_user_id].changes.append((_told(touch), str(Standing(touch.standing).label)))
        return list(lines.values()), ids[PAGE - 1] if len(ids) > PAGE else None

    def _residents(self) -> Counter[str]:
        """Changes by kind in the territory; those of the whole province were counted when it came in."""
        if self.user.commune_ids() is None:
            return Counter(self.extract.changes)
        mine = ResidentChange.objects.filter(extract=self.extract).visible_to(self.user)
        return Counter(dict(mine.values_list("kind").annotate(n=Count("pk")).order_by()))


@allow(*READERS)
@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What an extract changed by kind and commune, and the land users whom it touches, a page at a time."""
    user = user_of(request)
    extract = get_object_or_404(RegistryExtract.objects.select_related("file"), pk=pk)
    wanted = TouchFilter.read(user, extract, request.GET)
    base = dict(request.GET.lists())
    context: dict[str, Any] = {
        "extract": extract,
        "before": RegistryExtract.objects.filter(pk__lt=pk).select_related("file").first(),
        "wanted": wanted,
        "kinds": wanted.kinds(base),
        "standings": Standing.labels,
        "communes": wanted.commune_options(base),
        "total": wanted.land_users(),
        "job": Job.objects.filter(kind="rematch", arguments__extract=pk).first(),
        "may_start": user.has_role(*STARTERS),
        "may_see_people": not user.has_role(Role.ADMINISTRATOR),
        "chips": _chips(wanted, base),
    }
    # A row in doubt does not say in whose territory it lies.
    if user.commune_ids() is None:
        cause, names = request.GET.get("cause", ""), context["may_see_people"]
        context |= row_problems.of(extract.file, cause, base, names=names)
    if context["may_see_people"]:
        after = request.GET.get("after", "")
        lines, last = wanted.page(after)
        context |= {
            "lines": lines,
            "older": f"{address(base)}&after={last}" if last else "",
            "first": address(base) if after else "",
        }
        AccessLog.objects.create(user=user, action=AccessLog.Action.VIEW, subject="extract", subject_id=pk)
    return render(request, "extracts/changes.html", context)


@allow(*STARTERS)
@posted_from("extract")
@transaction.atomic
def rematch(request: HttpRequest, pk: int) -> HttpResponse:
    """Match the touched land users again; one such run of an extract at a time."""
    extract = get_object_or_404(RegistryExtract.objects.select_for_update(of=("self",)), pk=pk)
    running = Job.objects.open().filter(kind="rematch", arguments__extract=pk).first()
    if running is not None:
        messages.warning(request, _("Bản trích này đang được đối chiếu lại; hãy chờ nó xong."))
        return redirect("job", running.pk)
    job = jobs.start("rematch", by=user_of(request), extract=extract.pk)
    messages.success(request, _("Đã xếp việc đối chiếu lại. Có thể đóng trang, việc vẫn chạy."))
    return redirect("job", job.pk)


def _told(touch: ExtractTouch) -> Told:
    if touch.change is not None:
        return registry_changes.tell(touch.change)
    return Told(Kind(touch.kind).label, "", _("nhiều người trùng tên hoặc số"))


def _chips(wanted: TouchFilter, base: dict[str, list[str]]) -> list[dict[str, str]]:
    """What is being filtered, each with the address that takes it away."""
    found = []
    if wanted.kind:
        found.append({"text": str(Kind(wanted.kind).label), "query": address(base, kind=None)})
    if wanted.standing:
        found.append({"text": str(Standing(wanted.standing).label), "query": address(base, standing=None)})
    named = [unit.name for unit in wanted.communes.values() if unit.code == wanted.commune]
    return found + [{"text": name, "query": address(base, commune=None)} for name in named]
