"""The fit in force: weights, facts and bands, as the last run left them."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import NamedTuple

from django.db import connection

from citizens.models import Resident
from landdb.models import Job, RegistrationOffice
from parcels.models import LandUser

from ..models import MatchingBand, MatchingFit
from . import bands
from .bands import Curve, Implied
from .engine import Facts
from .training import Fitted
from .weights import Weights, load

#: A fit is made again once the land users or the residents have become so many more or fewer.
CHANGED = 0.05


class InForce(NamedTuple):
    """What matching goes by: weights, facts, and from which log-odds each commune accepts (0: the others)."""

    weights: Weights
    facts: Facts
    accept: dict[int, float]


def is_due(residents: int) -> bool:
    """No fit yet, one of another version, or of data that has changed since."""
    fit = MatchingFit.objects.first()
    if fit is None or fit.version != load().version:
        return True
    pairs = ((fit.residents, residents), (fit.land_users, LandUser.objects.count()))
    return any(abs(now - then) > CHANGED * max(then, 1) for then, now in pairs)


def keep(fitted: Fitted, facts: Facts, job: Job | None) -> MatchingFit:
    """Put a new fit in force."""
    return MatchingFit.objects.create(
        version=fitted.weights.version,
        job=job,
        land_users=LandUser.objects.count(),
        residents=facts.residents,
        places=facts.places,
        weights=fitted.weights.text,
        curves={office: asdict(curve) for office, curve in fitted.curves.items()},
    )


def in_force() -> InForce:
    """The last fit with the bands of today; before the first run the version as written, and a registry
    counted now."""
    fit = MatchingFit.objects.first()
    if fit is None:
        return InForce(load(), _count(), {0: _log_odds(targets()[None])})
    return InForce(Weights.parse(fit.weights), Facts(fit.residents, fit.places), _accept(fit))


def implied(fit: MatchingFit, office: int | None, target: float) -> Implied:
    """What a target means for an office (None: all of the province)."""
    curve = fit.curves.get(str(office or bands.ALL)) or fit.curves[bands.ALL]
    return Curve(**curve).implied(target)


def targets() -> dict[int | None, float]:
    """Office → the precision asked for; None for all that have set none."""
    told: dict[int | None, float] = dict(MatchingBand.objects.values_list("office", "target"))
    return {None: load().bands["target"], **told}


def _accept(fit: MatchingFit) -> dict[int, float]:
    asked = targets()
    of_office = {
        office: implied(fit, office, asked.get(office, asked[None])).score
        for office in RegistrationOffice.objects.values_list("pk", flat=True)
    }
    of_commune = {commune: of_office[office] for commune, office in bands.offices().items()}
    return {0: implied(fit, None, asked[None]).score, **of_commune}


def _count() -> Facts:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT (commune_id, village_fold)) FROM citizens_resident")
        places = cursor.fetchone()[0]
    return Facts(max(Resident.objects.count(), 1), max(places, 1))


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))
