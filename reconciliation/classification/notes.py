"""How many plots the rules that only note speak of: counters, since no status names such a rule.

Like the tallies they are kept by difference under the lock of the commune, in the transaction that writes the
findings. A rule that has just become a note is counted from its findings, once in each commune.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, OuterRef

from landdb.models import User

from ..models import Finding, NoteCount
from ..rules.book import RuleBook


@dataclass(frozen=True, slots=True)
class Known:
    """The communes of the plots being judged, and the (commune, rule) that have a counter in their reach."""

    communes: set[int]
    pairs: set[tuple[int, str]]


def open_plots(user: User) -> dict[str, dict[int, int]]:
    """Rule → commune → plots with an open note of it, in a user's territory.

    The counters less the plots on which all its findings are waived; those are few and have an index.
    """
    found: dict[str, dict[int, int]] = {}
    counts = NoteCount.objects.visible_to(user).filter(plots__gt=0)
    for rule, commune, plots in counts.values_list("rule", "commune", "plots"):
        found.setdefault(rule, {})[commune] = plots
    still = Finding.objects.open().filter(
        rule=OuterRef("rule"), commune=OuterRef("commune"), plot=OuterRef("plot")
    )
    waived = Finding.objects.visible_to(user).filter(state=Finding.State.WAIVED, rule__in=list(found))
    silent = waived.exclude(Exists(still)).values_list("rule", "commune")
    for rule, commune, plots in silent.annotate(n=Count("plot", distinct=True)).order_by():
        if commune in found[rule]:
            found[rule][commune] -= plots
    return found


def known(book: RuleBook) -> Known:
    """The counters of the communes in scope; those of rules that no longer note are taken away."""
    notes = set(_rules(book))
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        rows = cursor.fetchall()
        own = {commune for commune, is_own, _rule in rows if is_own}
        pairs = {(commune, rule) for commune, _is_own, rule in rows if rule is not None}
        stale = {(commune, rule) for commune, rule in pairs if commune in own and rule not in notes}
        if stale:
            cursor.execute(_FORGET, [list(column) for column in zip(*stale, strict=True)])
    return Known(own, pairs - stale)


def follow(book: RuleBook, counted: Known) -> None:
    """Add the differences that are about to be written; while the statuses still say where plots were."""
    notes = [ruling for ruling in book.rulings if not ruling.counts]
    if not counted.pairs or not notes:
        return
    listed = ", ".join(f"({ruling.n}::smallint, '{ruling.rule.id}')" for ruling in notes)
    with connection.cursor() as cursor:
        cursor.execute(_STEPS.format(notes=listed))


def count_missing(book: RuleBook, counted: Known) -> None:
    """Count what was never counted from the findings, now that they are written."""
    rules = _rules(book)
    wanted = [(own, rule) for own in counted.communes for rule in rules if (own, rule) not in counted.pairs]
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [list(column) for column in zip(*wanted, strict=True)])


def _rules(book: RuleBook) -> list[str]:
    return [ruling.rule.id for ruling in book.rulings if not ruling.counts]


_FORGET = """
    DELETE FROM reconciliation_notecount c USING unnest(%s::smallint[], %s::text[]) AS s (commune_id, rule)
    WHERE c.commune_id = s.commune_id AND c.rule = s.rule
"""

# Also of communes that plots of the scope are about to leave.
_KNOWN = """
    SELECT s.commune_id, bool_or(s.is_own), c.rule FROM (
        SELECT DISTINCT commune_id, TRUE AS is_own FROM judging_plot
        UNION ALL
        SELECT s.commune_id, FALSE FROM judging_gone g JOIN reconciliation_plotstatus s USING (plot_id)
        UNION ALL
        SELECT DISTINCT old_commune, FALSE FROM judging_change WHERE old_commune IS NOT NULL
    ) s
    LEFT JOIN reconciliation_notecount c ON c.commune_id = s.commune_id
    GROUP BY 1, 3
"""

# Only plots whose findings open or close, or that change communes, are looked at. A finding stands in the
# commune of its plot's status.
_STEPS = """
    WITH note (n, rule) AS MATERIALIZED (VALUES {notes}),
    touched AS (
        SELECT d.plot_id, note.n, note.rule FROM judging_difference d JOIN note ON note.n = d.n
        UNION
        SELECT f.plot_id, note.n, note.rule
        FROM judging_difference d JOIN judging_finding f ON f.id = d.finding_id JOIN note ON note.n = f.n
        UNION
        SELECT c.plot_id, note.n, note.rule FROM judging_change c CROSS JOIN note
        WHERE c.old_commune <> c.new_commune
    ),
    steps AS (
        SELECT commune_id, rule, sum(step)::int AS step FROM (
            SELECT s.commune_id, t.rule, -1 AS step
            FROM touched t JOIN reconciliation_plotstatus s ON s.plot_id = t.plot_id
            WHERE EXISTS (SELECT FROM judging_finding f WHERE f.plot_id = t.plot_id AND f.n = t.n)
            UNION ALL
            SELECT j.commune_id, t.rule, 1
            FROM touched t JOIN judging_plot j ON j.plot_id = t.plot_id
            WHERE EXISTS (SELECT FROM judging_hit h WHERE h.plot_id = t.plot_id AND h.n = t.n)
        ) each_plot GROUP BY 1, 2 HAVING sum(step) <> 0 ORDER BY 1, 2
    )
    UPDATE reconciliation_notecount c SET plots = c.plots + s.step
    FROM steps s WHERE c.commune_id = s.commune_id AND c.rule = s.rule
"""

# Each half is answered by an index of its own.
_COUNT = """
    INSERT INTO reconciliation_notecount (commune_id, rule, plots)
    SELECT w.commune_id, w.rule, (
        SELECT count(*) FROM (
            SELECT f.plot_id FROM reconciliation_finding f
            WHERE f.rule = w.rule AND f.commune_id = w.commune_id AND f.state = 'open'
            UNION
            SELECT f.plot_id FROM reconciliation_finding f
            WHERE f.commune_id = w.commune_id AND f.rule = w.rule AND f.state = 'waived'
        ) standing
    )
    FROM unnest(%s::smallint[], %s::text[]) AS w (commune_id, rule)
    ON CONFLICT (commune_id, rule) DO UPDATE SET plots = EXCLUDED.plots
"""
