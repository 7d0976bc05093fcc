"""Which plots another rule book would move: the standing findings answer, only changed conditions are asked.

A plot's group follows from its status without the changed rules (its base) and from what those say under the
draft. Plots of which no changed rule says anything, now or then, are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from landdb.models import Delivery

from ..models import CommuneJudgement
from ..rules.book import Ruling
from ..rules.catalogue import SUBJECTS
from ..rules.drafts import GROUPS, Difference
from ..rules.scope import HOLDINGS, PLOTS, TODAY, USES
from ..rules.statements import hits
from . import what_if_sql as sql
from .refresh import hold_still
from .tables import measured, prepare

#: A changed rule's word on a plot: the group to which it leads now and then (1: it has no say).
_TABLES = {
    "what_if_word": "plot_id bigint, n smallint, was smallint, will smallint",
    "what_if_look": "plot_id bigint",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of some communes: plots that would move, and how often they had been judged."""

    moves: int
    judgements: int


@transaction.atomic
def what_if(draft_id: int, difference: Difference, commune_ids: Sequence[int]) -> Counted:
    """Write down which plots of some communes would move, in lists and in counts. Nothing else is written.

    The communes must have been classified whole under the rules that are called `now`.
    """
    communes = sorted(commune_ids)
    hold_still(communes)
    times = CommuneJudgement.objects.filter(commune__in=communes).values_list("times", flat=True)
    if not difference.changed:
        return Counted(0, sum(times))
    _prepare()
    lacking = _lacking(difference, communes)
    _standing(difference, communes)
    _unjudged(difference, lacking)
    _asked_anew(difference, lacking)
    return Counted(_write(draft_id, difference, lacking), sum(times))


@dataclass(frozen=True, slots=True)
class _Lacking:
    """Of the changed rules in a commune: those without their source that no longer hold plots back, those
    that come to do so, and those to ask anew that have their source."""

    commune: int
    freed: tuple[Ruling, ...]
    added: tuple[Ruling, ...]
    asked: tuple[Ruling, ...]


def _prepare() -> None:
    prepare()
    with connection.cursor() as cursor:
        for name, columns in _TABLES.items():
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DELETE ROWS")
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608  our own names


def _lacking(difference: Difference, communes: Sequence[int]) -> list[_Lacking]:
    delivered: dict[int, set[str]] = {commune: set() for commune in communes}
    for commune, source in Delivery.objects.filter(commune__in=communes).values_list("commune_id", "source"):
        delivered[commune].add(source)
    found = []
    for commune, sources in delivered.items():
        now, then = (
            {r for r in rules.rulings if r.counts and not sources.issuperset(r.rule.needs)}
            for rules in (difference.now, difference.then)
        )
        ids_now, ids_then = ({r.rule.id for r in rulings} for rulings in (now, then))
        found.append(
            _Lacking(
                commune,
                tuple(r for r in now if r.rule.id not in ids_then),
                tuple(r for r in then if r.rule.id not in ids_now),
                tuple(r for r in difference.asked_anew if sources.issuperset(r.rule.needs)),
            )
        )
    return found


def _standing(difference: Difference, communes: Sequence[int]) -> None:
    """What the standing findings say of the changed rules; those to be asked anew have had their say.

    Findings whose waiver has run out speak again, also of unchanged rules; so do those that one person alone
    waived, which must not decide a group.
    """
    anew = {ruling.rule.id for ruling in difference.asked_anew}
    changed = []
    for n, rule in _numbered(difference):
        was, will = difference.said(rule)
        changed.append((n, rule, was, 1 if rule in anew else will))
    rest = [(r.n, r.rule.id, GROUPS[r.effect], GROUPS[r.effect]) for r in difference.unchanged]
    params = {"communes": list(communes)}
    total = _run(sql.STANDING.format(words=_values(changed), state="open", due=""), params)
    due = f"AND (f.waived_until < {TODAY} OR f.waived_alone)"
    total += _run(sql.STANDING.format(words=_values(changed + rest), state="waived", due=due), params)
    measured("what_if_word", total)


