"""Why a plot is in its group, in words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from landdb.models import Delivery
from reconciliation import classification
from reconciliation.classification import explain
from reconciliation.models import Finding, GroupMove
from reconciliation.rules.base import Who
from tests import factories as make
from tests.rules.cases import TODAY, old_extract

pytestmark = pytest.mark.django_db

CAUSE = GroupMove.Cause.CORRECTION


def test_a_plot_never_judged_says_so() -> None:
    why = explain.why(make.make_ready_plot())
    assert not why.is_judged
    assert why.judged == 0


def test_a_plot_in_order_passes_every_rule_that_looked() -> None:
    plot = make.make_ready_plot()
    classification.refresh([plot.pk], cause=CAUSE)
    why = explain.why(plot)
    assert why.judged == why.passed > 50
    assert (why.open, why.way, why.notes) == ([], [], [])


def test_sentences_hold_the_values_that_the_rule_looked_at() -> None:
    plot = make.make_ready_plot(measured_area="130.5")
    classification.refresh([plot.pk], cause=CAUSE)
    with translation.override("vi"):
        (found,) = explain.why(plot).open
    assert found.rule.id == "area_differs_from_map"
    assert "120" in found.sentence
    assert "130,5" in found.sentence


def test_the_way_to_group_1_is_sorted_by_who_can_supply_what_is_missing() -> None:
    plot = make.make_ready_plot(code="", address="")
    plot.holdings.get().land_user.verification.delete()
    classification.refresh([plot.pk], cause=CAUSE)
    way = explain.why(plot).way
    assert [step.who for step in way] == [Who.OFFICE, Who.COMMUNE, Who.CITIZEN]
    assert [found.rule.id for found in way[0].findings] == ["plot_code_missing"]


def test_waived_notes_and_unjudged_stand_apart() -> None:
    plot = make.make_ready_plot(code="")
    plot.holdings.update(legal_form="")
    Delivery.objects.filter(source=Delivery.Source.SCANS).delete()
    classification.refresh([plot.pk], cause=CAUSE)
    Finding.objects.filter(rule="plot_code_missing").update(state="waived")
    classification.refresh([plot.pk], cause=CAUSE)
    why = explain.why(plot)
    assert [found.rule.id for found in why.waived] == ["plot_code_missing"]
    assert [found.rule.id for found in why.notes] == ["legal_form_missing"]
    assert [rule.id for rule in why.unjudged] == ["scan_missing", "scan_unlinked", "scan_unsigned"]
    assert why.open == []


def test_a_source_that_nobody_delivered_is_on_the_way_too() -> None:
    plot = make.make_ready_plot()
    Delivery.objects.filter(source__in=[Delivery.Source.SCANS, Delivery.Source.RESIDENTS]).delete()
    classification.refresh([plot.pk], cause=CAUSE)
    office, police = explain.why(plot).way
    assert (office.who, police.who) == (Who.OFFICE, Who.POLICE)
    (scans,), (residents,) = office.sources, police.sources
    assert (scans.source, residents.source) == (Delivery.Source.SCANS, Delivery.Source.RESIDENTS)
    assert [rule.id for rule in scans.rules] == ["scan_missing", "scan_unlinked", "scan_unsigned"]
    assert "holder_not_found" in {rule.id for rule in residents.rules}


def test_what_is_close_is_told_with_its_values_and_its_day() -> None:
    plot = make.make_ready_plot(measured_area="126")
    old_extract(360)(plot)
    classification.refresh([plot.pk], cause=CAUSE)
    stale, area = explain.why(plot).close
    assert (stale.rule.id, stale.on) == ("evidence_stale", TODAY + dt.timedelta(days=6))
    assert (area.rule.id, area.on, area.tolerance) == ("area_differs_from_map", None, 5.0)
    with translation.override("vi"):
        assert dict(explain.why(plot).close[1].values) == {
            "diện tích trên giấy (m²)": "120",
            "diện tích trên bản đồ (m²)": "126",
        }


def test_what_fired_is_told_with_the_values_looked_at() -> None:
    plot = make.make_ready_plot(measured_area="130.5")
    plot.holdings.update(legal_form="")
    classification.refresh([plot.pk], cause=CAUSE)
    fired = explain.why(plot).fired
    assert [found.rule.id for found in fired] == ["area_differs_from_map", "legal_form_missing"]
    with translation.override("vi"):
        assert ("diện tích trên bản đồ (m²)", "130,5") in explain.why(plot).fired[0].values


def test_a_bare_plot_is_looked_at_by_few_rules() -> None:
    plot = make.make_drawn_plot()
    classification.refresh([plot.pk], cause=CAUSE)
    why = explain.why(plot)
    assert [found.rule.id for found in why.open] == ["map_only"]
    assert (why.judged, why.passed) == (4, 3)
