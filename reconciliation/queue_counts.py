"""How many plots each facet of the queue holds: from the kept counters, one statement for all of a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import connection

from landdb.models import User

from .classification.alone import ALONE
from .models import PlotStatus, Tally
from .queue_values import ALL, Under


class Question(NamedTuple):
    """Plots by a facet (`by`: group, commune_id, rule or dimension), in some groups and communes or in all.

    `is_alone`: those that nothing but the rule holds back; `unconfirmed`: those that nobody has confirmed.
    """

    by: str
    groups: tuple[int, ...] = ()
    communes: tuple[int, ...] = ()
    under: Under = ALL
    is_alone: bool = False
    unconfirmed: bool = False


# Plain SQL: Django would take longer to write these five than the database to answer them.
_PART = 'SELECT {n}, "{by}"::text, {plots} FROM {kept} WHERE {where} GROUP BY "{by}"'
_UNCONFIRMED = "sum(plots) FILTER (WHERE rule = '') - COALESCE(sum(plots) FILTER (WHERE rule <> ''), 0)"


def counted(user: User, questions: Iterable[Question]) -> dict[Question, dict[Any, int]]:
    """The answers, within the user's territory: by each value of the facet."""
    asked = list(questions)
    answers: dict[Question, dict[Any, int]] = {question: {} for question in asked}
    parts: list[str] = []
    told: list[Any] = []
    for n, question in enumerate(asked):
        part, values = _part(n, question, user)
        parts.append(part)
        told += values
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), told)
        for n, key, plots in cursor.fetchall():
            by = asked[n].by
            answers[asked[n]][int(key) if by in ("group", "commune_id") else key] = plots
    return answers


def _part(n: int, question: Question, user: User) -> tuple[str, list[Any]]:
    """One question, and what stands in its places."""
    by, groups, communes, under, is_alone, unconfirmed = question
    counter, kept = "alone" if is_alone else "plots", "reconciliation_tally"
    plots, where = f"sum({counter})", "rule = %s"
    told: list[Any] = [under.rule]
    if by == "dimension" or under.dimension:
        counter, kept, plots = "plots", "reconciliation_dimensioncount", "sum(plots)"
        where, told = ("dimension = %s", [under.dimension]) if under.dimension else ("true", [])
    elif by == "rule":
        where, told = "rule <> ''", []
    elif by == "commune_id" and unconfirmed and not under.rule:
        where, told, plots = "rule = ANY (%s)", [["", Tally.CONFIRMED]], _UNCONFIRMED
    where += f" AND {counter} > 0"
    within = (("commune_id", user.commune_ids()), ("commune_id", communes or None), ("group", groups or None))
    for column, chosen in within:
        if chosen is not None:
            where += f' AND "{column}" = ANY (%s)'
            told.append(list(chosen))
    return _PART.format(n=n, by=by, plots=plots, kept=kept, where=where), told


def counted_among(user: User, plots: Collection[int], asked: Question) -> dict[Any, int]:
    """The answer for some plots, whom no counter knows: one by one."""
    statuses = PlotStatus.objects.visible_to(user).filter(plot__in=plots)
    if asked.groups:
        statuses = statuses.filter(group__in=asked.groups)
    if asked.communes:
        statuses = statuses.filter(commune__in=asked.communes)
    if asked.unconfirmed and asked.by != "group":
        statuses = statuses.filter(confirmed_at__isnull=True)
    if asked.is_alone and asked.by != "dimension":
        statuses = statuses.filter(ALONE)
    if asked.under.dimension:
        statuses = statuses.held_back_in(asked.under.dimension)
    if asked.under.rule:
        statuses = statuses.filter(rules__contains=[asked.under.rule])
    counts: dict[Any, int] = {}
    for status in statuses.only("group", "commune_id", "rules", *PlotStatus.OPEN.values()):
        for key in status.counted_under(asked.by):
            counts[key] = counts.get(key, 0) + 1
    return counts
