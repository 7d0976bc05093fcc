"""One land user after the other, edited and matched again as in the page."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from parcels.models import LandUser

from ..matching import refresh
from . import apart, usage

#: Land users edited one after the other, each taken back.
MANY = 200


def measure(seed: int) -> dict[str, Any]:
    """Milliseconds of matching one again: as the database finds it, and with what it reads at hand.

    The same land users twice, in the same order. The year of birth is one later each time, so that evidence
    and results change; the seconds are those of matching and of writing the difference.
    """
    chosen = _chosen(random.Random(seed))
    # A connection makes its tables and plans its statements once.
    refresh(chosen[-1:])
    first, at_hand = (usage.milliseconds(_each(chosen)) for _time in range(2))
    return {"land_users": len(chosen), "first": first, "at_hand": at_hand}


def _chosen(chance: random.Random) -> list[int]:
    people = LandUser.objects.filter(kind=LandUser.Kind.INDIVIDUAL, birth_year__isnull=False)
    ids = list(people.order_by("pk").values_list("pk", flat=True))
    return chance.sample(ids, min(MANY, len(ids)))


def _each(chosen: Sequence[int]) -> list[float]:
    spent = []
    for pk in chosen:
        with apart.taken_back():
            LandUser.objects.filter(pk=pk).update(birth_on=None, birth_year=F("birth_year") + 1)
            started = time.monotonic()
            refresh([pk])
            spent.append(1000 * (time.monotonic() - started))
    return spent