def _unjudged(difference: Difference, lacking: list[_Lacking]) -> None:
    """Rules without their source hold plots back: those that come to do so, and those that no longer do."""
    if here := [one for one in lacking if one.freed]:
        statement = sql.FREED.format(communes=_communes(here), base=sql.BASE)
        _run(statement, _params(difference, here=[one.commune for one in here]))
    for ruling in sorted({r for one in lacking for r in one.added}, key=lambda r: r.n):
        here = [one for one in lacking if ruling in one.added]
        statement = sql.ADDED.format(communes=_communes(here), base=sql.BASE)
        bare = ruling.rule.is_for_bare_plots
        _run(statement, _params(difference, n=ruling.n, bare=bare, here=[one.commune for one in here]))


def _asked_anew(difference: Difference, lacking: list[_Lacking]) -> None:
    """Ask changed conditions of the plots that an answer could move."""
    by_asked: dict[tuple[Ruling, ...], list[_Lacking]] = {}
    for one in lacking:
        if one.asked:
            by_asked.setdefault(one.asked, []).append(one)
    for rulings, here in by_asked.items():
        most = max(GROUPS[ruling.effect] for ruling in rulings)
        _run("DELETE FROM what_if_look")
        statement = sql.LOOK.format(communes=_communes(here), base=sql.BASE)
        params = _params(difference, most=most, here=[one.commune for one in here])
        measured("what_if_look", _run(statement, params))
        _look()
        for facts in SUBJECTS:
            own = [ruling for ruling in rulings if ruling.rule.subject is facts]
            if own:
                query, values = hits(facts, own)
                asked = _run(
                    "INSERT INTO judging_hit SELECT pairs.plot_id, hits.n, hits.id "  # noqa: S608  our own
                    f"FROM ({query}) hits JOIN ({facts.plots}) pairs ON pairs.id = hits.id WHERE hits.n > 0",
                    values,
                )
                measured("judging_hit", asked)
    words = [(r.n, r.rule.id, 1, GROUPS[r.effect]) for r in difference.asked_anew]
    if words:
        said = sql.SAID.format(words=_values(words), today=TODAY)
        measured("what_if_word", _run(said, {"communes": [one.commune for one in lacking]}))


def _look() -> None:
    """Let the facts see those plots alone; the stretch on which they lie is read in the order of an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(plot_id), max(plot_id) FROM what_if_look")
        first, last = cursor.fetchone()
    between = f"BETWEEN {first or 0:d} AND {last or 0:d}"
    own = "p.id IN (SELECT plot_id FROM what_if_look)"
    scope = f"p.state = 'live' AND p.id {between} AND {own} ORDER BY p.id"
    for name, query in (("judging_plot", PLOTS), ("judging_holding", HOLDINGS), ("judging_use", USES)):
        _run(f"DELETE FROM {name}")  # noqa: S608  our own names
        filled = query.format(scope=scope, stretch=f"AND h.plot_id {between}")
        measured(name, _run(f"INSERT INTO {name} {filled}"))


def _write(draft_id: int, difference: Difference, lacking: list[_Lacking]) -> int:
    numbered = _numbered(difference) + [(r.n, r.rule.id) for r in difference.unchanged]
    names = ", ".join(f"({n}::smallint, '{rule}')" for n, rule in numbered)
    statement = sql.WRITE.format(names=names, communes=_communes(lacking), base=sql.BASE)
    with connection.cursor() as cursor:
        cursor.execute(statement, _params(difference, draft=draft_id))
        return int(cursor.fetchone()[0])


def _numbered(difference: Difference) -> list[tuple[int, str]]:
    """(number, id) of the changed rules."""
    both = {r.rule.id: r.n for r in (*difference.now.rulings, *difference.then.rulings)}
    return [(both[rule], rule) for rule in difference.changed]


def _params(difference: Difference, **more: Any) -> dict[str, Any]:
    rebuild = [r.rule.id for r in difference.unchanged if GROUPS[r.effect] == max(GROUPS.values())]
    return {"rebuild": rebuild, "changed": list(difference.changed)} | more


def _values(words: Sequence[tuple[int, str, int, int]]) -> str:
    return ", ".join(
        f"({n}::smallint, '{rule}', {was}::smallint, {will}::smallint)" for n, rule, was, will in words
    )


def _communes(lacking: Sequence[_Lacking]) -> str:
    rows = []
    for one in lacking:
        rules, numbers = ",".join(r.rule.id for r in one.freed), ",".join(str(r.n) for r in one.freed)
        rows.append(f"({one.commune}::smallint, '{{{rules}}}'::text[], '{{{numbers}}}'::smallint[])")
    return ", ".join(rows)


def _run(statement: str, params: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)
