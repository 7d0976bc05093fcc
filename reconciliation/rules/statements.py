"""Rules as SQL: one statement per kind of subject answers all its rules in one reading of the facts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Func, Q, SmallIntegerField, Value, When

from .base import Facts
from .book import Ruling
from .plot_facts import PlotFacts
from .scope import in_passing

#: Stands for "a plot without attributes" among the numbers of rules.
BARE = 0

Statement = tuple[str, tuple[Any, ...]]


class _Hits(Func):
    """The numbers of the rules whose condition holds, a row each."""

    template = "unnest(array_remove(ARRAY[%(expressions)s]::smallint[], NULL))"
    set_returning = True
    output_field = ArrayField(SmallIntegerField())


def hits(facts: type[Facts], rulings: Iterable[Ruling]) -> Statement:
    """A query of (id of the subject, number of the rule) over the scope; empty rulings give no statement."""
    return _hits(facts, tuple(ruling for ruling in rulings if ruling.rule.subject is facts))


def look(facts: type[Facts], plot_id: int) -> list[Facts]:
    """What the rules see of one plot's subjects, for a page."""
    sql, params = _over(facts, *facts._default_manager.all().query.sql_with_params())
    return list(
        facts._default_manager.raw(f"WITH {in_passing(plot_id)}, {sql.removeprefix('WITH ')}", params)
    )


@lru_cache(maxsize=64)
def _hits(facts: type[Facts], rulings: tuple[Ruling, ...]) -> Statement:
    cases = [Case(When(_condition(ruling), then=Value(ruling.n))) for ruling in rulings]
    if facts is PlotFacts:
        cases.append(Case(When(Q(has_attributes=False), then=Value(BARE))))
    if not cases:
        return "SELECT 0::bigint AS id, 0::smallint AS n WHERE FALSE", ()
    query = facts._default_manager.annotate(n=_Hits(*cases)).values_list("id", "n").query
    return _over(facts, *query.sql_with_params())


def _condition(ruling: Ruling) -> Q:
    condition = ruling.rule.condition(ruling.tolerance)
    if ruling.rule.subject is PlotFacts and not ruling.rule.is_for_bare_plots:
        return condition & Q(has_attributes=True)
    return condition


def _over(facts: type[Facts], sql: str, params: tuple[Any, ...]) -> Statement:
    """The facts' own query goes in as a table; its per cent signs are not ours to fill."""
    return f"WITH facts AS ({facts.query.replace('%', '%%')}) {sql}", tuple(params)
