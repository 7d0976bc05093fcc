"""Whether a waiver still stands: its day, the facts it was given on, and what one person alone may waive."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Any

from django.db import connection

from ..models import Effect, Finding, PlotStatus
from ..rules import book
from ..rules.base import Facts, Rule
from ..rules.book import RuleBook, Ruling
from ..rules.scope import in_passing, over

#: How far down a finding holds its plot: 1 for group 2, 2 for group 3.
WEIGHT = {Effect.NOTE: 0, Effect.SUPPLEMENT: 1, Effect.REBUILD: 2}


def witnesses(ruling: Ruling) -> tuple[str, ...]:
    """The facts on which a waiver of this rule rests: of its condition, its sentence, and its `witness`.

    Left out is what another day alone changes.
    """
    return _witnesses(ruling.rule, ruling.tolerance)


@lru_cache(maxsize=256)
def _witnesses(rule: Rule, tolerance: float) -> tuple[str, ...]:
    rows = rule.subject._default_manager.filter(rule.condition(tolerance)).values_list("pk")
    _select, _where, condition = str(rows.query.sql_with_params()[0]).partition(" WHERE ")
    told = {name for _text, name, _form, _how in Formatter().parse(str(rule.text)) if name}
    looked_at = {*re.findall(r'"facts"\."(\w+)"', condition), *told, *rule.witness} - {*rule.subject.daily}
    return tuple(field.attname for field in rule.subject._meta.fields if field.attname in looked_at)


def facts_of(finding: Finding) -> dict[str, Any] | None:
    """What the rule sees now of the finding's subject; None where the rule no longer runs or sees nothing."""
    ruling = _by_id(book.current()).get(finding.rule)
    if ruling is None:
        return None
    facts = ruling.rule.subject
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {in_passing(finding.plot_id)}, facts AS ({facts.query}) "  # noqa: S608  our own statements
            f"SELECT {_seen(ruling)}::text FROM facts WHERE id = {finding.subject_id:d}"
        )
        row = cursor.fetchone()
    found: dict[str, Any] | None = json.loads(row[0]) if row else None
    return found


def needs_second(finding: Finding) -> bool:
    """Would the plot change its group without this finding? Then a second person has to agree."""
    rulings = _by_id(book.current())
    standing = Finding.objects.open().filter(plot=finding.plot_id).values_list("pk", "rule")
    effects = {pk: rulings[rule].effect for pk, rule in standing if rule in rulings}
    status = PlotStatus.objects.filter(pk=finding.plot_id).first()
    return finding.pk in deciding(effects, bool(status and status.unjudged))


def deciding(effects: Mapping[int, Effect], lacks_sources: bool) -> set[int]:
    """Of open findings (id → effect) the one that alone holds the plot in its group, if there is one."""
    most = max((WEIGHT[effect] for effect in effects.values()), default=0)
    heaviest = {pk for pk, effect in effects.items() if WEIGHT[effect] == most}
    return heaviest if len(heaviest) == 1 and most > int(lacks_sources) else set()


def mark_due(rules: RuleBook, unjudged: str) -> None:
    """Among the findings being judged, mark the waivers whose facts changed or that would lift their plot.

    `unjudged` are the VALUES (commune, bare, rules) of `judge`.
    """
    by_n = {ruling.n: ruling for ruling in rules.rulings}
    plots: dict[type[Facts], set[int]] = defaultdict(set)
    numbers: dict[type[Facts], set[int]] = defaultdict(set)
    alone: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(_WAIVED)
        for n, plot_id, is_alone in cursor.fetchall():
            facts = by_n[n].rule.subject
            plots[facts].add(plot_id)
            numbers[facts].add(n)
            if is_alone:
                alone.add(plot_id)
        for facts, ids in plots.items():
            seen = " ".join(f"WHEN {n} THEN {_seen(by_n[n])}" for n in sorted(numbers[facts]))
            scope = f"p.id = ANY('{{{','.join(map(str, sorted(ids)))}}}'::bigint[])"
            cursor.execute(f"WITH {over(scope)}, facts AS ({facts.query}) " + _CHANGED.format(seen=seen))
        if alone:
            weights = ", ".join(f"({r.n}::smallint, {WEIGHT[r.effect]})" for r in rules.rulings)
            cursor.execute(_ALONE.format(weights=weights, unjudged=unjudged), [sorted(alone)])


def _by_id(rules: RuleBook) -> dict[str, Ruling]:
    return {ruling.rule.id: ruling for ruling in rules.rulings}


def _seen(ruling: Ruling) -> str:
    pairs = ", ".join(f"'{name}', facts.{name}" for name in witnesses(ruling))
    return f"jsonb_build_object({pairs})"


_WAIVED = """
    SELECT DISTINCT f.n, f.plot_id, h.waived_alone
    FROM judging_finding f JOIN reconciliation_finding h ON h.id = f.id
    WHERE f.is_waived AND NOT f.is_due AND f.n >= 0 AND h.waived_facts IS NOT NULL
"""

_CHANGED = """
    UPDATE judging_finding f SET is_due = TRUE
    FROM facts JOIN reconciliation_finding h ON h.subject_id = facts.id
    WHERE h.id = f.id AND f.is_waived AND NOT f.is_due
        AND h.waived_facts <> CASE f.n {seen} END
"""

# Whatever one person alone waived counts for nothing as soon as it would decide the group.
_ALONE = """
    WITH ruling (n, weight) AS (VALUES {weights}),
    unjudged (commune_id, is_bare, rules) AS (VALUES {unjudged}),
    hit AS (
        SELECT s.plot_id, s.commune_id, h.n, h.subject_id, r.weight, f.id,
            COALESCE(f.is_waived AND NOT f.is_due, FALSE) AS is_waived,
            COALESCE(f.is_waived AND NOT f.is_due AND own.waived_alone, FALSE) AS is_alone
        FROM judging_plot s
        JOIN judging_hit h ON h.plot_id = s.plot_id
        LEFT JOIN ruling r ON r.n = h.n
        LEFT JOIN judging_finding f
            ON f.plot_id = h.plot_id AND f.n = h.n AND f.subject_id = h.subject_id
        LEFT JOIN reconciliation_finding own ON own.id = f.id
        WHERE s.plot_id = ANY(%s)
    ),
    rest AS (
        SELECT hit.plot_id, GREATEST(
            COALESCE(max(weight) FILTER (WHERE NOT is_waived), 0),
            max(CASE WHEN cardinality(u.rules) > 0 THEN 1 ELSE 0 END)
        ) AS weight, max(weight) FILTER (WHERE is_alone) AS alone
        FROM hit
        JOIN unjudged u ON u.commune_id = hit.commune_id
            AND u.is_bare = EXISTS (SELECT FROM hit bare WHERE bare.plot_id = hit.plot_id AND bare.n = 0)
        GROUP BY 1
    )
    UPDATE judging_finding f SET is_due = TRUE
    FROM hit JOIN rest ON rest.plot_id = hit.plot_id
    WHERE f.id = hit.id AND hit.is_alone AND hit.weight > rest.weight AND hit.weight = rest.alone
"""
