"""The list of what is left out of account: who, why, until when; and ending it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from landdb.models import Role, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import consents, effects, findings
from reconciliation.models import Decision, Finding, GroupMove
from tests import factories
from tests.actions.cast import groups, make_staff

pytestmark = pytest.mark.django_db
#: A day that does not come while the tests run.
LONG = dt.date(2999, 12, 31)

Visit = Callable[[User], Client]


def waived(commune=None, until: dt.date = LONG) -> tuple[Plot, Finding, User]:
    """A plot that only its missing code would keep from group 1; waived by two."""
    plot = factories.make_ready_plot(commune, code="")
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    finding, senior = Finding.objects.get(plot=plot), factories.make_user(Role.SENIOR_REVIEWER)
    decision = findings.ask_waiver(finding, by=factories.make_user(), reason="chờ cấp mã", until=until)
    consents.answer(decision.change_set.consent, by=senior, is_yes=True)
    finding.refresh_from_db()
    return plot, finding, senior


def test_it_lists_who_why_and_until_when_within_the_territory(visit: Visit) -> None:
    soon = timezone.localdate() + dt.timedelta(days=3)
    plot, finding, senior = waived(until=soon)
    _other, elsewhere, _senior = waived()
    page = visit(factories.make_user(Role.REVIEWER, commune=plot.commune)).get("/queue/waivers/")
    assert [line.finding.pk for line in page.context["lines"]] == [finding.pk]
    text = page.content.decode()
    for word in (finding.waived_by.full_name, senior.full_name, "chờ cấp mã", f"{soon:%d/%m/%Y}", "sắp hết"):
        assert word in text
    everybody = visit(factories.make_user(Role.AUDITOR)).get("/queue/waivers/")
    assert {line.finding.pk for line in everybody.context["lines"]} == {finding.pk, elsewhere.pk}
    assert "Lý do</label>" not in everybody.content.decode()


def test_it_is_narrowed_by_rule_commune_and_end(visit: Visit) -> None:
    plot, _finding, _senior = waived(until=timezone.localdate() + dt.timedelta(days=3))
    waived()
    client = visit(factories.make_user(Role.AUDITOR))
    for query, n in (
        (f"commune={plot.commune.code}", 1),
        ("ends=soon", 1),
        ("rule=plot_code_missing", 2),
        ("rule=map_only", 0),
    ):
        page = client.get(f"/queue/waivers/?{query}")
        assert (len(page.context["lines"]), page.context["total"]) == (n, n), query


@pytest.mark.parametrize("role", list(Role))
def test_who_may_look_and_who_may_end(visit: Visit, role: str) -> None:
    plot, finding, _senior = waived()
    place = {"commune": plot.commune} if role == Role.COMMUNE_OFFICIAL else {}
    client = visit(factories.make_user(role, **place))
    assert client.get("/queue/waivers/").status_code == (403 if role == Role.POLICE_LIAISON else 200)
    answer = client.post(f"/findings/{finding.pk}/end-waiver/", {"reason": "đã cấp mã", "back": "list"})
    acts = role in (Role.REVIEWER, Role.SENIOR_REVIEWER)
    assert (answer.status_code, groups(plot)) == ((302, [2]) if acts else (403, [1]))


def test_an_end_needs_a_reason_and_is_taken_back_from_the_plots_timeline(visit: Visit) -> None:
    plot, finding, _senior = waived()
    client = visit(factories.make_user(Role.REVIEWER, commune=plot.commune))
    address = f"/findings/{finding.pk}/end-waiver/"
    assert "Cần ghi lý do" in client.post(address, {"reason": ""}, follow=True).content.decode()
    client.post(address, {"reason": "đã cấp mã"})
    assert groups(plot) == [2]
    assert "không còn được bỏ qua" in client.post(address, {"reason": "nữa"}, follow=True).content.decode()
    decision = Decision.objects.get(kind="end_waiver")
    assert f"/decisions/{decision.pk}/undo/" in client.get(f"/plots/{plot.pk}/").content.decode()
    client.post(f"/decisions/{decision.pk}/undo/")
    assert groups(plot) == [1]
    outsider = visit(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    assert outsider.post(address, {"reason": "lý do"}).status_code == 404


def test_what_does_not_decide_the_group_is_waived_at_once(visit: Visit) -> None:
    plot = factories.make_ready_plot(code="", address="")
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    reviewer, _senior, _outsider = make_staff(plot.commune)
    client = visit(reviewer)
    assert "Bỏ qua, không đổi nhóm" in client.get(f"/plots/{plot.pk}/").content.decode()
    finding = Finding.objects.get(rule="plot_code_missing")
    day = f"{timezone.localdate() + dt.timedelta(days=30):%d/%m/%Y}"
    page = client.post(f"/findings/{finding.pk}/waive/", {"reason": "chờ cấp mã", "until": day}, follow=True)
    text = page.content.decode()
    assert "không cần người thứ hai" in text
    assert "1 vướng mắc đang bỏ qua" in text
    Plot.objects.filter(pk=plot.pk).update(address="Khu phố Đông")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    assert "nay quyết định nhóm của thửa" in client.get(f"/plots/{plot.pk}/").content.decode()
    assert groups(plot) == [2]


def test_the_second_person_is_told_where_the_facts_changed_meanwhile(visit: Visit) -> None:
    plot = factories.make_ready_plot(code="x")
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    reviewer, senior, _outsider = make_staff(plot.commune)
    decision = findings.ask_waiver(
        Finding.objects.get(plot=plot), by=reviewer, reason="đúng", until=dt.date(2030, 1, 1)
    )
    Plot.objects.filter(pk=plot.pk).update(code="y")
    consent = decision.change_set.consent
    answer = visit(senior).post(f"/consents/{consent.pk}/answer/", {"word": "yes"}, follow=True)
    assert "Dữ liệu đã đổi từ khi đề nghị" in answer.content.decode()
    assert "dữ liệu đã đổi nên tính lại" in answer.content.decode()
    assert groups(plot) == [2]


def test_who_changes_more_than_is_judged_at_once_is_told_so(visit: Visit, work: Callable[[], None]) -> None:
    plot, finding, _senior = waived()
    person = plot.holdings.get().land_user
    others = [factories.make_plot(plot.commune, uses=False) for _n in range(effects.AT_ONCE)]
    for other in others:
        factories.make_holding(other, person)
    client = visit(factories.make_user(Role.REVIEWER, commune=plot.commune))
    page = client.post(f"/findings/{finding.pk}/end-waiver/", {"reason": "đã cấp mã"}, follow=True)
    assert "Còn 1 thửa liên quan đang được xếp lại" in page.content.decode()
    assert groups(plot) == [2]
    last = client.get(f"/plots/{others[-1].pk}/")
    assert last.context["is_due"]
    work()
    assert not client.get(f"/plots/{others[-1].pk}/").context["is_due"]
    assert set(groups(*others)) == {2}
