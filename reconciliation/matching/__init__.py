"""Matching of land users with residents: candidates, comparisons, decision."""

from .refresh import refresh, warm_up

__all__ = ["refresh", "warm_up"]
