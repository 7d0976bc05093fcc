"""The queue: one's own territory, facets in the address, typed words on the server, few queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from landdb.models import AccessLog, Role, TypedSearch
from reconciliation import classification
from reconciliation.models import GroupMove, PlotStatus, WorkItem
from tests import factories
from tests.actions.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    commune = factories.make_commune()
    plots = [factories.make_drawn_plot(commune) for _n in range(3)]
    plots += [factories.make_ready_plot(commune), factories.make_ready_plot(commune, code="")]
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)
    return commune


def rows(page) -> list[int]:
    return [row.status.plot_id for row in page.context["rows"]]


def counts(page, facet: str) -> dict[str, int]:
    return {option.key: option.count for option in page.context[facet]}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.REVIEWER, 200),
        (Role.SENIOR_REVIEWER, 200),
        (Role.COMMUNE_OFFICIAL, 200),
        (Role.MANAGER, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 200),
        (Role.POLICE_LIAISON, 403),
    ],
)
def test_who_comes_in(client: Client, role: str, status: int) -> None:
    client.force_login(factories.make_user(role))
    assert client.get("/queue/").status_code == status


def test_it_shows_flagged_plots_of_the_own_territory_alone(client: Client, commune) -> None:
    other = make_case()
    client.force_login(factories.make_user(Role.REVIEWER, commune=commune))
    page = client.get("/queue/")
    assert len(rows(page)) == 4
    assert other.plots[0].pk not in rows(page)
    assert counts(page, "groups") == {"1": 1, "2": 1, "3": 3}


def test_facets_of_another_territory_are_left_out(client: Client, commune) -> None:
    other = make_case()
    client.force_login(factories.make_user(Role.REVIEWER, commune=commune))
    page = client.get(f"/queue/?commune={other.commune.code}")
    assert other.plots[0].pk not in rows(page)


def test_group_and_rule_narrow_rows_and_counts_alike(client: Client, commune) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get("/queue/?group=3&rule=map_only")
    assert len(rows(page)) == 3 == page.context["total"]
    assert counts(page, "rules")["map_only"] == 3
    assert len(rows(client.get("/queue/?rule=plot_code_missing"))) == 1


def test_plots_that_a_rule_alone_holds_back_are_listed_and_counted_apart(client: Client, commune) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get("/queue/?rule=plot_code_missing&alone=1")
    plots = PlotStatus.objects.filter(rules=["plot_code_missing"])
    assert rows(page) == [status.pk for status in plots]
    assert page.context["total"] == len(plots) == 1
    assert counts(page, "communes") == {commune.code: 1}
    assert "Chỉ vướng một quy tắc" in page.content.decode()
    # Of what is known from the map alone nobody can say what else is wrong.
    page = client.get("/queue/?rule=map_only&alone=1")
    assert (rows(page), page.context["total"]) == ([], 0)
    other = plots.get().plot
    other.legal_area = None
    other.save()
    classification.refresh([other.pk], cause=GroupMove.Cause.CORRECTION)
    page = client.get("/queue/?rule=plot_code_missing&alone=1")
    assert (rows(page), page.context["total"]) == ([], 0)
    assert len(rows(client.get("/queue/?rule=plot_code_missing"))) == 1


def test_pages_go_forth_and_back_without_losing_a_plot(client: Client, monkeypatch, commune) -> None:
    more = [factories.make_drawn_plot() for _n in range(4)]
    classification.refresh([plot.pk for plot in more], cause=GroupMove.Cause.FIRST)
    client.force_login(factories.make_user(Role.REVIEWER))
    from reconciliation.filters import QueueFilter

    whole = rows(client.get("/queue/"))
    plain = QueueFilter.page
    monkeypatch.setattr(QueueFilter, "page", lambda self, **kw: plain(self, **kw, size=3))
    seen, page = [], client.get("/queue/")
    while True:
        seen += rows(page)
        if not page.context["older"]:
            break
        page = client.get(f"/queue/?{page.context['older']}")
    assert seen == whole
    back = []
    while page.context["newer"]:
        page = client.get(f"/queue/?{page.context['newer']}")
        back = rows(page) + back
    assert back == whole[: len(back)]
    assert len(back) >= len(whole) - 3


@pytest.mark.parametrize("typed", ["nguyen thi duyen", "Nguyễn Thị Duyên", "DUYÊN"])
def test_a_name_is_found_with_and_without_marks(client: Client, typed: str) -> None:
    case = make_case()
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.post("/search/", {"text": typed}, follow=True)
    assert rows(page) == [case.plots[0].pk]


def test_sheet_and_plot_serial_and_number_are_found(client: Client) -> None:
    case = make_case()
    plot = case.plots[0]
    client.force_login(factories.make_user(Role.REVIEWER))
    serial = plot.holdings.get().certificate.serial
    for typed in (
        f"{plot.sheet}/{plot.number}",
        f"thửa {plot.number} tờ {plot.sheet}",
        serial,
        "024175123456",
    ):
        page = client.post("/search/", {"text": typed}, follow=True)
        assert rows(page) == [plot.pk], typed


def test_what_is_typed_stays_on_the_server_and_is_logged(client: Client) -> None:
    make_case()
    user = factories.make_user(Role.REVIEWER)
    client.force_login(user)
    answer = client.post("/search/", {"text": "Nguyễn Thị Duyên"})
    assert "Duy" not in answer["Location"]
    assert "%E1" not in answer["Location"]
    log = AccessLog.objects.get(action=AccessLog.Action.SEARCH)
    assert (log.user, log.reason) == (user, "")


def test_a_token_serves_the_person_who_typed_alone(client: Client) -> None:
    case = make_case()
    factories.make_drawn_plot()
    theirs = TypedSearch.objects.create(user=factories.make_user(), text="không ai có tên này")
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get(f"/queue/?q={theirs.token}")
    assert rows(page) == [case.plots[0].pk]
    assert "không ai" not in page.content.decode()


def test_a_search_finds_nothing_outside_the_territory(client: Client) -> None:
    make_case()
    client.force_login(factories.make_user(Role.REVIEWER, commune=factories.make_commune()))
    page = client.post("/search/", {"text": "Nguyễn Thị Duyên"}, follow=True)
    assert rows(page) == []
    assert "Không còn thửa nào" in page.content.decode()


def test_htmx_gets_the_panel_and_the_back_button_the_page(client: Client, commune) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    htmx = {"HX-Request": "true"}
    assert "<html" not in client.get("/queue/", headers=htmx).content.decode()
    back = client.get("/queue/", headers=htmx | {"HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()
    assert "HX-Request" in back["Vary"]


def test_numbers_in_addresses_carry_no_thousands_dots(client: Client) -> None:
    plot = factories.make_drawn_plot(number=12345, sheet=1234)
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get("/queue/").content.decode()
    assert "1234/12345" in page
    assert reverse("plot", args=[plot.pk]) in page


def test_its_queries_do_not_grow_with_its_rows(client: Client, commune) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    client.get("/queue/")
    with CaptureQueriesContext(connection) as few:
        client.get("/queue/")
    plots = [factories.make_ready_plot(commune, code="") for _n in range(8)]
    classification.refresh([plot.pk for plot in plots], cause=GroupMove.Cause.FIRST)
    with CaptureQueriesContext(connection) as many:
        assert len(rows(client.get("/queue/"))) == 12
    assert len(many) == len(few) <= 8


def test_the_worklist_puts_first_whom_most_plots_wait_for(client: Client) -> None:
    one, two = make_case(plots=1), make_case(plots=3, name="Trần Thị Hoà")
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get("/queue/people/")
    assert [row.person.pk for row in page.context["rows"]] == [two.land_user.pk, one.land_user.pk]
    client.force_login(factories.make_user(Role.REVIEWER, commune=one.commune))
    page = client.get("/queue/people/")
    assert [row.person.pk for row in page.context["rows"]] == [one.land_user.pk]
    client.force_login(factories.make_user(Role.MANAGER))
    assert client.get("/queue/people/").status_code == 403


def test_the_worklist_claims_no_conclusion_before_the_first_run(client: Client) -> None:
    client.force_login(factories.make_user(Role.SENIOR_REVIEWER))
    page = client.get("/queue/people/").content.decode()
    assert "Chưa đối chiếu lần nào." in page
    assert "đã có kết luận" not in page
    case = make_case(plots=1)
    WorkItem.objects.all().delete()
    client.force_login(factories.make_user(Role.REVIEWER, commune=case.commune))
    assert "đã có kết luận" in client.get("/queue/people/").content.decode()
