"""Matching of land users with residents: candidates, comparisons, decision."""

from .refresh import refresh

__all__ = ["refresh"]
