"""The handbook page: every rule with its figures, within the reader's territory."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from landdb.models import Role
from parcels.models import LandUser, Plot
from reconciliation import classification
from reconciliation.models import Finding, GroupMove, RuleSetting
from reconciliation.rules.catalogue import RULES
from tests import factories as make

from .test_plans import by_index_alone

pytestmark = pytest.mark.django_db


def judged(plot: Plot) -> Plot:
    classification.refresh([plot.pk], cause=GroupMove.Cause.FIRST)
    return plot


def row(client: Client, rule: str, address: str = "/rules/"):
    return next(row for row in client.get(address).context["rows"] if row.rule.id == rule)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_it_and_managers_and_administrators_may_draft(client: Client, role: str) -> None:
    client.force_login(make.make_user(role))
    page = client.get("/rules/").content.decode()
    assert all(f'id="{rule.id}"' in page for rule in RULES)
    drafts = role in (Role.MANAGER, Role.ADMINISTRATOR)
    assert ("/rules/drafts/new/?rule=scan_missing" in page) == drafts
    found = client.get("/rules/drafts/new/?rule=scan_missing").status_code
    assert found == (200 if drafts else 403)


def test_whoever_has_not_the_whole_province_changes_no_rule(client: Client) -> None:
    client.force_login(make.make_user(Role.MANAGER, office=make.make_office()))
    assert "/rules/drafts/new/" not in client.get("/rules/").content.decode()
    assert client.get("/rules/drafts/new/?rule=scan_missing").status_code == 403


def test_a_rule_tells_what_it_means_on_what_it_rests_and_what_mends_it(client: Client) -> None:
    client.force_login(make.make_user())
    page = client.get("/rules/").content.decode()
    for words in (
        "Diện tích khác bản đồ",
        "Đối chiếu giấy chứng nhận với bản đồ, đo lại nếu cần",
        "TT 26/2024/TT-BTNMT",
        "5 %",
        "0,5 m²",
    ):
        assert words in page, words
    assert "differ by more than" not in page
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = client.get("/rules/").content.decode()
    assert "differ by more than the tolerance and 2 m²" in english


def test_counts_and_false_alarms_are_those_of_the_territory(client: Client) -> None:
    own, other = make.make_commune(), make.make_commune()
    for commune in (own, own, own, own, other):
        judged(make.make_ready_plot(commune, code=""))
    first = Finding.objects.filter(commune=own).order_by("pk")[:1].values("pk")
    Finding.objects.filter(pk__in=first).update(state="waived")
    judged(Plot.objects.filter(commune=own).order_by("pk")[0])
    client.force_login(make.make_user(Role.COMMUNE_OFFICIAL, commune=own))
    here = row(client, "plot_code_missing")
    assert (here.plots, here.waived, here.false_alarms) == (3, 1, 0.25)
    page = client.get("/rules/").content.decode()
    assert 'href="/queue/?rule=plot_code_missing"' in page
    assert "25,0 %" in page
    client.force_login(make.make_user(Role.MANAGER))
    assert row(client, "plot_code_missing").plots == 4


def test_who_may_not_open_the_queue_gets_no_link_there(client: Client) -> None:
    judged(make.make_ready_plot(code=""))
    client.force_login(make.make_user(Role.POLICE_LIAISON))
    assert "/queue/" not in client.get("/rules/").content.decode()


def test_it_is_narrowed_by_dimension_and_by_the_effect_as_set(client: Client) -> None:
    RuleSetting.objects.create(rule="phone_missing", is_on=False)
    RuleSetting.objects.create(rule="scan_unsigned", effect="rebuild")
    client.force_login(make.make_user())
    off = client.get("/rules/?effect=off")
    assert [row.rule.id for row in off.context["rows"]] == ["phone_missing"]
    assert "Không dùng" in off.content.decode()
    both = client.get("/rules/?effect=rebuild&dimension=sufficient").context["rows"]
    assert "scan_unsigned" in {row.rule.id for row in both}
    assert {(row.rule.dimension, row.effect) for row in both} == {("sufficient", "rebuild")}
    assert "tỉnh đã đổi" in client.get("/rules/?effect=rebuild").content.decode()
    assert "Không có quy tắc nào" in client.get("/rules/?effect=không").content.decode()


def without_phones(commune, plots: int) -> list[Plot]:
    made = [make.make_ready_plot(commune) for _n in range(plots)]
    LandUser.objects.filter(holdings__plot__in=made).update(phone="")
    classification.refresh([plot.pk for plot in made], cause=GroupMove.Cause.FIRST)
    return made


def test_a_rule_that_only_notes_has_its_count_and_its_list(client: Client) -> None:
    own, other = make.make_commune(), make.make_commune()
    plots = without_phones(own, 52)
    without_phones(other, 2)
    client.force_login(make.make_user(Role.MANAGER))
    assert row(client, "phone_missing").plots == 54
    assert 'href="/rules/phone_missing/plots/"' in client.get("/rules/").content.decode()
    shown, address = [], "/rules/phone_missing/plots/"
    while address:
        page = client.get(address)
        shown += [status.plot_id for status in page.context["rows"]]
        address = page.context["older"] and f"/rules/phone_missing/plots/{page.context['older']}"
    assert len(shown) == len(set(shown)) == page.context["total"] == 54
    one = client.get(f"/rules/phone_missing/plots/?commune={own.code}")
    assert (one.context["total"], one.context["rows"][0].plot_id) == (52, plots[0].pk)
    client.force_login(make.make_user(Role.COMMUNE_OFFICIAL, commune=other))
    assert row(client, "phone_missing").plots == 2
    here = client.get(f"/rules/phone_missing/plots/?commune={own.code}").context
    assert {status.commune_id for status in here["rows"]} == {other.pk}


def test_the_list_of_a_note_reads_no_table_through(client: Client) -> None:
    without_phones(make.make_commune(), 3)
    client.force_login(make.make_user(Role.MANAGER))
    for address in ("/rules/", "/rules/phone_missing/plots/"):
        with by_index_alone():
            assert client.get(address).status_code == 200


def test_the_list_of_a_rule_that_holds_plots_back_is_the_queue(client: Client) -> None:
    client.force_login(make.make_user())
    assert client.get("/rules/plot_code_missing/plots/")["Location"] == "/queue/?rule=plot_code_missing"
    assert client.get("/rules/no_such_rule/plots/").status_code == 404
    client.force_login(make.make_user(Role.POLICE_LIAISON))
    assert client.get("/rules/phone_missing/plots/").status_code == 403
