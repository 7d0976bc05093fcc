"""Land users by what the registry says of them: how many by now, and the list of them.

Numbers come from counters that are kept by difference. The list goes commune by commune, outcome by outcome,
in the order of the land users' ids: a page reads a stretch of one index, however many there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Q, Sum

from landdb.models import User

from ..models import OutcomeCount, Verification
from .weekly import Communes

#: The outcomes in the order in which lists tell them.
OUTCOMES = tuple(Verification.Outcome.values)
#: What a close sums up: all, without organisations, and those that somebody has to look at. "" is of whom the
#: registry had said something else when the close was counted.
SUMS = {
    "all": (*OUTCOMES, ""),
    "asked": tuple(each for each in (*OUTCOMES, "") if each != Verification.Outcome.NOT_APPLICABLE),
    "wrong": tuple(
        each.value
        for each in (
            Verification.Outcome.MISMATCH,
            Verification.Outcome.AMBIGUOUS,
            Verification.Outcome.NOT_FOUND,
            Verification.Outcome.UNVERIFIABLE,
        )
    ),
}


class Place(NamedTuple):
    """Where a page of the list ends."""

    commune: int
    outcome: str
    land_user: int


def by_commune(communes: Communes) -> dict[int, Counter[str]]:
    """Commune → outcome → land users."""
    within = Q() if communes is None else Q(commune__in=communes)
    rows = OutcomeCount.objects.filter(within).values_list("commune", "outcome").order_by()
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for commune, outcome, people in rows.annotate(n=Sum("people")):
        if people:
            found[commune][outcome] = people
    return dict(found)


def together(counted: Mapping[int, Counter[str]]) -> Counter[str]:
    """Outcome → land users of all these communes."""
    return sum(counted.values(), Counter())


def page(
    user: User,
    communes: Sequence[int],
    outcomes: Sequence[str],
    after: Place | None,
    most: int,
    counted: Mapping[int, Counter[str]],
) -> list[Place]:
    """Up to `most` land users that come after one, in the order of these communes and outcomes.

    Where nobody is `counted`, nobody is looked for.
    """
    cells = [(commune, outcome) for commune in communes for outcome in outcomes]
    last = 0
    if after is not None and (after.commune, after.outcome) in cells:
        cells, last = cells[cells.index((after.commune, after.outcome)) :], after.land_user
    found: list[Place] = []
    for commune, outcome in cells:
        if counted.get(commune, Counter())[outcome]:
            people = Verification.objects.visible_to(user).filter(commune=commune, outcome=outcome)
            people = people.filter(land_user__gt=last).order_by("land_user")
            ids = people.values_list("land_user", flat=True)[: most - len(found)]
            found += [Place(commune, outcome, pk) for pk in ids]
        last = 0
        if len(found) >= most:
            break
    return found
