"""Plots into groups: judge what is in scope, and write only what changed."""

from .counts import count_opinions
from .refresh import Foreseen, classify_commune, classify_communes, confirmed, foresee, hold, refresh
from .scope import plots_of_certificates, plots_of_land_users, plots_of_numbers, plots_sharing
from .what_if import what_if

__all__ = [
    "Foreseen",
    "classify_commune",
    "classify_communes",
    "confirmed",
    "count_opinions",
    "foresee",
    "hold",
    "plots_of_certificates",
    "plots_of_land_users",
    "plots_of_numbers",
    "plots_sharing",
    "refresh",
    "what_if",
]
