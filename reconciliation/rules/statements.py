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

#: Stands for "a plot without attributes" among the numbers of rules.
BARE = 0

Statement = tuple[str, tuple[Any, ...]]

#: The holdings on the plots in scope. Those of a certificate that was exchanged or withdrawn no longer stand.
HOLDINGS = """
    SELECT h.id, h.plot_id, h.certificate_id, h.land_user_id,
        h.certificate_id IS NULL OR c.state = 'valid' AS is_standing,
        COALESCE(c.state = 'valid', FALSE) AS is_valid, COALESCE(c.serial <> '', FALSE) AS has_serial,
        h.legal_form = 'co_users' AS is_in_shares
    FROM judging_plot s
    JOIN parcels_holding h ON h.plot_id = s.plot_id
    LEFT JOIN parcels_certificate c ON c.id = h.certificate_id
"""


class _Hits(Func):
    """The numbers of the rules whose condition holds, a row each."""

    template = "unnest(array_remove(ARRAY[%(expressions)s]::smallint[], NULL))"
    set_returning = True
    output_field = ArrayField(SmallIntegerField())


def hits(facts: type[Facts], rulings: Iterable[Ruling]) -> Statement:
    """A query of (id of the subject, number of the rule) over the scope; empty rulings give no statement."""
    return _hits(facts, tuple(ruling for ruling in rulings if ruling.rule.subject is facts))


def look(facts: type[Facts], plot_id: int) -> list[Facts]:
    """What the rules see of one plot's subjects, for a page; it needs no judging tables."""
    sql, params = _over(facts, *facts._default_manager.all().query.sql_with_params())
    scope = (
        "WITH judging_plot AS (SELECT id AS plot_id, commune_id FROM parcels_plot WHERE id = %s), "  # noqa: S608
        f"judging_holding AS ({HOLDINGS}), "
    )
    return list(facts._default_manager.raw(scope + sql.removeprefix("WITH "), (plot_id, *params)))


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
