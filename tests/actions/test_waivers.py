"""A waiver holds for what was seen and as long as was said; it lifts a plot only with a second yes."""

from __future__ import annotations

import datetime as dt

import pghistory
import pytest

from landdb.models import Role
from parcels.models import LandUser, Plot
from reconciliation import classification
from reconciliation.actions import changes, consents, findings
from reconciliation.classification import waivers
from reconciliation.models import ChangeSet, Decision, Effect, Finding, GroupMove
from reconciliation.rules import book
from reconciliation.rules.catalogue import RULES
from tests import factories
from tests.rules.cases import FINDS
from tests.rules.looking import change, holder

from .cast import groups

pytestmark = pytest.mark.django_db
#: A day that does not come while the tests run.
LONG = dt.date(2999, 12, 31)


def judged(plot: Plot) -> Plot:
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    return plot


def waive(plot: Plot, rule: str, *, until: dt.date = LONG, agree: bool = True) -> Finding:
    finding = Finding.objects.open().get(plot=plot, rule=rule)
    decision = findings.ask_waiver(
        finding, by=factories.make_user(Role.REVIEWER), reason="đã xem bản giấy", until=until
    )
    if agree and decision.change_set.state == ChangeSet.State.PLANNED:
        consents.answer(
            decision.change_set.consent, by=factories.make_user(Role.SENIOR_REVIEWER), is_yes=True
        )
    finding.refresh_from_db()
    return finding


def test_a_waiver_of_a_number_does_not_survive_another_number() -> None:
    plot = factories.make_ready_plot()
    change(holder(plot), id_number="", id_kind="malformed", id_number_raw="02407512345")
    finding = waive(judged(plot), "id_number_malformed")
    assert (finding.state, groups(plot)) == ("waived", [1])
    assert finding.waived_facts["id_number_raw"] == "02407512345"
    judged(plot)
    assert groups(plot) == [1]
    LandUser.objects.filter(holdings__plot=plot).update(phone="0911111111")
    judged(plot)
    assert groups(plot) == [1]
    LandUser.objects.filter(holdings__plot=plot).update(id_number_raw="02407599999")
    judged(plot)
    finding.refresh_from_db()
    assert (finding.state, groups(plot)) == ("open", [2])
    with pytest.raises(changes.WrongState):
        findings.end_waiver(finding, by=factories.make_user(), reason="thôi")


@pytest.mark.parametrize("rule", sorted(set(FINDS) - {"land_use_code_outdated"}))
def test_any_finding_can_be_waived_and_stays_so_while_nothing_changes(rule: str) -> None:
    plot = factories.make_ready_plot()
    FINDS[rule](plot)
    finding = waive(judged(plot), rule)
    assert finding.waived_facts
    judged(plot)
    classification.classify_commune(plot.commune_id)
    finding.refresh_from_db()
    assert finding.state == Finding.State.WAIVED


def test_every_rule_has_something_that_its_waiver_rests_on() -> None:
    for ruling in book.book([], dt.date(2026, 3, 2)).rulings:
        assert waivers.witnesses(ruling), ruling.rule.id
        names = {field.attname for field in ruling.rule.subject._meta.fields}
        assert names.issuperset(ruling.rule.witness), ruling.rule.id
    assert len(RULES) > 60


def test_what_changes_between_asking_and_agreeing_keeps_the_finding_open() -> None:
    plot = factories.make_ready_plot()
    change(holder(plot), id_number="", id_kind="malformed", id_number_raw="1")
    finding = waive(judged(plot), "id_number_malformed", agree=False)
    change(holder(plot), id_number_raw="2")
    change_set = ChangeSet.objects.get(kind="waiver")
    consents.answer(change_set.consent, by=factories.make_user(Role.SENIOR_REVIEWER), is_yes=True)
    finding.refresh_from_db()
    assert (finding.state, groups(plot)) == ("open", [2])


