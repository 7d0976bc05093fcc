"""Which group follows from what the rules say, what is waived, and what nobody has delivered."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from landdb.models import Delivery
from parcels.models import Plot
from reconciliation import classification
from reconciliation.models import Finding, GroupMove, PlotStatus, RuleSet, RuleSetting
from tests import factories as make
from tests.geohash import geohash

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def judged(plot: Plot) -> PlotStatus:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    return PlotStatus.objects.get(pk=plot.pk)


def wrong_code(**fields: object) -> Plot:
    return make.make_ready_plot(**{"code": "khong-phai-ma"} | fields)


def test_a_plot_in_order_is_in_group_1() -> None:
    status = judged(make.make_ready_plot())
    assert (status.group, status.rules, status.unjudged) == (1, [], [])


def test_a_supplement_makes_group_2_and_counts_in_its_dimension() -> None:
    status = judged(wrong_code())
    assert (status.group, status.rules, status.open_correct, status.open_sufficient) == (
        2,
        ["plot_code_wrong"],
        1,
        0,
    )


def test_the_worst_effect_wins() -> None:
    status = judged(wrong_code(map_source="299"))
    assert (status.group, status.rules) == (3, ["obsolete_map", "plot_code_wrong"])


def test_a_note_is_found_and_changes_nothing() -> None:
    plot = make.make_ready_plot()
    plot.holdings.get().land_user.__class__.objects.update(phone="")
    status = judged(plot)
    assert (status.group, status.rules, status.open_sufficient) == (1, [], 0)
    assert Finding.objects.open().get(plot=plot).rule == "phone_missing"


def test_a_waived_finding_does_not_count_until_its_day_has_passed() -> None:
    plot = wrong_code()
    judged(plot)
    waived = Finding.objects.filter(plot=plot)
    waived.update(state="waived", waived_until=TODAY(), reason="đã xem")
    assert judged(plot).group == 1
    assert waived.get().state == "waived"
    waived.update(waived_until=TODAY() - dt.timedelta(days=1))
    assert judged(plot).group == 2
    found = waived.get()
    assert (found.state, found.reason) == ("open", "đã xem")


def test_a_waiver_without_an_end_stands() -> None:
    plot = wrong_code()
    judged(plot)
    Finding.objects.filter(plot=plot).update(state="waived")
    assert judged(plot).group == 1


def test_what_is_mended_closes_and_what_comes_back_is_opened_anew() -> None:
    plot = wrong_code()
    judged(plot)
    good = geohash(plot.lat or 0, plot.lon or 0)
    Plot.objects.filter(pk=plot.pk).update(code=good)
    assert judged(plot).group == 1
    closed = Finding.objects.get(plot=plot)
    assert closed.state == "closed"
    assert closed.closed_at
    Plot.objects.filter(pk=plot.pk).update(code="x")
    judged(plot)
    assert sorted(Finding.objects.filter(plot=plot).values_list("state", flat=True)) == ["closed", "open"]


def test_a_rule_without_its_source_is_not_judged_and_holds_the_plot_back() -> None:
    plot = make.make_ready_plot()
    plot.holdings.get().certificate.scans.all().delete()
    Delivery.objects.filter(commune=plot.commune, source=Delivery.Source.SCANS).delete()
    status = judged(plot)
    assert (status.group, status.rules) == (2, [])
    assert status.unjudged == ["scan_missing", "scan_unlinked", "scan_unsigned"]
    for rule in status.unjudged:
        RuleSetting.objects.create(rule=rule, is_on=False)
    assert judged(plot).group == 1


def test_a_source_that_goes_missing_is_noted_though_the_group_stays() -> None:
    plot = wrong_code()
    assert judged(plot).unjudged == []
    Delivery.objects.filter(commune=plot.commune, source=Delivery.Source.REGISTRATIONS).delete()
    status = judged(plot)
    assert (status.group, status.unjudged) == (2, ["registration_pending"])


def test_a_bare_plot_lacks_only_what_bare_plots_are_judged_by() -> None:
    plot = make.make_drawn_plot(make.make_commune(delivered=False))
    status = judged(plot)
    assert status.group == 2
    assert "map_only" in status.unjudged
    assert "scan_missing" not in status.unjudged


def test_communes_are_judged_by_their_own_deliveries() -> None:
    with_scans, without = make.make_ready_plot(), make.make_ready_plot()
    Delivery.objects.filter(commune=without.commune, source=Delivery.Source.SCANS).delete()
    for plot in (with_scans, without):
        plot.holdings.get().certificate.scans.all().delete()
    classification.refresh([with_scans.pk, without.pk], cause=GroupMove.Cause.IMPORT)
    assert PlotStatus.objects.get(pk=with_scans.pk).rules == ["scan_missing"]
    assert PlotStatus.objects.get(pk=without.pk).rules == []


@pytest.mark.parametrize(
    ("setting", "group"),
    [
        ({"is_on": False}, 1),
        ({"effect": "note"}, 1),
        ({"effect": "rebuild"}, 3),
        ({"active_from": dt.date(2999, 1, 1)}, 1),
        ({"active_to": dt.date(2000, 1, 1)}, 1),
        ({"active_from": dt.date(2000, 1, 1), "active_to": dt.date(2999, 1, 1)}, 2),
    ],
)
def test_a_setting_overrides_the_class(setting: dict[str, object], group: int) -> None:
    RuleSetting.objects.create(rule="plot_code_wrong", **setting)
    assert judged(wrong_code()).group == group


def test_a_tolerance_moves_the_boundary() -> None:
    plot = make.make_ready_plot(measured_area=130)
    assert judged(plot).rules == ["area_differs_from_map"]
    RuleSetting.objects.create(rule="area_differs_from_map", tolerance=10)
    assert judged(plot).rules == []


def test_a_changed_setting_is_another_rule_set() -> None:
    first = judged(make.make_ready_plot()).rule_set
    assert judged(make.make_ready_plot()).rule_set == first
    RuleSetting.objects.create(rule="phone_missing", is_on=False)
    assert judged(make.make_ready_plot()).rule_set != first
    assert RuleSet.objects.count() == 2


def test_a_confirmation_lasts_as_long_as_the_group() -> None:
    plot = make.make_drawn_plot()
    judged(plot)
    by = make.make_user()
    PlotStatus.objects.filter(pk=plot.pk).update(confirmed_by=by, confirmed_at=timezone.now())
    classification.confirmed([plot.pk])
    Plot.objects.filter(pk=plot.pk).update(geometry_fault="outside")
    assert judged(plot).confirmed_by == by
    Plot.objects.filter(pk=plot.pk).update(geometry_fault="")
    make.make_land_use(plot)
    make.make_holding(plot, make.make_land_user(plot.commune))
    status = judged(plot)
    assert (status.group, status.confirmed_by, status.confirmed_at) == (2, None, None)
