"""Questions about many work items: with whom they wait, for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from .matches import Match
from .work import WorkItem, WorkItemQuerySet

With = WorkItem.With


def capped(questions: Mapping[str, WorkItemQuerySet], most: int) -> dict[str, int]:
    """How many each question finds, up to `most` + 1; all in one statement."""
    parts: list[str] = []
    values: list[Any] = []
    asked: list[str] = []
    for name, items in questions.items():
        try:
            part, told = counting(items, most)
        except EmptyResultSet:
            continue
        parts.append(part)
        values += told
        asked.append(name)
    counts = dict.fromkeys(questions, 0)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            counts |= dict(zip(asked, cursor.fetchone(), strict=True))
    return counts


def counting(items: WorkItemQuerySet, most: int) -> tuple[str, Sequence[Any]]:
    """How many there are, up to `most` + 1, as a value in a statement. EmptyResultSet where there is none."""
    part, values = items.order_by().values("pk")[: most + 1].query.sql_with_params()
    return f"(SELECT count(*) FROM ({part}) AS found)", values  # noqa: S608  Django's own SQL


def held() -> Case:
    """With whom an item waits today."""
    return Case(When(back(), then=Value(With.DESK.value)), default=F("waits_with"), output_field=CharField())


def since() -> Case:
    """From when on days count: the hand-over for what others have, the opening at the desk."""
    return Case(When(waits_with=With.DESK, then=F("opened_at")), default=Coalesce("waits_since", "opened_at"))


def aged(least: int, most: int | None) -> Q:
    """Items of whom `since` is so many days ago: more than `least`, `most` at the utmost."""
    now = timezone.now()
    wanted = Q()
    if most is not None:
        wanted &= Q(since__gte=now - dt.timedelta(days=most))
    if least:
        before = now - dt.timedelta(days=least)
        # Nothing is handed on before it is opened: this part has an index.
        wanted &= Q(since__lt=before, opened_at__lt=before)
    return wanted


def waited(days: int) -> Q:
    """Items that have been open for so many days at least."""
    return Q(opened_at__lte=timezone.now() - dt.timedelta(days=days))


def again() -> Exists:
    """A person's word on the land user stood until its evidence changed."""
    return Exists(Match.objects.reopened().filter(land_user=OuterRef("land_user")))


def back(today: Any = None) -> Q:
    """Put off until a day that has come: at the desk again."""
    return Q(waits_with=With.LATER, waits_until__lte=today or timezone.localdate())


def overdue(today: Any = None) -> Q:
    """Others had until a day that is over."""
    return ~Q(waits_with__in=[With.DESK, With.LATER]) & Q(waits_until__lt=today or timezone.localdate())
