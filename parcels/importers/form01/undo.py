"""Taking back what a file brought, as far as nothing else stands on it by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from landdb.models import ReceivedFile
from parcels.models import Asset, Certificate, Holding, LandUse, LandUser, Plot, Registration, Scan

_ADDED: dict[str, type[LandUse | Asset | Scan]] = {
    "parcels.landuse": LandUse,
    "parcels.asset": Asset,
    "parcels.scan": Scan,
}


@transaction.atomic
def undo(
    file: ReceivedFile,
    *,
    added: Mapping[str, Sequence[int]] | None = None,
    leaving: Callable[[list[int]], object] | None = None,
) -> dict[str, int]:
    """Delete what the file created; how many of each were deleted, and how many are kept for others' sake.

    `added` is the import's `Outcome.added`. `leaving` is called with the plots that will go, retired by then,
    so that whoever counts plots can count them out.
    """
    counts: dict[str, int] = {}
    for label, ids in (added or {}).items():
        counts[label.removeprefix("parcels.")] = _delete(_ADDED[label].objects.filter(pk__in=ids))
    counts["holdings"] = _delete(Holding.objects.filter(file=file))
    kept = 0
    for name, made, free in _orphans(file):
        if name == "plots" and leaving is not None:
            ids = list(free.values_list("pk", flat=True))
            free.update(state=Plot.State.RETIRED)
            leaving(ids)
        counts[name] = _delete(free)
        kept += made.count()
    return counts | {"kept": kept}


def bears_on(
    file: ReceivedFile, added: Mapping[str, Sequence[int]] | None = None
) -> tuple[set[int], set[int], set[int]]:
    """The land users, plots and certificates that a file brought, or onto which it put something.

    `added` as in `undo`.
    """
    people, plots, papers = (
        set(model._default_manager.filter(file=file).values_list("pk", flat=True))
        for model in (LandUser, Plot, Certificate)
    )
    for land_user, plot, paper in Holding.objects.filter(file=file).values_list(
        "land_user", "plot", "certificate"
    ):
        people.add(land_user)
        plots.add(plot)
        papers.add(paper)
    for label, ids in (added or {}).items():
        model = _ADDED[label]
        parent, told = ("certificate", papers) if model is Scan else ("plot", plots)
        told.update(model._default_manager.filter(pk__in=ids).values_list(parent, flat=True))
    return people - {None}, plots, papers - {None}


def _orphans(file: ReceivedFile) -> list[tuple[str, QuerySet[Any], QuerySet[Any]]]:
    """Name, records that the file made, and those of them that nothing refers to any more."""
    plots = Plot.objects.filter(file=file)
    certificates = Certificate.objects.filter(file=file)
    land_users = LandUser.objects.filter(file=file)
    registered = Registration.objects.filter(plot=OuterRef("pk"))
    return [
        (
            "plots",
            plots,
            plots.filter(
                ~Exists(Holding.objects.filter(plot=OuterRef("pk"))),
                ~Exists(registered),
                geometry__isnull=True,
            ),
        ),
        ("certificates", certificates, certificates.filter(~_is_held("certificate"))),
        (
            "land_users",
            land_users,
            land_users.filter(~_is_held("land_user"), merged_into__isnull=True, merged__isnull=True),
        ),
    ]


def _is_held(column: str) -> Exists:
    return Exists(Holding.objects.filter(**{column: OuterRef("pk")}))


def _delete(records: QuerySet[Any]) -> int:
    """Delete; the number of these records, without what goes along with them."""
    return records.delete()[1].get(records.model._meta.label, 0)
