"""Waivers need a second person; group 3 is confirmed by staff."""

from __future__ import annotations

import datetime as dt

import pytest

from landdb.models import Role
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import changes, consents, findings, rebuilds
from reconciliation.models import ChangeSet, Finding, GroupMove, PlotStatus
from tests import factories

from .cast import groups

pytestmark = pytest.mark.django_db
#: A day that does not come while the tests run.
LONG = dt.date(2999, 12, 31)


def one_finding() -> tuple[Plot, Finding]:
    """A plot that only its missing code keeps from group 1."""
    plot = factories.make_ready_plot(code="")
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    return plot, Finding.objects.open().get(plot=plot, rule="plot_code_missing")


def ask(finding: Finding, asker=None, until: dt.date = LONG):
    asker = asker or factories.make_user(Role.REVIEWER)
    return findings.ask_waiver(finding, by=asker, reason="chờ cấp mã", until=until)


def test_a_waiver_changes_nothing_before_the_second_person_agrees() -> None:
    plot, finding = one_finding()
    decision = ask(finding)
    finding.refresh_from_db()
    assert finding.state == Finding.State.OPEN
    assert groups(plot) == [2]
    senior = factories.make_user(Role.SENIOR_REVIEWER)
    consents.answer(decision.change_set.consent, by=senior, is_yes=True)
    finding.refresh_from_db()
    assert (finding.state, finding.reason) == (Finding.State.WAIVED, "chờ cấp mã")
    assert groups(plot) == [1]


def test_nobody_agrees_with_themselves() -> None:
    plot, finding = one_finding()
    senior = factories.make_user(Role.SENIOR_REVIEWER)
    decision = ask(finding, senior)
    with pytest.raises(consents.SamePerson):
        consents.answer(decision.change_set.consent, by=senior, is_yes=True)
    assert groups(plot) == [2]


def test_a_no_throws_the_waiver_away() -> None:
    plot, finding = one_finding()
    decision = ask(finding)
    consents.answer(
        decision.change_set.consent,
        by=factories.make_user(Role.SENIOR_REVIEWER),
        is_yes=False,
        reason="không",
    )
    decision.change_set.refresh_from_db()
    assert decision.change_set.state == ChangeSet.State.DISCARDED
    assert groups(plot) == [2]


def test_a_consent_is_answered_once() -> None:
    _plot, finding = one_finding()
    consent = ask(finding).change_set.consent
    consents.answer(consent, by=factories.make_user(Role.SENIOR_REVIEWER), is_yes=True)
    with pytest.raises(changes.WrongState):
        consents.answer(consent, by=factories.make_user(Role.SENIOR_REVIEWER), is_yes=False)


def test_a_finding_is_asked_for_once() -> None:
    _plot, finding = one_finding()
    ask(finding)
    with pytest.raises(changes.WrongState):
        ask(finding)


def test_a_waiver_taken_back_opens_the_finding_again() -> None:
    plot, finding = one_finding()
    decision = ask(finding, until=dt.date(2030, 1, 1))
    consents.answer(decision.change_set.consent, by=factories.make_user(Role.SENIOR_REVIEWER), is_yes=True)
    decision.change_set.refresh_from_db()
    assert changes.undo(decision.change_set, by=decision.by) == []
    finding.refresh_from_db()
    assert (finding.state, finding.waived_by, finding.waived_until, finding.reason) == (
        "open",
        None,
        None,
        "",
    )
    assert groups(plot) == [2]


def test_group_three_is_confirmed_with_name_and_reason() -> None:
    plot = factories.make_drawn_plot()
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    status = PlotStatus.objects.get(plot=plot)
    reviewer = factories.make_user(Role.REVIEWER)
    decision = rebuilds.confirm(status, by=reviewer, reason="chưa có hồ sơ")
    status.refresh_from_db()
    assert (status.group, status.confirmed_by) == (3, reviewer)
    assert status.confirmed_at is not None
    changes.undo(decision.change_set, by=reviewer)
    status.refresh_from_db()
    assert (status.confirmed_by, status.confirmed_at) == (None, None)
