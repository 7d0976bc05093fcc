"""The rivals of the classification say the same as landdb, or say that they do not."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from landdb.models import Delivery
from parcels.models import Plot
from reconciliation import classification
from reconciliation.bench.plots.rivals import Run, against, frames, queries
from reconciliation.bench.plots.rivals.expectations import EXPECTATIONS
from reconciliation.models import Finding
from reconciliation.rules import book
from reconciliation.rules.facts import CertificateFacts, LandUserFacts
from reconciliation.rules.scope import HOLDINGS, USES
from tests import factories as make
from tests.rules.cases import FINDS, SILENT

Found = Counter[tuple[str, int, int]]

# The rivals ask over connections of their own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def province() -> Found:
    """A plot broken in each way; where no scans were delivered, one for each near miss and for each scan."""
    commune, other = make.make_commune(), make.make_commune()
    Delivery.objects.filter(commune=other, source=Delivery.Source.SCANS).delete()
    for breaks in FINDS.values():
        breaks(make.make_ready_plot(commune))
    scans = (breaks for rule, breaks in FINDS.items() if rule.startswith("scan_"))
    for breaks in (*(near_miss for _rule, near_miss in SILENT), *scans):
        breaks(make.make_ready_plot(other))
    for commune in Plot.objects.values_list("commune", flat=True).distinct().order_by():
        classification.classify_commune(commune)
    return Counter(Finding.objects.standing().values_list("rule", "plot", "subject_id"))


def test_every_query_finds_what_classifying_finds(province: Found) -> None:
    found: Found = Counter()
    with connection.cursor() as cursor:
        for ruling in book.current().rulings:
            cursor.execute(*queries.asked(ruling))
            found.update((ruling.rule.id, plot, subject) for plot, _commune, subject in cursor.fetchall())
    assert {rule for rule, _plot, _subject in province} == set(FINDS)
    assert found == province


def test_every_expectation_finds_what_classifying_finds(province: Found) -> None:
    joined = frames.join(frames.load(), timezone.localdate())
    delivered = frames.deliveries()
    found: Found = Counter()
    for ruling in book.current().rulings:
        if ruling.rule.id in EXPECTATIONS:
            rows = frames.unexpected(joined, ruling, delivered)
            found.update((ruling.rule.id, row.plot_id, row.id) for row in rows.itertuples())
    assert found == Counter({key: n for key, n in province.items() if key[0] in EXPECTATIONS})


def test_what_the_rivals_find_is_counted_and_nothing_of_theirs_is_left(province: Found) -> None:
    own = against.findings()
    assert own == Counter(rule for rule, _plot, _subject in province.elements())
    for done in (queries.run(book.current().rulings), frames.run()):
        assert against.differing(own, done.found) == {}
    assert queries.TABLE not in connection.introspection.table_names()


def test_a_rival_that_finds_something_else_is_told_of(
    province: Found, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = against.findings()
    found = {"map_only": own["map_only"], "sex_missing": own["sex_missing"] + 1, "obsolete_map": 0}
    monkeypatch.setitem(against.RUNNERS, "frames", lambda: Run({"load": 1.0, "expect": 0.25}, found))
    told = against.measure(["frames"])
    assert told["frames"]["seconds"] == 1.25
    assert set(told["frames"]["differs"]) == {"sex_missing", "obsolete_map"}
    assert against.judge(told)["frames_other_rules"]["ok"] is False
    stage = {"seconds": 2.5, "processor_seconds": 3.0, "peak_gb": {"engine": 0.25, "both": 0.5}}
    against.show({"nothing": stage, "again": stage, "rivals": told})
    said = capsys.readouterr().err
    assert "3 of 67" in said
    assert "it cannot say unlocatable, " in said
    assert f"NOT THE SAME: sex_missing {own['sex_missing'] + 1} for {own['sex_missing']}" in said


def test_what_serves_other_rules_alone_is_left_out_of_a_query() -> None:
    for facts in (LandUserFacts, CertificateFacts):
        assert len(queries.SHARED.findall(facts.query)) == 1
        assert " AS MATERIALIZED " in facts.query
    assert queries.SCOPED.search(HOLDINGS)
    assert queries.SCOPED.search(USES)
    for ruling in book.current().rulings:
        sql, _params = queries.asked(ruling)
        assert not queries.SHARED.search(sql)
        assert " AS MATERIALIZED " not in sql


def test_every_expectation_stands_for_a_rule() -> None:
    assert set(EXPECTATIONS) < set(FINDS)
