"""Drafts of rules in the page: from the button to the ledger, with two people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from landdb import jobs
from landdb.models import Job, Role, User
from parcels.models import Plot
from reconciliation.models import DraftMove, PlotStatus, RuleDraft, RuleSetting
from reconciliation.web import draft_result
from tests import factories as make

pytestmark = pytest.mark.django_db

RULE = "plot_code_missing"
NEW = f"/rules/drafts/new/?rule={RULE}"
REBUILD = {"is_on": "on", "effect": "rebuild", "active_from": "", "active_to": "", "reason": "mã là bắt buộc"}

Visit = Callable[[User], Client]
Work = Callable[[], None]


@pytest.fixture
def plots(work: Work) -> list[Plot]:
    """Three plots without a code in one commune, one in another."""
    own, other = make.make_commune(), make.make_commune()
    plots = [make.make_ready_plot(commune, code="") for commune in (own, own, own, other)]
    jobs.start("classify")
    work()
    return plots


@pytest.fixture
def manager(visit: Visit) -> Client:
    return visit(make.make_user(Role.MANAGER))


@pytest.fixture
def second(visit: Visit) -> Client:
    return visit(make.make_user(Role.SENIOR_REVIEWER))


@pytest.fixture
def counted(manager: Client, plots: list[Plot], work: Work) -> str:
    """The address of a draft that was counted."""
    address = manager.post(NEW, REBUILD)["Location"]
    manager.post(f"{address}count/")
    work()
    return address


def shown(client: Client, address: str) -> list[int]:
    return [move.plot_id for move, _rules in client.get(address).context["moves"]]


def test_from_the_button_to_the_ledger(
    manager: Client, second: Client, plots: list[Plot], counted: str, work: Work
) -> None:
    page = manager.get(counted).content.decode()
    assert "4 thửa sẽ chuyển nhóm" in page
    assert "<ins>Nhóm 3: xây dựng lại</ins>" in page
    assert f'href="/plots/{plots[0].pk}/"' in page
    asked = manager.post(f"{counted}ask/", follow=True).content.decode()
    assert "chờ một người khác đồng ý" in asked
    assert "Đồng ý, đổi quy tắc" not in asked
    found = second.get(counted)
    answer = {"word": "yes", "reason": "được", "seen": found.context["seen"]}
    done = second.post(f"{counted}answer/", answer, follow=True).content.decode()
    assert "Đã đổi quy tắc" in done
    work()
    assert set(PlotStatus.objects.values_list("group", flat=True)) == {3}
    after = manager.get(counted).content.decode()
    assert "4 thửa sẽ chuyển nhóm" in after
    assert "sổ chuyển nhóm ghi nguyên nhân là đổi quy tắc" in after
    history = manager.get(f"/plots/{plots[0].pk}/").content.decode()
    assert f'<a href="{counted}">Đổi quy tắc</a>: mã là bắt buộc' in history


def test_while_it_counts_the_page_asks_again_and_then_no_more(
    manager: Client, plots: list[Plot], work: Work
) -> None:
    address = manager.post(NEW, REBUILD)["Location"]
    manager.post(f"{address}count/")
    page = manager.get(address).content.decode()
    assert f'hx-get="{address}"' in page
    assert "Đang đếm thử" in page
    work()
    panel = manager.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in panel
    assert "<html" not in panel
    assert "thửa sẽ chuyển nhóm" in panel


def test_whoever_asked_gets_no_button_and_no_yes(manager: Client, counted: str) -> None:
    manager.post(f"{counted}ask/")
    seen = manager.get(counted).context["seen"]
    done = manager.post(f"{counted}answer/", {"word": "yes", "seen": seen}, follow=True)
    assert "không thể tự đồng ý" in done.content.decode()
    assert not RuleSetting.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_drafts_who_makes_them_and_who_answers(
    visit: Visit, manager: Client, counted: str, role: str
) -> None:
    manager.post(f"{counted}ask/")
    client = visit(make.make_user(role))
    sees = role in (Role.MANAGER, Role.ADMINISTRATOR, Role.SENIOR_REVIEWER, Role.AUDITOR)
    makes = role in (Role.MANAGER, Role.ADMINISTRATOR)
    answers = makes or role == Role.SENIOR_REVIEWER
    assert client.get(counted).status_code == (200 if sees else 403)
    assert client.get("/rules/drafts/").status_code == (200 if sees else 403)
    for act in ("count", "ask", "throw-away"):
        assert (client.post(f"{counted}{act}/").status_code != 403) == makes
    assert (client.post(f"{counted}answer/", {"word": "no"}).status_code != 403) == answers
    assert (client.post(NEW, REBUILD).status_code != 403) == makes


def test_a_senior_reviewer_of_one_office_reads_his_own_part_and_answers_nothing(
    visit: Visit, plots: list[Plot], counted: str
) -> None:
    office = make.make_office()
    commune = plots[0].commune
    commune.office = office
    commune.save()
    client = visit(make.make_user(Role.SENIOR_REVIEWER, office=office))
    found = client.get(counted)
    assert found.context["total"] == 3
    assert [move.plot_id for move, _rules in found.context["moves"]] == [plot.pk for plot in plots[:3]]
    assert client.post(f"{counted}answer/", {"word": "yes"}).status_code == 403


def test_the_list_is_narrowed_and_paged_without_losing_a_plot(
    manager: Client, plots: list[Plot], counted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_result, "PAGE", 2)
    monkeypatch.setattr("reconciliation.web.rule_drafts.PAGE", 2)
    address, seen = counted, []
    for _page in range(5):
        found = manager.get(address)
        seen += [move.plot_id for move, _rules in found.context["moves"]]
        if not found.context["older"]:
            break
        address = f"{counted}?{found.context['older']}"
    assert seen == [plot.pk for plot in plots]
    assert shown(manager, f"{counted}?commune={plots[3].commune.code}") == [plots[3].pk]
    assert shown(manager, f"{counted}?move=2-3&rule={RULE}") == [plot.pk for plot in plots[:2]]
    assert shown(manager, f"{counted}?move=2-1") == []
    assert shown(manager, f"{counted}?rule=scan_missing") == []
    assert shown(manager, f"{counted}?move=x&commune=y&after=z") == [plot.pk for plot in plots[:2]]


def test_a_rule_is_set_otherwise_added_and_left_as_it_is(
    manager: Client, plots: list[Plot], counted: str, work: Work
) -> None:
    change = f"{counted}change/?rule=area_differs_from_map"
    form = {"is_on": "on", "effect": "supplement", "tolerance": "7,5", "active_from": "", "active_to": ""}
    assert "5" in manager.get(change).content.decode()
    page = manager.post(change, form, follow=True).content.decode()
    assert "<del>5 %</del> → <ins>7,5 %</ins>" in page
    assert not DraftMove.objects.exists()
    assert RuleDraft.objects.get().changes.get(rule="area_differs_from_map").tolerance == 7.5
    manager.post(f"{counted}change/?rule={RULE}", {"word": "leave"})
    assert [one.rule for one in RuleDraft.objects.get().changes.all()] == ["area_differs_from_map"]
    assert manager.get(f"{counted}change/?rule=không_có").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"tolerance": "-1"},
        {"tolerance": "nhiều"},
        {"effect": "khác"},
        {"active_from": "02/03/2026", "active_to": "01/03/2026"},
        {"active_from": "31/02/2026"},
        {"reason": ""},
    ],
)
def test_nonsense_is_refused_with_a_word(manager: Client, sent: dict[str, str]) -> None:
    answer = manager.post(
        "/rules/drafts/new/?rule=area_differs_from_map", REBUILD | {"tolerance": "5"} | sent
    )
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()
    assert not RuleDraft.objects.exists()


def test_it_says_when_the_rules_or_the_plots_have_changed_since(
    manager: Client, plots: list[Plot], counted: str, work: Work
) -> None:
    Plot.objects.filter(pk=plots[0].pk).update(address="")
    jobs.start("classify")
    work()
    page = manager.get(counted).content.decode()
    assert "Từ khi đếm thử đã có thửa được xếp lại." in page
    RuleSetting.objects.create(rule="phone_missing", is_on=False)
    page = manager.get(counted).content.decode()
    assert "Bộ quy tắc đã đổi từ khi đếm thử." in page
    done = manager.post(f"{counted}ask/", follow=True).content.decode()
    assert "Hãy đếm thử lại" in done
    assert RuleDraft.objects.get().state == "counted"


def test_what_was_thrown_away_stays_in_the_list_without_figures(manager: Client, counted: str) -> None:
    manager.post(f"{counted}throw-away/")
    page = manager.get(counted).content.decode()
    assert "thửa sẽ chuyển nhóm" not in page
    assert "Đã bỏ" in manager.get("/rules/drafts/").content.decode()
    assert manager.get(f"{counted}change/?rule={RULE}").status_code == 302
    assert not Job.objects.open().exists()
