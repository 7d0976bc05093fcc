"""A trace is judged again to the same group, and tells when it cannot be."""

from __future__ import annotations

import datetime as dt
import json
import random
from decimal import Decimal
from typing import Any

import pytest

from landdb.models import Delivery
from parcels.models import Plot
from reconciliation import classification
from reconciliation.classification.trace import Retired, agrees, trace
from reconciliation.classification.trace_check import Answer, check
from reconciliation.classification.trace_file import read
from reconciliation.models import Finding, GroupMove, PlotStatus, RuleSetting
from reconciliation.rules import book, catalogue
from tests import factories as make
from tests.rules.cases import FINDS, TODAY, old_extract

from .test_ledger import small_province

pytestmark = pytest.mark.django_db

Document = dict[str, Any]


def traced(plot: Plot) -> Document:
    """The trace as it comes out of its file."""
    return json.loads(json.dumps(trace(Plot.objects.get(pk=plot.pk)), ensure_ascii=False))


def checked(document: Document) -> Answer:
    return check(read(json.dumps(document)))


def found(document: Document) -> set[str]:
    return {one["rule"] for one in document["result"]["findings"]}


@pytest.fixture
def plot() -> Plot:
    return make.make_ready_plot()


@pytest.mark.parametrize("rule", FINDS)
def test_what_a_rule_finds_is_found_again_in_its_trace(rule: str, plot: Plot) -> None:
    FINDS[rule](plot)
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    document = traced(plot)
    assert rule in found(document)
    assert agrees(document)
    assert checked(document).word == "same"


@pytest.mark.parametrize("seed", range(3))
def test_any_plot_of_a_province_is_judged_the_same_from_its_trace(seed: int) -> None:
    communes = small_province(random.Random(200 + seed))
    classification.classify_communes([commune.pk for commune in communes])
    for plot in Plot.objects.live():
        document = traced(plot)
        assert agrees(document), document["result"]
        standing = Finding.objects.standing().filter(plot=plot).values_list("rule", "subject", "subject_id")
        told = [(one["rule"], one["subject"], one["subject_id"]) for one in document["result"]["findings"]]
        assert sorted(told) == sorted(standing)
        assert checked(document) == Answer()


def test_it_holds_the_settings_the_sources_the_facts_and_the_group(plot: Plot) -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    document = traced(plot)
    status = PlotStatus.objects.get(pk=plot.pk)
    assert document["plot"]["id"] == plot.pk
    assert document["day"] == TODAY.isoformat()
    assert document["rule_set"]["number"] == status.rule_set_id
    assert document["rule_set"]["fingerprint"] == status.rule_set.fingerprint
    assert document["rule_set"]["rules"]["plot_overlaps"] == {
        "version": 1,
        "effect": "supplement",
        "tolerance": 0.5,
    }
    assert [one["source"] for one in document["sources"]] == sorted(Delivery.Source.values)
    assert {kind: len(rows) for kind, rows in document["facts"].items()} == {
        "plot": 1,
        "land_user": 1,
        "certificate": 1,
        "land_use": 1,
        "holding": 1,
    }
    facts = document["facts"]["plot"][0]
    assert (facts["legal_area"], facts["overlap_area"], facts["today"]) == ("120.00", None, document["day"])
    assert document["facts"]["land_user"][0]["warnings"] == []
    assert document["result"]["group"] == document["books"]["group"] == 1


def test_a_plot_never_classified_has_a_trace_without_books(plot: Plot) -> None:
    document = traced(plot)
    assert document["books"] is None
    assert document["rule_set"]["number"] is None
    assert not agrees(document)
    assert checked(document).word == "same"


def test_it_tells_when_the_books_lag_behind_the_facts(plot: Plot) -> None:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    Plot.objects.filter(pk=plot.pk).update(code="")
    document = traced(plot)
    assert (document["books"]["group"], document["result"]["group"]) == (1, 2)
    assert not agrees(document)


