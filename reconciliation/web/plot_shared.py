"""With which other records a plot shares what a rule across records finds, for its page.

The rules only say that there is another. Which ones is asked when the page is shown, each by an index, as the
facts of the rules ask it. A record outside the reader's territory is told by its commune alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest, Least
from django.urls import reverse

from landdb.models import AdminUnit, User
from parcels.models import Certificate, Holding, LandUser, Plot

from ..classification.explain import WhyFinding
from ..models import Finding, PairWord, Verification
from .land_users import READERS as PEOPLE_READERS
from .land_users import of_territory

#: Others that are shown of one finding, and findings of one plot for which they are looked up.
MOST = 20


@dataclass(frozen=True, slots=True)
class Other:
    """Another record: name and page where the reader may see it; its commune where that is another."""

    name: str
    href: str
    commune: AdminUnit | None
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """The others of one finding; `has_more` where not all are shown."""

    others: list[Other]
    has_more: bool


def shared(plot: Plot, found: Iterable[WhyFinding], user: User) -> dict[int, Shared]:
    """Finding → the others, for the findings of rules across records."""
    asked = [one.finding for one in found if one.rule.id in _OTHERS]
    told = {one.pk: _cut(_OTHERS[one.rule](plot, one, user)) for one in asked[:MOST]}
    return told | {one.pk: Shared([], True) for one in asked[MOST:]}


def _cut(others: list[Other]) -> Shared:
    """What the reader may open comes first."""
    shown = sorted(others[:MOST], key=lambda one: not one.is_visible)
    return Shared(shown, len(others) > MOST)


# ---- which they are; in no order, so that the index of what is shared answers, however many share it ----


def _same_place(plot: Plot, _finding: Finding, user: User) -> list[Other]:
    same = Plot.objects.live().filter(commune=plot.commune_id, sheet=plot.sheet, number=plot.number)
    return _plots(same.exclude(pk=plot.pk), plot, user)


def _same_code(plot: Plot, _finding: Finding, user: User) -> list[Other]:
    return _plots(Plot.objects.live().filter(code=plot.code).exclude(Q(code="") | Q(pk=plot.pk)), plot, user)


def _retired(plot: Plot, finding: Finding, user: User) -> list[Other]:
    held = Holding.objects.filter(certificate=finding.subject_id).values("plot")
    return _plots(Plot.objects.filter(pk__in=held, state=Plot.State.RETIRED), plot, user)


def _same_number(plot: Plot, finding: Finding, user: User) -> list[Other]:
    own = LandUser.objects.filter(pk=finding.subject_id).exclude(id_number="").first()
    if own is None:
        return []
    same = LandUser.objects.live().filter(id_number=own.id_number).exclude(id_number="")
    return _people(same.exclude(pk=own.pk).exclude(name_fold=own.name_fold), plot, user)


def _same_resident(plot: Plot, finding: Finding, user: User) -> list[Other]:
    own = Verification.objects.filter(pk=finding.subject_id, resident__isnull=False).first()
    if own is None:
        return []
    apart = PairWord.objects.filter(
        state="apart",
        first=Least(OuterRef("land_user"), Value(finding.subject_id)),
        second=Greatest(OuterRef("land_user"), Value(finding.subject_id)),
    )
    doubles = Verification.objects.filter(resident=own.resident_id).exclude(pk=own.pk).exclude(Exists(apart))
    return _people(LandUser.objects.filter(pk__in=doubles.values("land_user")), plot, user)


def _same_serial(plot: Plot, finding: Finding, user: User) -> list[Other]:
    own = Certificate.objects.filter(pk=finding.subject_id).exclude(serial="").first()
    if own is None:
        return []
    same = Certificate.objects.filter(serial=own.serial).exclude(serial="").exclude(pk=own.pk)
    return _papers(same, plot, user)


def _rivals(plot: Plot, _finding: Finding, user: User) -> list[Other]:
    """The valid certificates of the plot, each with whom it names."""
    held = Holding.objects.filter(plot=plot, land_user__isnull=False)
    own = Certificate.objects.filter(pk__in=held.values("certificate"), state=Certificate.State.VALID)
    names: dict[int | None, list[str]] = {}
    for certificate, name in held.order_by("id").values_list("certificate", "land_user__name")[:100]:
        if name not in (known := names.setdefault(certificate, [])):
            known.append(name)
    return _papers(own, plot, user, {pk: ", ".join(known[:3]) for pk, known in names.items() if pk})


_OTHERS: dict[str, Callable[[Plot, Finding, User], list[Other]]] = {
    "plot_duplicated": _same_place,
    "plot_code_shared": _same_code,
    "retired_plot_in_use": _retired,
    "id_number_shared": _same_number,
    "holder_duplicated": _same_resident,
    "serial_shared": _same_serial,
    "certificates_conflict": _rivals,
}


# ---- how they are told ----


def _plots(found: QuerySet[Plot], plot: Plot, user: User) -> list[Other]:
    ids = user.commune_ids()
    some = found.select_related("commune").defer("geometry")[: MOST + 1]
    return [
        _told(one.long_number, "plot", one.pk, one.commune, plot, user, ids is None or one.commune_id in ids)
        for one in some
    ]


def _people(found: QuerySet[LandUser], plot: Plot, user: User) -> list[Other]:
    some = list(found.select_related("commune")[: MOST + 1])
    seen = set(of_territory(user).filter(pk__in=[one.pk for one in some]).values_list("pk", flat=True))
    return [_told(one.name, "land-user", one.pk, one.commune, plot, user, one.pk in seen) for one in some]


def _papers(
    found: QuerySet[Certificate], plot: Plot, user: User, names: dict[int, str] | None = None
) -> list[Other]:
    """Certificates with whom they name, or with the plots of the territory on which they stand."""
    ids = user.commune_ids()
    some = list(found.select_related("commune")[: MOST + 1])
    on = _stand_on(some, user) if names is None else names
    return [
        _told(
            f"{one} ({on[one.pk]})" if on.get(one.pk) else str(one),
            "certificate-timeline",
            one.pk,
            one.commune,
            plot,
            user,
            ids is None or one.commune_id in ids,
        )
        for one in some
    ]


def _stand_on(papers: list[Certificate], user: User) -> dict[int, str]:
    """Certificate → its plots, three at most."""
    held = Holding.objects.visible_to(user).filter(certificate__in=papers).select_related("plot")
    names: dict[int, list[str]] = {}
    for holding in held.defer("plot__geometry")[:100]:
        known = names.setdefault(holding.certificate_id or 0, [])
        if len(known) < 3 and (name := holding.plot.long_number) not in known:
            known.append(name)
    return {pk: "; ".join(known) for pk, known in names.items()}


def _told(
    name: str, page: str, pk: int, commune: AdminUnit | None, plot: Plot, user: User, is_visible: bool
) -> Other:
    elsewhere = commune if commune is None or commune.pk != plot.commune_id else None
    if not is_visible:
        return Other("", "", commune, False)
    may_open = page != "land-user" or user.has_role(*PEOPLE_READERS)
    return Other(name, reverse(page, args=[pk]) if may_open else "", elsewhere, True)
