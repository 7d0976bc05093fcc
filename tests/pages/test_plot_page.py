"""The plot page: why, who, where, what happened; waivers and confirmations from its buttons."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from landdb.models import AccessLog, Role
from parcels import geometry
from parcels.models import Plot
from reconciliation import classification
from reconciliation.actions import consents, findings
from reconciliation.models import Consent, Decision, Finding, GroupMove, PlotStatus
from reconciliation.web import later_day
from reconciliation.web.forms import WaiverForm
from tests import factories
from tests.actions.cast import groups, make_staff

NEXT_YEAR = timezone.localdate() + dt.timedelta(days=400)
WAIVER = {"reason": "chờ cấp mã", "until": f"{NEXT_YEAR:%d/%m/%Y}"}
pytestmark = pytest.mark.django_db


def judged(plot: Plot) -> Plot:
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    return plot


@pytest.fixture
def plot() -> Plot:
    return judged(factories.make_ready_plot(code=""))


@pytest.fixture
def staff(plot: Plot):
    return make_staff(plot.commune)


@pytest.fixture
def finding(plot: Plot) -> Finding:
    return Finding.objects.open().get(plot=plot, rule="plot_code_missing")


def test_it_says_why_and_what_mends_it(client: Client, plot: Plot, staff) -> None:
    client.force_login(staff[0])
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert "Nhóm 2: cần bổ sung, xác minh" in page
    assert "Thiếu mã định danh thửa đất" in page
    assert "Thửa lên nhóm 1" in page


def test_an_outsider_finds_nothing(client: Client, plot: Plot, staff, finding: Finding) -> None:
    client.force_login(staff[2])
    assert client.get(f"/plots/{plot.pk}/").status_code == 404
    assert client.post(f"/findings/{finding.pk}/waive/", {"reason": "lý do"}).status_code == 404
    assert client.post(f"/plots/{plot.pk}/confirm/", {"reason": "lý do"}).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_look_and_only_reviewers_act(
    client: Client, plot: Plot, finding: Finding, role: str
) -> None:
    place = {"commune": plot.commune} if role == Role.COMMUNE_OFFICIAL else {}
    user = factories.make_user(role, **place)
    client.force_login(user)
    assert client.get(f"/plots/{plot.pk}/").status_code == 200
    assert AccessLog.objects.filter(user=user, action="view", subject="plot", subject_id=plot.pk).exists()
    answer = client.post(f"/findings/{finding.pk}/waive/", WAIVER)
    acts = role in (Role.REVIEWER, Role.SENIOR_REVIEWER)
    assert (answer.status_code, Consent.objects.exists()) == ((302, True) if acts else (403, False))


def test_a_waiver_goes_from_asking_to_consent_to_undo(
    client: Client, plot: Plot, staff, finding: Finding
) -> None:
    reviewer, senior, outsider = staff
    client.force_login(reviewer)
    client.post(f"/findings/{finding.pk}/waive/", {"reason": "chờ cấp mã", "until": f"{NEXT_YEAR:%d/%m/%Y}"})
    consent = Consent.objects.get()
    client.post(f"/consents/{consent.pk}/answer/", {"word": "yes"})
    assert groups(plot) == [2]
    client.force_login(factories.make_user(Role.SENIOR_REVIEWER, commune=outsider.commune))
    assert client.post(f"/consents/{consent.pk}/answer/", {"word": "yes"}).status_code == 404
    client.force_login(senior)
    assert "Chờ người thứ hai đồng ý" in client.get(f"/plots/{plot.pk}/").content.decode()
    client.post(f"/consents/{consent.pk}/answer/", {"word": "yes"})
    assert groups(plot) == [1]
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert "bỏ qua: " in page
    assert f"{senior.full_name} đồng ý" in page
    assert f"đến {NEXT_YEAR:%d/%m/%Y}" in page
    decision = Decision.objects.get(kind="waive")
    assert f"/decisions/{decision.pk}/undo/" in page
    client.post(f"/decisions/{decision.pk}/undo/")
    assert groups(plot) == [2]


def test_whoever_asked_does_not_agree_alone(client: Client, plot: Plot, staff, finding: Finding) -> None:
    client.force_login(staff[1])
    client.post(f"/findings/{finding.pk}/waive/", WAIVER)
    answer = client.post(f"/consents/{Consent.objects.get().pk}/answer/", {"word": "yes"}, follow=True)
    assert "không thể tự đồng ý" in answer.content.decode()
    assert groups(plot) == [2]


def test_the_last_day_of_a_waiver_may_be_three_years_from_now_and_not_a_day_more() -> None:
    last = later_day.last_day()
    assert last.year == timezone.localdate().year + 3
    for days, is_right in ((0, True), (1, False)):
        day = last + dt.timedelta(days=days)
        form = WaiverForm({"reason": "chờ cấp mã", "until": f"{day:%d/%m/%Y}"})
        assert form.is_valid() == is_right


def test_a_waiver_from_before_without_a_last_day_is_still_told(client: Client, finding: Finding) -> None:
    reviewer, senior = factories.make_user(), factories.make_user(Role.SENIOR_REVIEWER)
    asked = findings.ask_waiver(finding, by=reviewer, reason="chờ cấp mã", until=dt.date(2030, 1, 1))
    asked.change_set.changes.filter(field="waived_until").update(new=None)
    client.force_login(senior)
    assert "không hạn" in client.get("/queue/waivers/").content.decode()
    consents.answer(asked.change_set.consent, by=senior, is_yes=True)
    assert "không hạn" in client.get("/queue/waivers/").content.decode()
    assert "không hạn" in client.get(f"/plots/{finding.plot_id}/").content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"reason": "x"},
        {"reason": "lý do", "until": "hôm nào đó"},
        {"reason": "lý do"},
        {"reason": "lý do", "until": "01/01/2001"},
        {"reason": "lý do", "until": "31/12/2099"},
    ],
)
def test_a_waiver_without_reason_or_day_or_with_one_out_of_bounds_keeps_what_was_typed(
    client: Client, staff, finding: Finding, data: dict[str, str]
) -> None:
    client.force_login(staff[0])
    answer = client.post(f"/findings/{finding.pk}/waive/", data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert f'value="{data.get("until", "")}"' in answer.content.decode()
    bound = f"muộn nhất {later_day.last_day():%d/%m/%Y} (3 năm)."
    assert (bound in answer.content.decode()) == (WaiverForm(data).has_error("until"))
    assert f'value="{data.get("reason", "")}"' in answer.content.decode()
    assert not Consent.objects.exists()


def test_group_three_is_confirmed_once_with_a_reason(client: Client) -> None:
    plot = judged(factories.make_drawn_plot())
    reviewer = factories.make_user(Role.REVIEWER)
    client.force_login(reviewer)
    client.post(f"/plots/{plot.pk}/confirm/", {"reason": ""})
    assert PlotStatus.objects.get(plot=plot).confirmed_by is None
    answer = client.post(f"/plots/{plot.pk}/confirm/", {"reason": "chưa kê khai"}, follow=True)
    assert PlotStatus.objects.get(plot=plot).confirmed_by == reviewer
    assert f"{reviewer.full_name} xác nhận" in answer.content.decode()
    assert client.post(f"/plots/{plot.pk}/confirm/", {"reason": "lần nữa"}).status_code == 404


def test_a_plot_of_group_two_is_not_confirmed(client: Client, plot: Plot, staff) -> None:
    client.force_login(staff[0])
    assert client.post(f"/plots/{plot.pk}/confirm/", {"reason": "lý do"}).status_code == 404


def test_the_map_draws_neighbours_of_the_territory_with_plain_numbers(client: Client) -> None:
    commune = factories.make_commune()
    plot = judged(factories.make_drawn_plot(commune, sheet=1234, number=56789))
    factories.make_drawn_plot(commune)
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert "Thửa 56789, tờ 1234" in page
    assert "EPSG:9209" in page
    svg = re.search(r'<svg class="map".*?</svg>', page, re.DOTALL)[0]
    assert svg.count("<polygon") == 2
    for number in re.findall(r'(?:points|x|y|width|d)="([^"]*)"', svg):
        assert not re.search(r"\d,\d,|\d\.\d{3}\.", number), number


def test_it_names_the_plots_that_it_lies_over_and_leads_to_those_of_the_territory(client: Client) -> None:
    commune = factories.make_commune()
    plot = factories.make_ready_plot(commune, sheet=3, number=7)
    x, y, right, top = plot.box
    near = factories.make_drawn_plot(
        commune, sheet=4, number=8, geometry=shapely.box(x + 5, y, right + 5, top).wkb
    )
    beyond = factories.make_drawn_plot(sheet=5, number=9, geometry=shapely.box(x, y, right, y + 1).wkb)
    geometry.refresh([plot.pk, near.pk, beyond.pk])
    judged(plot)
    client.force_login(factories.make_user(Role.COMMUNE_OFFICIAL, commune=commune))
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert f"Chồng lên thửa khác 70 m²: tờ/thửa 4/8, 5/9 ({beyond.commune})" in page
    panel = re.search(r'aria-labelledby="overlaps".*?</section>', page, re.DOTALL)[0]
    assert "70,00 m²" in panel
    assert re.search(rf'<a href="/plots/{near.pk}/">Thửa 8, tờ 4</a>.*?60,00 m²', panel)
    assert f"/plots/{beyond.pk}/" not in panel
    assert re.search(r"Thửa 9, tờ 5.*?10,00 m²", panel)


def test_an_overlap_of_which_nobody_knows_the_other_side_is_told_all_the_same(client: Client) -> None:
    plot = judged(factories.make_ready_plot(overlap_area=3))
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert "Chồng lên thửa khác 3 m²<" in page
    assert 'aria-labelledby="overlaps"' not in page


def test_it_says_where_an_outline_crosses_itself(client: Client) -> None:
    plot = factories.make_ready_plot()
    x, y, right, top = plot.box
    twisted = shapely.Polygon([(x, y), (right, top), (right, y), (x, top)])
    Plot.objects.filter(pk=plot.pk).update(geometry=twisted.wkb)
    geometry.refresh([plot.pk])
    judged(plot)
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert f"Hình thể không hợp lệ: ranh giới tự cắt (Đông {x + 5:.0f},0; Bắc {y + 6:.0f},0)" in page


def test_a_plot_without_a_drawing_or_a_judgement_still_has_its_page(client: Client) -> None:
    plot = factories.make_drawn_plot(geometry=None, box=None, srid=None, sheet=None, number=None)
    client.force_login(factories.make_user(Role.REVIEWER))
    page = client.get(f"/plots/{plot.pk}/").content.decode()
    assert "Chưa có hình thửa trên bản đồ" in page
    assert "Chưa phân loại" in page


def test_its_queries_do_not_grow_with_holders_and_neighbours(client: Client, plot: Plot, staff) -> None:
    client.force_login(staff[0])
    client.get(f"/plots/{plot.pk}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/plots/{plot.pk}/")
    for _n in range(4):
        person = factories.make_land_user(plot.commune)
        factories.make_verification(person)
        factories.make_holding(plot, person, factories.make_certificate(plot.commune))
        factories.make_drawn_plot(plot.commune)
        factories.make_land_use(plot)
    judged(plot)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/plots/{plot.pk}/")
    # Each kind of subject with a finding is looked at once.
    assert len(many) <= len(few) + 3
    assert len(many) <= 40