def test_a_retired_plot_has_none(plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(state=Plot.State.RETIRED)
    with pytest.raises(Retired):
        traced(plot)


def test_a_changed_fact_changes_the_answer(plot: Plot) -> None:
    document = traced(plot)
    document["facts"]["plot"][0]["code"] = ""
    answer = checked(document)
    assert answer.word == "results"
    assert answer.results == [
        f"Rule plot_code_missing finds plot {plot.pk} here and not in the trace, "
        "though its version is the same.",
        "The group is 2 here and 1 in the trace.",
        "The rules that hold the plot back are plot_code_missing here and none in the trace.",
    ]


@pytest.mark.parametrize("rule", FINDS)
def test_a_finding_left_out_of_the_trace_is_named(rule: str, plot: Plot) -> None:
    FINDS[rule](plot)
    document = traced(plot)
    document["result"]["findings"] = [one for one in document["result"]["findings"] if one["rule"] != rule]
    answer = checked(document)
    assert answer.word == "results"
    assert all(f"Rule {rule} finds" in sentence for sentence in answer.results)


def test_another_group_in_the_trace_is_named(plot: Plot) -> None:
    document = traced(plot)
    document["result"]["group"] = 3
    assert checked(document).results == ["The group is 1 here and 3 in the trace."]


def test_settings_that_were_meddled_with_lose_their_fingerprint(plot: Plot) -> None:
    document = traced(plot)
    document["rule_set"]["rules"]["plot_code_missing"]["effect"] = "note"
    assert checked(document).results == [
        "The settings of the rules in the trace do not have its fingerprint."
    ]


def test_the_day_in_the_facts_is_the_day_that_counts(plot: Plot) -> None:
    old_extract(366)(plot)
    document = traced(plot)
    assert "evidence_stale" in found(document)
    earlier = (TODAY - dt.timedelta(days=1)).isoformat()
    document["day"] = earlier
    for rows in document["facts"].values():
        for row in rows:
            if "today" in row:
                row["today"] = earlier
    answer = checked(document)
    assert answer.word == "results"
    assert "Rule evidence_stale finds land_user" in answer.results[0]


def test_facts_of_two_days_are_no_judgement(plot: Plot) -> None:
    document = traced(plot)
    document["facts"]["plot"][0]["today"] = "2020-01-01"
    assert checked(document).results == [
        f"The trace is of {TODAY.isoformat()}, and some of its facts are of 2020-01-01."
    ]


def test_a_rule_of_another_version_is_named_and_not_compared(
    plot: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plot.objects.filter(pk=plot.pk).update(code="")
    document = traced(plot)
    document["result"]["findings"] = []
    monkeypatch.setattr(type(catalogue.by_id("plot_code_missing")), "version", 7)
    answer = checked(document)
    assert answer.word == "versions"
    assert answer.versions == ["Rule plot_code_missing has version 1 in the trace and version 7 here."]
    assert answer.results == []


def test_rules_that_went_or_came_are_named(plot: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    document = traced(plot)
    fewer = tuple(rule for rule in catalogue.RULES if rule.id != "plot_code_missing")
    monkeypatch.setattr(catalogue, "RULES", fewer)
    monkeypatch.setattr(book, "RULES", fewer)
    monkeypatch.delitem(catalogue._BY_ID, "plot_code_missing")
    assert checked(document).versions == [
        "Rule plot_code_missing has version 1 in the trace and is no longer in the catalogue."
    ]
    younger = traced(plot)
    monkeypatch.undo()
    assert checked(younger).versions == ["Rule plot_code_missing has version 1 here and is not in the trace."]


def test_it_is_judged_under_its_own_settings_and_not_todays(plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(code="", overlap_area=Decimal("0.8"), address="")
    RuleSetting.objects.create(rule="plot_code_missing", effect="note")
    RuleSetting.objects.create(rule="plot_overlaps", tolerance=0.9)
    RuleSetting.objects.create(rule="plot_address_missing", is_on=False)
    document = traced(plot)
    assert document["result"]["group"] == 1
    assert found(document) == {"plot_code_missing"}
    assert document["rule_set"]["off"] == ["plot_address_missing"]
    RuleSetting.objects.all().delete()
    assert traced(plot)["result"]["group"] == 2
    assert checked(document).word == "same"


def test_rules_without_their_source_stay_unjudged(plot: Plot) -> None:
    Delivery.objects.filter(source=Delivery.Source.SCANS).delete()
    document = traced(plot)
    unjudged = ["scan_missing", "scan_unlinked", "scan_unsigned"]
    assert (document["result"]["group"], document["result"]["unjudged"]) == (2, unjudged)
    assert checked(document).word == "same"
    document["sources"].append({"source": "scans", "last_at": document["judged_at"]})
    assert checked(document).results == [
        "The group is 1 here and 2 in the trace.",
        f"The rules that are not judged are none here and {', '.join(unjudged)} in the trace.",
    ]


def test_a_waiver_in_force_is_part_of_it_and_one_that_has_ended_is_not(plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(code="")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    waived = Finding.objects.filter(rule="plot_code_missing")
    by = make.make_user("senior_reviewer", full_name="Lê Thu Hà")
    waived.update(state="waived", waived_until=TODAY, waived_by=by, reason="chờ cấp mã")
    document = traced(plot)
    (waiver,) = document["waivers"]
    assert (waiver["rule"], waiver["until"], waiver["by"], waiver["reason"]) == (
        "plot_code_missing",
        TODAY.isoformat(),
        "Lê Thu Hà",
        "chờ cấp mã",
    )
    assert document["result"]["group"] == 1
    assert [one["waived"] for one in document["result"]["findings"]] == [True]
    assert checked(document).word == "same"
    waived.update(waived_until=TODAY - dt.timedelta(days=1))
    document = traced(plot)
    assert (document["waivers"], document["result"]["group"]) == ([], 2)
