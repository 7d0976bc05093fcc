"""The books must balance: counters against plots, the ledger against the stock, findings against groups."""

from __future__ import annotations

from collections import Counter

from django.db import connection
from django.db.models import Count

from parcels.models import Plot
from reconciliation.classification.alone import ALONE
from reconciliation.models import DimensionCount, Finding, GroupMove, NoteCount, PlotStatus, Tally
from reconciliation.rules import book, catalogue

WRITTEN = (Finding, PlotStatus, GroupMove, Tally, DimensionCount)

Books = tuple[list[object], list[object]]


def stock() -> Counter[tuple[int, int, str]]:
    """Plots per commune, group and rule ("" for all), counted from the plots' own rows."""
    counted: Counter[tuple[int, int, str]] = Counter()
    rows = PlotStatus.objects.values_list("commune", "group", "rules", "confirmed_at")
    for commune, group, rules, confirmed_at in rows:
        for rule in ["", *rules, *([Tally.CONFIRMED] if confirmed_at else [])]:
            counted[commune, group, rule] += 1
    return counted


def assert_balanced() -> None:
    """Counters say what the plots say, and so does the sum of all moves."""
    counters = {
        row[:3]: row[3] for row in Tally.objects.values_list("commune", "group", "rule", "plots") if row[3]
    }
    assert counters == stock()
    alone = Counter(PlotStatus.objects.filter(ALONE).values_list("commune", "group", "rules__0"))
    single = Tally.objects.filter(alone__gt=0).values_list("commune", "group", "rule", "alone")
    assert {row[:3]: row[3] for row in single} == alone
    ledger: Counter[tuple[int, int]] = Counter()
    moves = (
        GroupMove.objects.values_list("commune", "from_group", "to_group").annotate(n=Count("pk")).order_by()
    )
    for commune, left, entered, n in moves:
        ledger[commune, left] -= n
        ledger[commune, entered] += n
    held = {key: n for key, n in ledger.items() if key[1] is not None and n}
    assert held == {key[:2]: n for key, n in stock().items() if key[2] == ""}
    assert_notes_counted()
    assert_dimensions_counted()
    judged = set(PlotStatus.objects.values_list("pk", flat=True))
    assert judged ^ set(Plot.objects.live().values_list("pk", flat=True)) == set()


def assert_dimensions_counted() -> None:
    """The counters of dimensions say what the open rules of the plots say, each plot once under each."""
    stands: Counter[tuple[int, int, str]] = Counter()
    for commune, group, rules in PlotStatus.objects.values_list("commune", "group", "rules"):
        for dimension in {catalogue.by_id(rule).dimension for rule in rules}:
            stands[commune, group, dimension] += 1
    counted = DimensionCount.objects.values_list("commune", "group", "dimension", "plots")
    assert {row[:3]: row[3] for row in counted if row[3]} == stands


def assert_notes_counted() -> None:
    """The counters of rules that only note say on how many plots they stand, once all was judged."""
    notes = [ruling.rule.id for ruling in book.current().rulings if not ruling.counts]
    found = Finding.objects.standing().filter(rule__in=notes).values_list("commune", "rule")
    stands = {row[:2]: row[2] for row in found.annotate(n=Count("plot", distinct=True)).order_by()}
    counted = NoteCount.objects.filter(plots__gt=0).values_list("commune", "rule", "plots")
    assert {row[:2]: row[2] for row in counted} == stands


def judgement() -> Books:
    """What stands in the books of every plot, without times and numbers of rows."""
    groups = PlotStatus.objects.order_by("plot_id").values_list(
        "plot_id",
        "commune_id",
        "group",
        "rules",
        "unjudged",
        "open_correct",
        "open_sufficient",
        "open_clean",
        "open_alive",
    )
    found = Finding.objects.standing().order_by("plot_id", "rule", "subject", "subject_id")
    return list(groups), list(found.values_list("plot_id", "rule", "subject", "subject_id", "state"))


def versions() -> list[tuple[str, list[tuple[object, ...]]]]:
    """Which version of every row stands in the database: a row written again has another."""
    found = []
    with connection.cursor() as cursor:
        for model in WRITTEN:
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f"SELECT {key}, xmin::text, ctid::text FROM {table} ORDER BY 1")
            found.append((model.__name__, cursor.fetchall()))
    return found
