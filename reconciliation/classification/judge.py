"""Form a judgement in the temporary tables: which plots, what the rules say, which group follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from landdb.bulk import FEW
from landdb.planned import run_planned

from ..models import Dimension, Effect
from ..rules.base import Facts
from ..rules.book import RuleBook, Ruling
from ..rules.catalogue import SUBJECTS
from ..rules.scope import HOLDINGS, PLOTS, TODAY, USES
from ..rules.statements import BARE, Statement, hits
from . import waivers
from .tables import measured, prepare


def judge(book: RuleBook, *, plot_ids: Sequence[int] | None = None, commune_ids: Sequence[int] = ()) -> int:
    """Fill the judging tables for some plots or for whole communes; how many plots are judged.

    Nothing else is written.
    """
    prepare()
    is_few = plot_ids is not None and len(plot_ids) <= FEW
    plots, stretch = _scope(plot_ids, commune_ids, is_few)
    delivered = _delivered()
    _hits(book, delivered, is_few)
    standing = _STANDING.format(rules=_numbers(book), stretch=stretch, today=TODAY)
    _run(standing, into="judging_finding", is_few=is_few)
    if delivered:
        lacking = unjudged(book, delivered)
        waivers.mark_due(book, lacking)
        verdicts(book, lacking)
    return plots


# A status whose plot is live in another commune is taken over there.
_GONE = """
    INSERT INTO judging_gone
    SELECT s.plot_id FROM (
        SELECT s.plot_id FROM reconciliation_plotstatus s
        WHERE {scope} AND NOT EXISTS (SELECT FROM judging_plot j WHERE j.plot_id = s.plot_id)
    ) s
    JOIN parcels_plot p ON p.id = s.plot_id AND p.state <> 'live'
"""

_STANDING = """
    INSERT INTO judging_finding
    SELECT h.id, h.plot_id, COALESCE(r.n, -1), h.subject_id, h.state = 'waived',
        COALESCE(h.state = 'waived' AND h.waived_until < {today}, FALSE)
    FROM (SELECT plot_id FROM judging_plot UNION ALL SELECT plot_id FROM judging_gone) s
    JOIN reconciliation_finding h ON h.plot_id = s.plot_id AND h.state <> 'closed' {stretch}
    LEFT JOIN (VALUES {rules}) r (n, rule) ON r.rule = h.rule
"""

_VERDICTS = """
    INSERT INTO judging_verdict
    WITH ruling (n, rule, effect, dimension) AS MATERIALIZED (VALUES {rulings}),
    unjudged (commune_id, is_bare, rules) AS (VALUES {unjudged}),
    counted AS (
        SELECT h.plot_id, h.n, count(*) AS findings
        FROM judging_hit h
        WHERE h.n <> {bare} AND NOT EXISTS (
            SELECT FROM judging_finding f
            WHERE f.plot_id = h.plot_id AND f.n = h.n AND f.subject_id = h.subject_id
                AND f.is_waived AND NOT f.is_due
        )
        GROUP BY 1, 2
    ),
    per_plot AS (
        SELECT c.plot_id, bool_or(r.effect = 'rebuild') AS is_lost, array_agg(r.rule ORDER BY r.n) AS rules,
            {sums}
        FROM counted c JOIN ruling r ON r.n = c.n
        WHERE r.effect <> 'note'
        GROUP BY 1
    )
    SELECT s.plot_id, s.commune_id,
        CASE WHEN p.is_lost THEN 3 WHEN p.plot_id IS NOT NULL OR cardinality(u.rules) > 0 THEN 2 ELSE 1 END,
        COALESCE(p.rules, '{{}}'), u.rules, {columns}
    FROM judging_plot s
    LEFT JOIN per_plot p ON p.plot_id = s.plot_id
    LEFT JOIN judging_hit bare ON bare.plot_id = s.plot_id AND bare.n = {bare}
    JOIN unjudged u ON u.commune_id = s.commune_id AND u.is_bare = (bare.plot_id IS NOT NULL)