def test_one_person_waives_what_does_not_decide_the_group() -> None:
    plot = judged(factories.make_ready_plot(code="", address=""))
    finding = waive(plot, "plot_code_missing", agree=False)
    assert (finding.state, finding.waived_alone, groups(plot)) == ("waived", True, [2])
    assert not GroupMove.objects.exclude(cause="first").exists()
    assert waivers.needs_second(Finding.objects.get(rule="plot_address_missing"))


def test_what_one_person_waived_never_lifts_a_plot() -> None:
    plot = judged(factories.make_ready_plot(code="", address=""))
    finding = waive(plot, "plot_code_missing", agree=False)
    change(plot, address="Khu phố Đông")
    judged(plot)
    finding.refresh_from_db()
    assert (finding.state, groups(plot)) == ("open", [2])
    finding = waive(plot, "plot_code_missing")
    assert (finding.state, finding.waived_alone, groups(plot)) == ("waived", False, [1])


def test_one_person_alone_does_not_lift_a_plot_out_of_group_3() -> None:
    plot = judged(factories.make_ready_plot(map_source="299", geometry_fault="outside", code=""))
    assert groups(plot) == [3]
    waive(plot, "obsolete_map", agree=False)
    waive(plot, "plot_code_missing", agree=False)
    change(plot, geometry_fault="")
    judged(plot)
    assert groups(plot) == [3]
    states = dict(Finding.objects.standing().values_list("rule", "state"))
    assert states == {"obsolete_map": "open", "plot_code_missing": "waived"}


def test_a_plot_that_lacks_a_source_is_held_by_that_and_not_by_its_finding() -> None:
    commune = factories.make_commune(delivered=False)
    factories.deliver(commune, "register")
    plot = judged(factories.make_ready_plot(commune, address=""))
    finding = waive(plot, "plot_address_missing", agree=False)
    assert (finding.state, finding.waived_alone) == ("waived", True)
    factories.deliver(commune, "scans", "registrations", "map", "residents")
    judged(plot)
    assert groups(plot) == [2]


@pytest.mark.parametrize(
    ("effects", "lacks", "deciding"),
    [
        ({1: Effect.SUPPLEMENT}, False, {1}),
        ({1: Effect.SUPPLEMENT}, True, set()),
        ({1: Effect.SUPPLEMENT, 2: Effect.SUPPLEMENT}, False, set()),
        ({1: Effect.SUPPLEMENT, 2: Effect.NOTE}, False, {1}),
        ({1: Effect.REBUILD, 2: Effect.SUPPLEMENT}, True, {1}),
        ({1: Effect.NOTE}, False, set()),
        ({}, False, set()),
    ],
)
def test_which_finding_decides_the_group(effects: dict[int, Effect], lacks: bool, deciding: set[int]) -> None:
    assert waivers.deciding(effects, lacks) == deciding


def test_a_waiver_is_ended_before_its_day_and_the_end_taken_back() -> None:
    plot = judged(factories.make_ready_plot(code=""))
    finding = waive(plot, "plot_code_missing", until=dt.date(2099, 1, 1))
    by = factories.make_user(Role.REVIEWER)
    decision = findings.end_waiver(finding, by=by, reason="đã cấp mã")
    finding.refresh_from_db()
    assert (finding.state, finding.waived_until, finding.waived_facts) == ("open", None, None)
    assert (groups(plot), decision.kind) == ([2], Decision.Kind.END_WAIVER)
    assert GroupMove.objects.latest("id").cause == "waiver"
    assert changes.undo(decision.change_set, by=by) == []
    finding.refresh_from_db()
    assert (finding.state, finding.waived_until, groups(plot)) == ("waived", dt.date(2099, 1, 1), [1])


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_what_a_waiver_rests_on_is_read_within_a_request(rule: str) -> None:
    """Who does something is told to the database with each statement of a request; it must not spoil one."""
    finding = Finding(rule=rule, plot=judged(factories.make_ready_plot()), subject_id=0)
    with pghistory.context(user=1):
        assert waivers.facts_of(finding) is None
