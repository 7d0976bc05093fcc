"""Judge plots again and write what changed: a handful inside a request, a commune inside a job."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from landdb.models import Job

from ..models import ChangeSet, GroupMove
from ..rules import book
from . import marks, plot_facets
from .judge import judge
from .ledger import Occasion, count_confirmed, write

#: Advisory locks of this work; the second key is the commune.
_LOCK = 4_001
#: Nothing is compiled, and the tables of a judgement are measured by a sample a tenth as large as usual: of
#: their columns the planner need know no more than how many rows and values there are.
_PLAIN = "SET LOCAL jit = off; SET LOCAL default_statistics_target = 10"

_STEPS = """
    SELECT commune_id, "group", sum(step)::int FROM (
        SELECT commune_id, "group", 1 AS step FROM judging_verdict
        UNION ALL
        SELECT s.commune_id, s."group", -1 FROM reconciliation_plotstatus s
        JOIN (SELECT plot_id FROM judging_verdict UNION ALL SELECT plot_id FROM judging_gone) seen
            ON seen.plot_id = s.plot_id
    ) steps GROUP BY 1, 2
"""


class Foreseen(NamedTuple):
    """Plot → the group to which the rules lead now, and by how many plots (commune, group) would change."""

    groups: dict[int, int]
    steps: dict[tuple[int, int], int]


@transaction.atomic(savepoint=False)
def refresh(
    plot_ids: Sequence[int],
    *,
    cause: GroupMove.Cause,
    change_set: ChangeSet | None = None,
    change_sets: Mapping[int, ChangeSet] | None = None,
    job: Job | None = None,
    at: dt.datetime | None = None,
) -> Counter[str]:
    """Classify these plots again inside the current transaction; plots that were retired leave the ledger.

    For up to some thousand plots; more are put off with `due.put_off`. The ledger names `change_set` beside
    the moves, of plots in `change_sets` (plot → change set) the one that stands there.

    Counts: plots, opened, closed, reopened, changed, moves.
    """
    ids = sorted(set(plot_ids))
    if not ids:
        return Counter()
    communes = _communes(ids)
    _alone(communes)
    rules = book.current()
    plots = judge(rules, plot_ids=ids)
    done = write(rules, Occasion(cause, at or timezone.now(), change_set, job, change_sets or {}))
    plot_facets.judged()
    marks.judged(communes)
    done["plots"] = plots
    return done


@transaction.atomic(savepoint=False)
def foresee(plot_ids: Collection[int]) -> Foreseen:
    """The judgement that `refresh` would form of these plots; nothing of it is written."""
    ids = sorted(set(plot_ids))
    if not ids:
        return Foreseen({}, {})
    _alone(_communes(ids))
    judge(book.current(), plot_ids=ids)
    with connection.cursor() as cursor:
        cursor.execute('SELECT plot_id, "group" FROM judging_verdict')
        groups = dict(cursor.fetchall())
        cursor.execute(_STEPS)
        return Foreseen(groups, {(commune, group): step for commune, group, step in cursor.fetchall()})


@transaction.atomic
def classify_communes(
    commune_ids: Sequence[int],
    *,
    job: Job | None = None,
    cause: GroupMove.Cause = GroupMove.Cause.RUN,
    at: dt.datetime | None = None,
) -> Counter[str]:
    """Classify all plots of some communes; the same judgement as `refresh`, formed for all at once.

    Counts as `refresh`, and per rule the findings that stand open, under "finding:<rule>".
    """
    _alone(commune_ids)
    rules = book.current()
    plots = judge(rules, commune_ids=commune_ids)
    done = write(rules, Occasion(cause, at or timezone.now(), None, job))
    plot_facets.judged()
    marks.judged_whole(commune_ids, rules.fingerprint, changed=any(done.values()))
    done["plots"] = plots
    return done + _findings(rules)


@transaction.atomic
def confirmed(plot_ids: Sequence[int]) -> None:
    """Plots of group 3 were confirmed, or no longer are: bring the counters of their communes up to that."""
    communes = _communes(sorted(plot_ids))
    _alone(communes)
    count_confirmed(communes)


def classify_commune(commune_id: int, *, job: Job | None = None) -> Counter[str]:
    """Classify all plots of one commune."""
    return classify_communes([commune_id], job=job)


def _communes(ids: list[int]) -> list[int]:
    """The communes in which these plots lie, and those whose ledgers still hold them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT commune_id FROM parcels_plot WHERE id = ANY(%s) "
            "UNION SELECT commune_id FROM reconciliation_plotstatus WHERE plot_id = ANY(%s)",
            [ids, ids],
        )
        return [row[0] for row in cursor.fetchall()]


def _alone(communes: Iterable[int]) -> None:
    """Judge a commune in one transaction at a time: two would open a finding and move a plot twice."""
    _lock("pg_advisory_xact_lock", communes)


def hold_still(communes: Iterable[int]) -> None:
    """Let nobody judge these communes until the transaction ends; others may read them at the same time."""
    _lock("pg_advisory_xact_lock_shared", communes)


def _lock(how: str, communes: Iterable[int]) -> None:
    """One after the other in the order of their ids, as everybody does."""
    locks = "; ".join(f"SELECT {how}({_LOCK}, {commune:d})" for commune in sorted(communes))
    with connection.cursor() as cursor:
        cursor.execute(f"{_PLAIN}; {locks}" if locks else _PLAIN)


def _findings(rules: book.RuleBook) -> Counter[str]:
    names = {ruling.n: ruling.rule.id for ruling in rules.rulings}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.n, count(*) FROM judging_hit h WHERE h.n > 0 AND NOT EXISTS ("
            "SELECT FROM judging_finding f WHERE f.plot_id = h.plot_id AND f.n = h.n "
            "AND f.subject_id = h.subject_id AND f.is_waived AND NOT f.is_due) GROUP BY 1"
        )
        return Counter({f"finding:{names[n]}": count for n, count in cursor.fetchall()})


def hold(communes: Iterable[int]) -> None:
    """Let nobody else judge these communes until the transaction ends, for whoever counts their plots."""
    _alone(communes)