"""


def _run(sql: str, params: Sequence[Any] | None = None, *, into: str, is_few: bool = False) -> int:
    """Of `is_few` plots the statement says the same each time, and is planned once."""
    if is_few:
        return run_planned(sql)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        count = int(cursor.rowcount)
    measured(into, count)
    return count


def _scope(plot_ids: Sequence[int] | None, commune_ids: Sequence[int], is_few: bool) -> tuple[int, str]:
    """Fill the tables of the scope; its plots, and the stretch of their ids on which it lies, as a condition.

    Few plots are looked up one by one, with no word of a stretch.
    """
    if plot_ids is not None:
        live, status, ids = "p.id = ANY(%s)", "s.plot_id = ANY(%s)", list(plot_ids)
    else:
        live, status, ids = "p.commune_id = ANY(%s)", "s.commune_id = ANY(%s)", list(commune_ids)
    plots = PLOTS.format(scope=f"p.state = 'live' AND {live} ORDER BY p.id")
    found = _run(f"INSERT INTO judging_plot {plots}", [ids], into="judging_plot")
    # Where all that were named are there, none has gone.
    if plot_ids is None or found < len(set(plot_ids)):
        _run(_GONE.format(scope=status), [ids], into="judging_gone")
    stretch = "" if is_few else _stretch()
    for into, query in (("judging_holding", HOLDINGS), ("judging_use", USES)):
        _run(f"INSERT INTO {into} {query.format(stretch=stretch)}", into=into, is_few=is_few)
    return found, stretch


def _stretch() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(plot_id), max(plot_id) "
            "FROM (SELECT plot_id FROM judging_plot UNION ALL SELECT plot_id FROM judging_gone) s"
        )
        first, last = cursor.fetchone()
    return f"AND h.plot_id BETWEEN {first:d} AND {last:d}" if first is not None else ""


def _delivered() -> dict[int, set[str]]:
    """The sources delivered for each commune in scope."""
    found: dict[int, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.commune_id, d.source FROM (SELECT DISTINCT commune_id FROM judging_plot) s "
            "LEFT JOIN landdb_delivery d ON d.commune_id = s.commune_id"
        )
        for commune, source in cursor.fetchall():
            found.setdefault(commune, set()).update([source] if source else [])
    return found


def _hits(book: RuleBook, delivered: dict[int, set[str]], is_few: bool) -> None:
    """What the rules say. A rule that lacks its source in a commune says nothing there."""
    judged = {commune: book.judged(sources) for commune, sources in delivered.items()}
    anywhere = {ruling for rulings in judged.values() for ruling in rulings}
    rulings = [ruling for ruling in book.rulings if ruling in anywhere]
    total = 0
    with connection.cursor() as cursor:
        if is_few:
            total += run_planned(*_together(tuple(rulings)))
        for facts in () if is_few else SUBJECTS:
            sql, params = _pairs(facts, rulings)
            cursor.execute(f"INSERT INTO judging_hit {sql}", params)
            total += cursor.rowcount
        for commune, own in judged.items():
            missing = [ruling.n for ruling in rulings if ruling not in own]
            if missing:
                cursor.execute(
                    "DELETE FROM judging_hit h USING judging_plot s "
                    "WHERE s.plot_id = h.plot_id AND s.commune_id = %s AND h.n = ANY(%s)",
                    [commune, missing],
                )
    measured("judging_hit", total)


def _pairs(facts: type[Facts], rulings: Sequence[Ruling]) -> Statement:
    """What the rules on one kind of subject say, plot by plot."""
    sql, params = hits(facts, rulings)
    return (
        f"SELECT pairs.plot_id, hits.n, hits.id FROM ({sql}) hits "  # noqa: S608  our own statements
        f"JOIN ({facts.plots}) pairs ON pairs.id = hits.id",
        params,
    )


@lru_cache(maxsize=32)
def _together(rulings: tuple[Ruling, ...]) -> Statement:
    """What the rules on all kinds of subject say, put in at once."""
    asked = [_pairs(facts, rulings) for facts in SUBJECTS]
    return (
        "INSERT INTO judging_hit " + " UNION ALL ".join(sql for sql, _params in asked),
        tuple(value for _sql, params in asked for value in params),
    )


def unjudged(book: RuleBook, delivered: dict[int, set[str]]) -> str:
    """(commune, bare, rules without their source) of the communes in scope, as VALUES."""
    by_sources: dict[tuple[frozenset[str], bool], list[str]] = defaultdict(list)
    rows = []
    for commune, sources in delivered.items():
        for bare in (False, True):
            key = frozenset(sources), bare
            if key not in by_sources:
                by_sources[key] = book.unjudged(sources, bare=bare)
            listed = ",".join(by_sources[key])
            rows.append(f"({commune}::smallint, {bare}, '{{{listed}}}'::text[])")
    return ", ".join(rows)


def verdicts(book: RuleBook, lacking: str) -> None:
    """The groups that follow from the hits and the standing findings in the judging tables; `unjudged` tells
    what is `lacking`."""
    rulings = ", ".join(
        f"({r.n}::smallint, '{r.rule.id}', '{Effect(r.effect).value}', '{Dimension(r.rule.dimension).value}')"
        for r in book.rulings
    )
    names = [dimension.value for dimension in Dimension]
    sums = ", ".join(f"sum(c.findings) FILTER (WHERE r.dimension = '{name}') AS {name}" for name in names)
    columns = ", ".join(
        f"LEAST(COALESCE(p.{name}, 0), 32000)" for name in ("correct", "sufficient", "clean", "alive")
    )
    sql = _VERDICTS.format(rulings=rulings, unjudged=lacking, sums=sums, columns=columns, bare=BARE)
    _run(sql, into="judging_verdict")


def _numbers(book: RuleBook) -> str:
    """(number, id) of the rules that run; findings of others close."""
    return ", ".join(f"({ruling.n}::smallint, '{ruling.rule.id}')" for ruling in book.rulings)
