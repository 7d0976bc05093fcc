"""What another day alone changes is judged again the night after, and nothing else is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from landdb import jobs
from landdb.models import AdminUnit, Job
from parcels.models import LandUseCode, Plot
from reconciliation import classification
from reconciliation.actions import findings
from reconciliation.classification import clocks
from reconciliation.models import Finding, GroupMove, JudgedDay, PlotStatus, RuleSetting
from reconciliation.rules.catalogue import RULES, SUBJECTS
from reconciliation.rules.scope import TODAY
from tests import factories as make
from tests.rules.looking import certificate, change, holder, use

from .books import assert_balanced
from .days import night, pass_days

Setting = Callable[[Plot], object]
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


def code_ends(plot: Plot) -> None:
    LandUseCode.objects.create(code="BHK", name="Đất cũ", land_group="agricultural", valid_to=today())
    change(use(plot), purpose="BHK")


#: Clock → what is set so that it runs out with this day, and the rule that then speaks or falls silent.
RUN_OUT: dict[str, tuple[Setting, str]] = {
    "registry_extract": (
        lambda plot: change(
            holder(plot).verification.resident.extract, extracted_on=today() - dt.timedelta(days=365)
        ),
        "evidence_stale",
    ),
    "term": (lambda plot: change(use(plot), term_kind="until", term_until=today()), "term_ended"),
    "issue_date": (
        lambda plot: change(certificate(plot), issued_on=today() + DAY),
        "certificate_date_impossible",
    ),
    "land_use_code": (code_ends, "land_use_code_outdated"),
    "commune": (
        lambda plot: AdminUnit.objects.filter(pk=plot.commune_id).update(valid_to=today()),
        "unit_obsolete",
    ),
}


def judged(*plots: Plot) -> None:
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.CORRECTION)


def open_rules(plot: Plot) -> set[str]:
    return set(Finding.objects.open().filter(plot=plot).values_list("rule", flat=True))


def test_every_rule_that_depends_on_the_day_has_its_clock() -> None:
    served = {rule for clock in clocks.CLOCKS for rule in clock.rules}
    dated = set()
    for rule in RULES:
        rows = rule.subject._default_manager.filter(rule.condition(rule.tolerance or 0.0))
        condition = str(rows.query.sql_with_params()[0]).partition(" WHERE ")[2]
        looked_at = set(re.findall(r'"facts"\."(\w+)"', condition))
        if "STATEMENT_TIMESTAMP" in condition or looked_at & set(rule.subject.daily):
            dated.add(rule.id)
    assert dated == served


def test_facts_that_another_day_changes_are_told_as_such() -> None:
    for facts in SUBJECTS:
        found = re.findall(rf"{re.escape(TODAY)}.*?\bAS (\w+)", facts.query, re.DOTALL)
        assert set(found) == set(facts.daily), facts.subject


def test_every_clock_is_tried_here() -> None:
    assert {clock.name for clock in clocks.CLOCKS} == {*RUN_OUT, "waiver"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", RUN_OUT)
def test_the_night_after_a_clock_ran_out_its_plots_are_judged_and_no_others(name: str) -> None:
    set_up, rule = RUN_OUT[name]
    plot, other = make.make_ready_plot(), make.make_ready_plot()
    set_up(plot)
    judged(plot, other)
    night()
    before = rule in open_rules(plot)
    pass_days()
    counts = night()
    assert counts == {clock.name: int(clock.name == name) for clock in clocks.CLOCKS}
    assert (rule in open_rules(plot)) != before
    assert set(GroupMove.objects.exclude(cause="first").values_list("cause", flat=True)) <= {"time"}
    assert night() == {}
    assert_balanced()


@pytest.mark.django_db
def test_nights_that_were_slept_through_are_made_up_for() -> None:
    plot = make.make_ready_plot()
    change(holder(plot).verification.resident.extract, extracted_on=today() - dt.timedelta(days=363))
    judged(plot)
    night()
    pass_days(12)
    night()
    assert open_rules(plot) == {"evidence_stale"}
    assert GroupMove.objects.latest("id").cause == "time"


@pytest.mark.django_db
def test_before_the_first_night_everything_since_the_first_judgement_counts() -> None:
    plot = make.make_ready_plot()
    change(use(plot), term_kind="until", term_until=today() + DAY)
    judged(plot)
    pass_days(3)
    GroupMove.objects.update(at=timezone.now() - 3 * DAY)
    assert night()["term"] == 1
    assert open_rules(plot) == {"term_ended"}


@pytest.mark.django_db
def test_a_day_begins_with_a_grace_and_in_the_provinces_own_time() -> None:
    JudgedDay.objects.create(pk=1, day=dt.date(2026, 3, 1))
    midnight = dt.datetime(2026, 3, 2, tzinfo=timezone.get_default_timezone())
    assert clocks.turn(midnight + dt.timedelta(minutes=5)) == {}
    assert clocks.turn(midnight + dt.timedelta(minutes=20)) != {}
    assert JudgedDay.objects.get().day == dt.date(2026, 3, 2)


@pytest.mark.django_db
def test_a_waiver_ends_with_its_day() -> None:
    plot = make.make_ready_plot(code="", address="")
    judged(plot)
    finding = Finding.objects.get(rule="plot_code_missing")
    findings.ask_waiver(finding, by=make.make_user(), reason="chờ cấp mã", until=today())
    assert open_rules(plot) == {"plot_address_missing"}
    night()
    pass_days()
    assert night()["waiver"] == 1
    assert open_rules(plot) == {"plot_code_missing", "plot_address_missing"}


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["active_from", "active_to"])
def test_where_a_rule_begins_or_ends_every_plot_is_classified(field: str) -> None:
    plot = make.make_ready_plot(code="")
    RuleSetting.objects.create(
        rule="plot_code_missing", **{field: today() + (DAY if field == "active_from" else 0 * DAY)}
    )
    judged(plot)
    night()
    begins = field == "active_from"
    assert PlotStatus.objects.get().group == (1 if begins else 2)
    pass_days()
    night()
    assert PlotStatus.objects.get().group == (2 if begins else 1)
    assert GroupMove.objects.latest("id").cause == "time"
    assert Job.objects.filter(kind="classify").count() == 1


@pytest.mark.django_db
def test_a_rule_that_ends_while_a_whole_run_is_open_waits_for_it() -> None:
    plot = make.make_ready_plot(code="")
    RuleSetting.objects.create(rule="plot_code_missing", active_to=today())
    judged(plot)
    night()
    pass_days()
    run = jobs.start("classify")
    held = JudgedDay.objects.get().day
    assert clocks.turn(timezone.now() + clocks.GRACE) == {}
    assert JudgedDay.objects.get().day == held
    Job.objects.filter(pk=run.pk).update(state=Job.State.DONE)
    night()
    assert (JudgedDay.objects.get().day, PlotStatus.objects.get().group) == (today(), 1)
