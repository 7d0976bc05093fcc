"""What fired and what was close on the plot page, and the trace as a download."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from landdb.models import AccessLog, Role
from parcels.models import LandUser, Plot
from reconciliation import classification
from reconciliation.classification.trace_check import check
from reconciliation.classification.trace_file import read
from reconciliation.models import Finding, GroupMove, PlotStatus
from tests import factories
from tests.actions.cast import make_staff
from tests.rules.cases import TODAY, old_extract

pytestmark = pytest.mark.django_db

MAY = (Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR, Role.POLICE_LIAISON)


@pytest.fixture
def plot() -> Plot:
    plot = factories.make_ready_plot(code="", measured_area=Decimal("126.0"))
    old_extract(360)(plot)
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    return plot


def person(plot: Plot) -> LandUser:
    return plot.holdings.get().land_user


def page_of(client: Client, plot: Plot) -> str:
    return " ".join(client.get(f"/plots/{plot.pk}/").content.decode().split())


def test_it_shows_what_fired_with_values_versions_and_days(client: Client, plot: Plot) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    page = page_of(client, plot)
    status = PlotStatus.objects.get(pk=plot.pk)
    assert f"nhóm 2 từ {TODAY:%d/%m/%Y}, khi đó theo bộ quy tắc {status.rule_set_id};" in page
    assert "mã định danh thửa: <b>–</b>" in page
    assert f'vướng</span><small class="muted"> từ {TODAY:%d/%m/%Y}' in page


def test_it_shows_what_is_close_and_how_close(client: Client, plot: Plot) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    page = page_of(client, plot)
    due = TODAY + dt.timedelta(days=6)
    assert page.count("gần vướng</span>") == 2
    assert f"sẽ vướng từ {due:%d/%m/%Y}" in page
    assert "diện tích trên bản đồ (m²): <b>126</b>" in page
    assert "từ 80 % mức cho phép, ngưỡng 5 %" in page


def test_notes_and_waivers_stand_there_as_such(client: Client, plot: Plot) -> None:
    plot.holdings.update(legal_form="")
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    senior = factories.make_user(Role.SENIOR_REVIEWER)
    Finding.objects.filter(rule="plot_code_missing").update(state="waived", waived_by=senior, reason="đã xem")
    client.force_login(factories.make_user(Role.REVIEWER))
    page = page_of(client, plot)
    assert '<span class="tag">ghi chú</span>' in page
    assert '<span class="tag">bỏ qua</span>' in page


def test_numbers_among_the_values_are_masked(client: Client, plot: Plot) -> None:
    LandUser.objects.filter(pk=person(plot).pk).update(id_number="125123456", id_kind="cmnd")
    resident = person(plot).verification.resident
    classification.refresh([plot.pk], cause=GroupMove.Cause.CORRECTION)
    client.force_login(factories.make_user(Role.REVIEWER))
    page = page_of(client, plot)
    assert "số trong dân cư: <b>•••• •••• " in page
    assert resident.id_number not in page
    assert "125123456" not in page


def test_it_speaks_english_too(client: Client, plot: Plot) -> None:
    call_command("compile_catalogues", verbosity=0)
    trans_real._translations.pop("en", None)
    client.cookies["django_language"] = "en"
    client.force_login(factories.make_user(Role.REVIEWER))
    # A request leaves its language behind in the thread.
    with translation.override(settings.LANGUAGE_CODE):
        page = page_of(client, plot)
    assert "Rules that found something and rules that were close" in page
    assert "area on the map (m²): <b>126</b>" in page
    assert "over 80 % of what is allowed, limit 5 %" in page
    assert "Download the grounds of the group" in page


def test_a_plot_with_nothing_against_it_says_so(client: Client) -> None:
    plot = factories.make_ready_plot()
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    client.force_login(factories.make_user(Role.REVIEWER))
    assert "Không quy tắc nào vướng hay gần vướng." in page_of(client, plot)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_reveal_numbers_may_download_and_each_look_is_logged(
    client: Client, plot: Plot, role: str
) -> None:
    place = {"commune": plot.commune} if role == Role.COMMUNE_OFFICIAL else {}
    user = factories.make_user(role, **place)
    client.force_login(user)
    assert ("Tải căn cứ xếp nhóm" in page_of(client, plot)) is (role in MAY)
    answer = client.post(f"/plots/{plot.pk}/trace/", {"reason": "trả lời khiếu nại"})
    logged = AccessLog.objects.filter(user=user).exclude(action="view").order_by("pk")
    told = list(logged.values_list("action", "subject", "subject_id", "commune", "reason"))
    if role not in MAY:
        assert (answer.status_code, told) == (403, [])
        return
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == (f'attachment; filename="trace-{plot.pk}-{TODAY:%Y%m%d}.json"')
    assert answer["Cache-Control"] == "no-store"
    document = json.loads(answer.content)
    assert document["facts"]["land_user"][0]["id_number"] == person(plot).id_number
    assert check(read(answer.content)).word == "same"
    assert told == [
        ("export", "plot", plot.pk, plot.commune_id, "trả lời khiếu nại"),
        ("reveal", "land_user", person(plot).pk, plot.commune_id, "trả lời khiếu nại"),
    ]


def test_an_outsider_finds_no_trace(client: Client, plot: Plot) -> None:
    client.force_login(make_staff(plot.commune)[2])
    assert client.post(f"/plots/{plot.pk}/trace/", {"reason": "xem thử"}).status_code == 404
    assert not AccessLog.objects.exclude(action="view").exists()


def test_without_a_reason_there_is_no_file_and_no_log(client: Client, plot: Plot) -> None:
    client.force_login(factories.make_user(Role.REVIEWER))
    answer = client.post(f"/plots/{plot.pk}/trace/", {"reason": " "}, follow=True)
    assert "Cần ghi lý do khi tải căn cứ xếp nhóm." in answer.content.decode()
    assert not AccessLog.objects.exclude(action="view").exists()
    assert client.get(f"/plots/{plot.pk}/trace/")["Location"] == f"/plots/{plot.pk}/"


def test_a_retired_plot_has_no_trace(client: Client, plot: Plot) -> None:
    Plot.objects.filter(pk=plot.pk).update(state="retired")
    client.force_login(factories.make_user(Role.REVIEWER))
    assert "Tải căn cứ xếp nhóm" not in page_of(client, plot)
    assert client.post(f"/plots/{plot.pk}/trace/", {"reason": "xem thử"}).status_code == 404
