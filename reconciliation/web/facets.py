"""The lines of a facet, the same on every list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from landdb.models import AdminUnit

from ..filters import address
from ..models import Dimension
from ..models.groups import Group
from ..plot_search import EXACT
from ..rules import catalogue


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a facet: what it says, how many, the address that sets or clears it."""

    key: str
    label: str
    count: int
    is_on: bool
    query: str
    #: Counted up to EXACT only.
    is_capped: bool = False

    @property
    def is_cut(self) -> bool:
        return self.is_capped and self.count > EXACT

    @property
    def shown(self) -> int:
        return EXACT if self.is_cut else self.count


def commune_options(
    communes: Mapping[int, AdminUnit],
    chosen: Collection[int],
    counts: Mapping[int, int],
    base: Mapping[str, list[str]],
) -> list[Option]:
    """Communes that hold something or are chosen: the chosen first, then those that hold most."""
    on = set(chosen)
    found = [
        Option(
            unit.code,
            unit.name,
            counts.get(pk, 0),
            pk in on,
            address(base, commune=[communes[other].code for other in sorted(on ^ {pk})]),
        )
        for pk, unit in communes.items()
        if counts.get(pk) or pk in on
    ]
    return sorted(found, key=lambda option: (not option.is_on, -option.count))


def group_options(
    chosen: Collection[int], counts: Mapping[int, int], base: Mapping[str, list[str]]
) -> list[Option]:
    """The three groups, of which several may be chosen."""
    return [
        Option(
            str(group.value),
            str(group.label),
            counts.get(group.value, 0),
            group.value in chosen,
            address(base, group=[str(each) for each in sorted({*chosen} ^ {group.value})], confirmed=None),
        )
        for group in Group
    ]


def rule_options(rule: str, counts: Mapping[str, int], base: Mapping[str, list[str]]) -> list[Option]:
    """Rules that find something, and the chosen one: that first, then those that find most."""
    return [
        Option(
            each.id,
            str(each.name),
            counts.get(each.id, 0),
            each.id == rule,
            address(base, **({"rule": None, "alone": None} if each.id == rule else {"rule": each.id})),
        )
        for each in sorted(catalogue.RULES, key=lambda each: (each.id != rule, -counts.get(each.id, 0)))
        if counts.get(each.id) or each.id == rule
    ]


def dimension_options(
    dimension: str, rule: str, counts: Mapping[str, int], base: Mapping[str, list[str]]
) -> list[Option]:
    """The four words; one to which the rule does not belong takes the rule away."""
    options = []
    for each in Dimension:
        is_on = each == dimension
        query = address(base, dimension=None if is_on else each.value)
        if rule and catalogue.dimension_of(rule) != each:
            query = address(base, dimension=each.value, rule=None, alone=None)
        options.append(Option(each.value, str(each.label), counts.get(each.value, 0), is_on, query))
    return options


def group_text(group: int) -> str:
    """A chosen group."""
    return _("Nhóm %(group)d") % {"group": group}


def dimension_text(dimension: str) -> str:
    """A chosen dimension."""
    return _("Chiều chất lượng: %(name)s") % {"name": Dimension(dimension).label}


def rule_text(rule: str) -> str:
    """A chosen rule."""
    return str(catalogue.by_id(rule).name) if catalogue.knows(rule) else rule
