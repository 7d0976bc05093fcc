"""Provinces made without a database, for tests to look at; size and present of the one with a campaign."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache

import pyarrow as pa
from django.utils import timezone

from reconciliation.demo.places import communes
from reconciliation.demo.province import Ids, Size, parts

UNITS = {commune.code: commune.number + 1 for commune in communes()}
FORMER = {
    (unit.code, unit.name): 1000 + number
    for number, unit in enumerate(unit for commune in communes() for unit in commune.former)
}
PLOTS = 900
#: A Thursday in the middle of a day.
NOW = dt.datetime(2026, 11, 26, 15, tzinfo=timezone.get_default_timezone())
IDS = Ids(UNITS, FORMER, file=7, extract=8)


@cache
def made(plots: int, seed: int = 1) -> dict[str, pa.Table]:
    """Every table of a province, and `truth`."""
    pieces: dict[str, list[pa.Table]] = defaultdict(list)
    for part in parts(Size.of_plots(plots, seed), IDS):
        for name, table in part.tables.items():
            pieces[name].append(table)
        pieces["truth"].append(part.truth)
    return {name: pa.concat_tables(tables) for name, tables in pieces.items()}
