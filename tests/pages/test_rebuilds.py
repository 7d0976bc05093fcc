"""Group 3 is proposed by rules and confirmed by staff: one by one, or the list that is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from landdb.models import AdminUnit, Role, User
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import rebuilds
from reconciliation.models import ChangeSet, Decision, GroupMove, PlotStatus, Tally
from tests import factories
from tests.classification.books import assert_balanced

pytestmark = pytest.mark.django_db

Visit = Callable[[User], Client]


@pytest.fixture
def commune() -> AdminUnit:
    """Three plots of group 3 known from the map alone, one more of an old map, one of group 2."""
    commune = factories.make_commune()
    plots = [factories.make_drawn_plot(commune) for _n in range(3)]
    plots += [
        factories.make_ready_plot(commune, map_source="299"),
        factories.make_ready_plot(commune, code=""),
    ]
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)
    return commune


def confirmed() -> int:
    return PlotStatus.objects.filter(confirmed_at__isnull=False).count()


def post(client: Client, query: str, count: int, reason: str = "bản đồ cũ") -> str:
    answer = client.post(
        f"/queue/confirm/?{query}", {"reason": reason, "count": count, "scope": "listed"}, follow=True
    )
    return answer.content.decode()


def test_the_queue_tells_what_is_not_confirmed(visit: Visit, commune: AdminUnit) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    page = client.get("/queue/")
    assert page.context["unconfirmed"]["count"] == 4
    assert page.content.decode().count(">chưa xác nhận</span>") == 4
    only = client.get("/queue/?confirmed=no")
    assert {row.status.group for row in only.context["rows"]} == {3}
    assert (only.context["total"], only.context["confirm"]["count"]) == (4, 4)


def test_the_list_is_confirmed_whole_and_taken_back_whole(visit: Visit, commune: AdminUnit) -> None:
    reviewer = factories.make_user(Role.REVIEWER, commune=commune)
    client = visit(reviewer)
    query = f"confirmed=no&rule=map_only&commune={commune.code}"
    assert client.get(f"/queue/?{query}").context["confirm"]["count"] == 3
    text = post(client, query, 3)
    assert f"Đã xác nhận nhóm 3 cho 3 thửa ({commune.name}, " in text
    decision = Decision.objects.get()
    assert (confirmed(), decision.change_set.kind) == (3, ChangeSet.Kind.CONFIRM)
    assert commune.name in decision.reason
    assert Tally.objects.get(rule=Tally.CONFIRMED).plots == 3
    assert client.get("/queue/").context["unconfirmed"]["count"] == 1
    assert_balanced()
    page = client.get("/queue/?confirmed=no")
    assert page.context["confirm"]["last"]["plots"] == 3
    back = client.post(f"/decisions/{decision.pk}/undo/")
    assert back["Location"] == "/queue/?confirmed=no"
    assert (confirmed(), client.get("/queue/").context["unconfirmed"]["count"]) == (0, 4)
    assert_balanced()


def test_a_confirmation_goes_with_the_group(visit: Visit, commune: AdminUnit) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    post(client, "confirmed=no", 4)
    plot = PlotStatus.objects.filter(rules=["map_only"])[0].plot
    factories.make_land_use(plot)
    factories.make_holding(plot, factories.make_land_user(commune))
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    assert (confirmed(), Tally.objects.get(rule=Tally.CONFIRMED).plots) == (3, 3)
    assert_balanced()


def test_a_list_that_changed_since_it_was_shown_is_shown_again(visit: Visit, commune: AdminUnit) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    assert "Danh sách vừa đổi" in post(client, "confirmed=no", 3)
    assert "Cần ghi lý do" in post(client, "confirmed=no", 4, reason="")
    assert confirmed() == 0


def test_the_reason_of_a_refused_confirmation_is_not_lost(visit: Visit, commune: AdminUnit) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    told = {"reason": "bản đồ 299 <cũ>", "count": 3, "scope": "listed"}
    kept = 'value="bản đồ 299 &lt;cũ&gt;"'
    assert kept in client.post("/queue/confirm/?confirmed=no", told, follow=True).content.decode()
    assert kept not in client.get("/queue/?confirmed=no").content.decode()
    nothing_ticked = {**told, "scope": "chosen"}
    assert kept in client.post("/queue/confirm/?confirmed=no", nothing_ticked, follow=True).content.decode()
    post(client, "confirmed=no", 4)
    assert confirmed() == 4
    assert kept not in client.get("/queue/?confirmed=no").content.decode()


def test_the_ticked_plots_alone_are_confirmed_and_those_that_changed_are_left_out_and_told(
    visit: Visit, commune: AdminUnit
) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    page = client.get("/queue/?confirmed=no")
    rows = page.context["rows"]
    assert page.content.decode().count('form="confirm"') == len(rows) == 4
    drawn = [row for row in rows if row.status.rules == ["map_only"]]
    stale = Plot.objects.get(pk=drawn[0].status.plot_id)
    factories.make_land_use(stale)
    factories.make_holding(stale, factories.make_land_user(commune))
    Plot.objects.filter(pk=stale.pk).update(map_source="299")
    classification.refresh([stale.pk], cause=GroupMove.Cause.CORRECTION)
    assert PlotStatus.objects.get(pk=stale.pk).group == 3
    told = {"reason": "bản đồ cũ", "count": 4, "scope": "chosen"}
    ticked = [row.ticked for row in drawn[:2]]
    text = client.post("/queue/confirm/?confirmed=no", {**told, "plot": ticked}, follow=True).content.decode()
    assert "Đã xác nhận nhóm 3 cho 1 thửa đã chọn." in text
    assert "1 thửa đã đổi từ khi bạn mở trang" in text
    confirmed_plots = PlotStatus.objects.filter(confirmed_at__isnull=False).values_list("pk", flat=True)
    assert list(confirmed_plots) == [drawn[1].status.plot_id]
    assert_balanced()
    for nothing in ({}, {"plot": ["x", "1", "1:zz"]}):
        page = client.post("/queue/confirm/?confirmed=no", {**told, **nothing}, follow=True)
        assert "Chưa chọn thửa nào" in page.content.decode()
    elsewhere = visit(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    page = elsewhere.post("/queue/confirm/", {**told, "plot": [drawn[2].ticked]}, follow=True)
    assert "1 thửa đã đổi" in page.content.decode()
    assert confirmed() == 1


def test_only_who_confirms_finds_rows_to_tick(visit: Visit, commune: AdminUnit) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    assert 'form="confirm"' not in client.get("/queue/").content.decode()
    auditor = visit(factories.make_user(Role.AUDITOR))
    assert 'form="confirm"' not in auditor.get("/queue/?confirmed=no").content.decode()


def test_no_more_than_a_stated_number_at_a_time(
    visit: Visit, commune: AdminUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilds, "MOST", 2)
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    page = client.get("/queue/?confirmed=no")
    assert "Mỗi lần nhiều nhất 2 thửa" in page.content.decode()
    post(client, "confirmed=no", 2)
    assert confirmed() == 2
    post(client, "confirmed=no", 2)
    assert confirmed() == 4
    assert client.get("/queue/?confirmed=no").context["rows"] == []


def test_only_staff_confirm_and_only_in_their_territory(visit: Visit, commune: AdminUnit) -> None:
    for role in set(Role) - {Role.REVIEWER, Role.SENIOR_REVIEWER}:
        client = visit(factories.make_user(role))
        assert client.post("/queue/confirm/?confirmed=no", {"reason": "lý do", "count": 4}).status_code == 403
    elsewhere = factories.make_user(Role.SENIOR_REVIEWER, commune=factories.make_commune())
    assert "Danh sách vừa đổi" in post(visit(elsewhere), "confirmed=no", 4)
    assert confirmed() == 0
    post(visit(factories.make_user(Role.REVIEWER, commune=commune)), "confirmed=no", 4)
    decision = Decision.objects.get()
    assert visit(elsewhere).post(f"/decisions/{decision.pk}/undo/").status_code == 404
    assert confirmed() == 4


def test_the_timeline_says_that_others_were_confirmed_with_it(visit: Visit, commune: AdminUnit) -> None:
    client = visit(factories.make_user(Role.REVIEWER, commune=commune))
    post(client, "confirmed=no", 4)
    plot = PlotStatus.objects.filter(group=3)[0].plot_id
    assert "cùng một lần cho 4 thửa" in client.get(f"/plots/{plot}/").content.decode()
