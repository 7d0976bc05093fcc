"""What it is that a single rule keeps a plot out of group 1: said in SQL, and of statuses."""

from __future__ import annotations

from django.db.models import Q

from ..rules import catalogue

#: Rules whose plots most others have not looked at: nobody knows whether they are the only reason.
HIDING = tuple(rule.id for rule in catalogue.RULES if rule.hides_others)

#: Of a `PlotStatus`.
ALONE = Q(rules__len=1, unjudged=[]) & ~Q(rules__0__in=HIDING)


def is_alone(row: str) -> str:
    """The same of a row of the judging tables or a status, by its name; never NULL."""
    hiding = ", ".join(f"'{rule}'" for rule in HIDING)
    return (
        f"COALESCE(cardinality({row}.rules) = 1 AND {row}.unjudged = '{{}}' "
        f"AND {row}.rules[1] NOT IN ({hiding}), FALSE)"
    )
