"""The fit in force: weights, facts and bands, as the last run left them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import asdict
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from citizens.models import Resident
from landdb.models import Job
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
    newest = MatchingFit.objects.values_list("pk", "made_at").first()
    if newest is None:
        return InForce(load(), _count(), {0: _log_odds(targets()[None])})
    kept = _kept(*newest)
    return InForce(kept.weights, kept.facts, _accept(kept))


def implied(fit: MatchingFit, office: int | None, target: float) -> Implied:
    """What a target means for an office (None: all of the province)."""
    curve = fit.curves.get(str(office or bands.ALL)) or fit.curves[bands.ALL]
    return Curve(**curve).implied(target)


def targets() -> dict[int | None, float]:
    """Office → the precision asked for; None for all that have set none."""
    told: dict[int | None, float] = dict(MatchingBand.objects.values_list("office", "target"))
    return {None: load().bands["target"], **told}


class _Kept:
    """A fit as it was read: nothing of it changes afterwards."""

    def __init__(self, fit: MatchingFit) -> None:
        self.weights = Weights.parse(fit.weights)
        self.facts = Facts(fit.residents, fit.places)
        self._fit = fit
        self._scores: dict[tuple[int | None, float], float] = {}

    def score(self, office: int | None, target: float) -> float:
        """From which log-odds an office (None: all of the province) accepts."""
        if (office, target) not in self._scores:
            self._scores[office, target] = implied(self._fit, office, target).score
        return self._scores[office, target]


@lru_cache(maxsize=2)
def _kept(pk: int, made_at: dt.datetime) -> _Kept:
    return _Kept(MatchingFit.objects.get(pk=pk, made_at=made_at))


def _accept(fit: _Kept) -> dict[int, float]:
    asked, offices = targets(), bands.offices()
    of_commune = {
        commune: fit.score(office, asked.get(office, asked[None])) for commune, office in offices.items()
    }
    return {0: fit.score(None, asked[None]), **of_commune}


def _count() -> Facts:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT (commune_id, village_fold)) FROM citizens_resident")
        places = cursor.fetchone()[0]
    return Facts(max(Resident.objects.count(), 1), max(places, 1))


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))
