"""The difficulties that communes noted and that were open when a week closed, for report and meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q

from ..classification.weeks import day_closes_at
from ..models import Difficulty
from .difficulties import Standing, waiting_at


@dataclass(frozen=True, slots=True)
class Noted:
    """`commune` is its id; `answer` says who does what until when, in the report's own Vietnamese."""

    commune: int | None
    text: str
    answer: str = ""


def noted(communes: Collection[int], last: dt.date, *, is_province: bool = False) -> list[Noted]:
    """Those of the communes that were open at the end of a day, as they stood then; of the province also
    those that are of no commune, last."""
    whose = Q(commune__in=list(communes))
    if is_province:
        whose |= Q(commune=None)
    of_them = Difficulty.objects.filter(whose).order_by(F("commune__sort_key").asc(nulls_last=True), "pk")
    return [
        Noted(
            standing.difficulty.commune_id,
            f"{standing.difficulty.words} ({standing.difficulty})",
            _given(standing),
        )
        for standing in waiting_at(of_them, day_closes_at(last))
    ]


def _given(standing: Standing) -> str:
    """To whom it was given, and until when."""
    to = standing.unit or (standing.assigned_to.full_name if standing.assigned_to else "")
    due = f"hạn {standing.due_on:%d/%m/%Y}" if standing.due_on else ""
    words = ", ".join(filter(None, (f"Giao {to}" if to else "", due)))
    return f"{words[:1].upper()}{words[1:]}." if words else ""
