"""All that the judgement of one plot rests on, held fast, and the judgement that follows from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from landdb.models import Delivery
from parcels.models import Plot

from ..models import Finding
from ..rules.base import Facts
from ..rules.book import RuleBook, Ruling
from ..rules.catalogue import SUBJECTS
from ..rules.frozen import Heard, Margins, Row, ask, written
from ..rules.scope import TODAY
from ..rules.statements import BARE, look
from . import judge, waivers
from .tables import prepare

#: What counts as close on pages and in traces.
MARGINS = Margins()

#: Facts by kind of subject and id.
Seen = dict[tuple[str, int], Facts]


class Spot(NamedTuple):
    """A rule on one subject."""

    rule: str
    subject: str
    subject_id: int


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that a person has put out of account, until a day or without end."""

    spot: Spot
    until: dt.date | None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A plot with the facts of all its subjects, by kind, on one day."""

    plot_id: int
    commune_id: int
    day: dt.date
    sources: frozenset[str]
    facts: dict[str, list[Row]]
    waivers: tuple[Waiver, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The group that follows; what the rules find, also where it is waived; and what they nearly find.

    `rules` are those that hold the plot back. A close call has the day on which it becomes a finding, or None
    where it lies within a tolerance.
    """

    group: int
    rules: list[str]
    unjudged: list[str]
    findings: list[Spot]
    close: dict[Spot, dt.date | None]


def see(plot_id: int) -> Seen:
    """What the rules see of a plot now."""
    return {(kind.subject, facts.pk): facts for kind in SUBJECTS for facts in look(kind, plot_id)}


@transaction.atomic
def freeze(plot: Plot) -> tuple[Frozen, Seen]:
    """Hold a plot's facts fast as they are; all of one day."""
    seen = see(plot.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {TODAY}")
        day = cursor.fetchone()[0]
    frozen = Frozen(plot.pk, plot.commune_id, day, delivered(plot), rows(seen), _waivers(plot, day))
    return frozen, seen


def delivered(plot: Plot) -> frozenset[str]:
    """The sources delivered for the plot's commune."""
    return frozenset(Delivery.objects.filter(commune=plot.commune_id).values_list("source", flat=True))


def rows(seen: Seen) -> dict[str, list[Row]]:
    """Facts by kind of subject, as rows that JSON keeps."""
    found: dict[str, list[Row]] = {kind.subject.value: [] for kind in SUBJECTS}
    for (subject, _id), facts in sorted(seen.items(), key=lambda item: item[0]):
        found[str(subject)].append(written(facts))
    return found


def hear(facts: dict[str, list[Row]], rulings: tuple[Ruling, ...], margins: Margins) -> dict[str, Heard]:
    """What these rules say of the rows, by kind of subject."""
    return {
        kind.subject.value: ask(kind, rulings, facts[kind.subject.value], margins)
        for kind in SUBJECTS
        if facts.get(kind.subject.value)
    }


def close_calls(heard: dict[str, Heard], book: RuleBook) -> dict[Spot, dt.date | None]:
    """The rules that nearly find something, in the order of the catalogue."""
    names = {ruling.n: ruling.rule.id for ruling in book.rulings}
    close = [
        (n, subject, subject_id, day)
        for subject, said in heard.items()
        for (subject_id, n), day in said.close.items()
    ]
    return {
        Spot(names[n], subject, subject_id): day for n, subject, subject_id, day in sorted(close, key=_key)
    }


@transaction.atomic
def judge_frozen(frozen: Frozen, book: RuleBook, margins: Margins) -> Judgement:
    """What follows from the facts alone, by the conditions and the verdict that judge every plot."""
    heard = hear(frozen.facts, book.judged(set(frozen.sources)), margins)
    hits = [(n, subject, subject_id) for subject, said in heard.items() for subject_id, n in said.hits]
    group, rules, unjudged = _verdict(frozen, book, hits)
    names = {ruling.n: ruling.rule.id for ruling in book.rulings}
    findings = [Spot(names[n], subject, subject_id) for n, subject, subject_id in sorted(hits) if n != BARE]
    return Judgement(group, rules, unjudged, findings, close_calls(heard, book))


def _key(call: tuple[int, str, int, Any]) -> tuple[int, str, int]:
    return call[:3]


def _verdict(
    frozen: Frozen, book: RuleBook, hits: list[tuple[int, str, int]]
) -> tuple[int, list[str], list[str]]:
    """Fill the judging tables with this one plot and let the group follow."""
    numbers = {ruling.rule.id: ruling.n for ruling in book.rulings}
    waived = [
        (numbers[waiver.spot.rule], waiver.spot.subject_id, waiver.until)
        for waiver in frozen.waivers
        if waiver.spot.rule in numbers
    ]
    prepare()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO judging_plot (plot_id, commune_id) VALUES (%s, %s)",
            [frozen.plot_id, frozen.commune_id],
        )
        cursor.execute(
            "INSERT INTO judging_hit (plot_id, n, subject_id) "
            "SELECT %s, * FROM unnest(%s::smallint[], %s::bigint[])",
            [frozen.plot_id, [hit[0] for hit in hits], [hit[2] for hit in hits]],
        )
        cursor.execute(
            "INSERT INTO judging_finding (plot_id, n, subject_id, is_waived, is_due) "
            "SELECT %s, n, subject_id, TRUE, COALESCE(until < %s, FALSE) "
            "FROM unnest(%s::smallint[], %s::bigint[], %s::date[]) AS w (n, subject_id, until)",
            [frozen.plot_id, frozen.day, *([one[place] for one in waived] for place in range(3))],
        )
        judge.verdicts(book, judge.unjudged(book, {frozen.commune_id: set(frozen.sources)}))
        cursor.execute('SELECT "group", rules, unjudged FROM judging_verdict')
        group, rules, unjudged = cursor.fetchone()
    return group, list(rules), list(unjudged)


def _waivers(plot: Plot, day: dt.date) -> tuple[Waiver, ...]:
    """The waivers in force on a day: what they rest on has not changed."""
    standing = Finding.objects.filter(plot=plot, state=Finding.State.WAIVED).select_related("waived_by")
    in_force = standing.filter(Q(waived_until=None) | Q(waived_until__gte=day)).order_by("pk")
    return tuple(
        Waiver(
            Spot(one.rule, one.subject, one.subject_id),
            one.waived_until,
            one.waived_by.full_name if one.waived_by else "",
            one.reason,
        )
        for one in in_force
        if one.waived_facts is None or one.waived_facts == waivers.facts_of(one)
    )
