"""Values of facets in an address that say nothing: whoever leaves them out has a wider list than was asked
for, and has to say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Unknown:
    """A facet, and the value in the address that is none of it."""

    facet: str
    value: str


def unknown(query: QueryDict, understood: Mapping[str, Collection[str]]) -> tuple[Unknown, ...]:
    """What an address asks for beside what was `understood` of it: facet → values. Empty ones say nothing."""
    return tuple(
        Unknown(facet, value)
        for facet, values in understood.items()
        for value in dict.fromkeys(query.getlist(facet))
        if value and value not in values
    )


def without(base: Mapping[str, list[str]], left_out: Iterable[Unknown]) -> dict[str, list[str]]:
    """The facets of an address without these values."""
    gone = {(each.facet, each.value) for each in left_out}
    kept = {name: [raw for raw in values if (name, raw) not in gone] for name, values in base.items()}
    return {name: values for name, values in kept.items() if values}
