"""How far two areas may lie apart."""

from __future__ import annotations

from django.db.models import DecimalField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Abs, Greatest
from django.db.models.lookups import GreaterThan

_AREA = DecimalField(max_digits=20, decimal_places=4)


def beyond(first: str, second: str, *, at_least: float, percent: float, share: float = 1) -> Q:
    """Two facts differ by more than `at_least` (in their unit) and by more than `percent` of the second.

    `share`: by more than this part of either.
    """
    allowed = Greatest(
        Value(at_least * share, output_field=_AREA),
        ExpressionWrapper(F(second) * Value(percent * share / 100, output_field=_AREA), output_field=_AREA),
    )
    apart = ExpressionWrapper(Abs(F(first) - F(second)), output_field=_AREA)
    return Q(GreaterThan(apart, allowed))
