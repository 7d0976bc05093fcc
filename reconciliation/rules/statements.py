"""Rules as SQL: one statement per kind of subject answers all its rules in one reading of the facts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Case, DecimalField, Field, Func, Q, SmallIntegerField, Value, When

from .base import Facts
from .book import Ruling
from .plot_facts import PlotFacts
from .scope import in_passing

#: Stands for "a plot without attributes" among the numbers of rules.
BARE = 0
#: Added to a rule's number where only a share of its tolerance is reached.
NEARLY = 1_000

Statement = tuple[str, tuple[Any, ...]]
NOTHING: Statement = ("SELECT 0::bigint AS id, 0::smallint AS n WHERE FALSE", ())


class _Hits(Func):
    """The numbers of the rules whose condition holds, a row each."""

    template = "unnest(array_remove(ARRAY[%(expressions)s]::smallint[], NULL))"
    set_returning = True
    output_field = ArrayField(SmallIntegerField())


def hits(facts: type[Facts], rulings: Iterable[Ruling]) -> Statement:
    """A query of (id of the subject, number of the rule) over the scope; empty rulings give no statement."""
    asked = _asked(facts, tuple(ruling for ruling in rulings if ruling.rule.subject is facts))
    return _over(facts, *asked) if asked else NOTHING


def hits_on_rows(facts: type[Facts], rulings: Iterable[Ruling], share: float) -> Statement:
    """The same over rows that were written down: a JSON array of them is the first parameter, left to fill.

    A rule that is reached at a `share` of its tolerance also tells its number + NEARLY.
    """
    asked = _asked(facts, tuple(ruling for ruling in rulings if ruling.rule.subject is facts), share)
    if asked is None:
        return f"SELECT * FROM ({NOTHING[0]}) none WHERE %s::jsonb IS NULL", ()  # noqa: S608  our own text
    columns = ", ".join(f"{field.attname} {_type(field)}" for field in facts._meta.concrete_fields)
    rows = f"SELECT * FROM jsonb_to_recordset(%s::jsonb) AS written ({columns})"  # noqa: S608  our own text
    return f"WITH facts AS ({rows}) {asked[0]}", asked[1]


def look(facts: type[Facts], plot_id: int) -> list[Facts]:
    """What the rules see of one plot's subjects, for a page."""
    sql, params = _over(facts, *facts._default_manager.all().query.sql_with_params())
    return list(
        facts._default_manager.raw(f"WITH {in_passing(plot_id)}, {sql.removeprefix('WITH ')}", params)
    )


def condition(ruling: Ruling) -> Q:
    """When a rule holds, under its tolerance, of the plots that it looks at."""
    return _condition(ruling, ruling.rule.condition(ruling.tolerance))


@lru_cache(maxsize=64)
def _asked(facts: type[Facts], rulings: tuple[Ruling, ...], share: float | None = None) -> Statement | None:
    """The query over a table "facts"; None where there is nothing to ask."""
    cases = [Case(When(condition(ruling), then=Value(ruling.n))) for ruling in rulings]
    for ruling in rulings:
        nearly = None if share is None else ruling.rule.nearly(ruling.tolerance, share)
        if nearly is not None:
            cases.append(Case(When(_condition(ruling, nearly), then=Value(ruling.n + NEARLY))))
    if facts is PlotFacts:
        cases.append(Case(When(Q(has_attributes=False), then=Value(BARE))))
    if not cases:
        return None
    query = facts._default_manager.annotate(n=_Hits(*cases)).values_list("id", "n").query
    sql, params = query.sql_with_params()
    return sql, tuple(params)


def _condition(ruling: Ruling, when: Q) -> Q:
    if ruling.rule.subject is PlotFacts and not ruling.rule.is_for_bare_plots:
        return when & Q(has_attributes=True)
    return when


def _over(facts: type[Facts], sql: str, params: tuple[Any, ...]) -> Statement:
    """The facts' own query goes in as a table; its per cent signs are not ours to fill."""
    return f"WITH facts AS ({facts.query.replace('%', '%%')}) {sql}", tuple(params)


def _type(field: Field[Any, Any]) -> str:
    """The type of a fact's column; decimals keep all their places."""
    return "numeric" if isinstance(field, DecimalField) else str(field.db_type(connection))
